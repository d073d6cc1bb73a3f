#include "adapters/echelon/sandbox/platform_model.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "adapters/echelon/sandbox/payout_request.h"
#include "adapters/echelon/sandbox/token_request.h"
#include "server/base/digest.h"

namespace payout::sandbox {
namespace {

constexpr std::string_view kPayouts = "/payouts/";

std::optional<Operation> RouteOf(const std::string& method, std::string_view path) {
  if (path == "/auth-tokens") {
    return method == "POST" ? std::optional(Operation::kToken) : std::nullopt;
  }
  if (path.substr(0, kPayouts.size()) != kPayouts) return std::nullopt;
  const std::string_view id = path.substr(kPayouts.size());
  // "!" begins the platform's own resources under this path, which are not simulated.
  if (id.empty() || id[0] == '!' || id.find('/') != std::string_view::npos) return std::nullopt;
  if (method == "POST") return Operation::kCreate;
  if (method == "GET") return Operation::kRead;
  return std::nullopt;
}

std::optional<Decimal> AmountOf(const Value* money) {
  const Value* amount = money == nullptr ? nullptr : money->Find("amount");
  if (amount == nullptr || !amount->Is(Value::Kind::kNumber)) return std::nullopt;
  return Decimal::ParseJsonNumber(amount->text);
}

// Best effort: faults act on invalid requests, too.
RequestFacts FactsOf(const PreparedCall& call) {
  RequestFacts facts;
  facts.operation = *call.operation;
  if (!call.id.empty()) facts.ids.push_back(call.id);
  if (!call.body.ok()) return facts;
  if (call.operation == Operation::kCreate) {
    const Value* requested = call.body->Find("paymentRequested");
    facts.amount = AmountOf(requested == nullptr ? nullptr : requested->Find("money"));
  } else if (call.operation == Operation::kToken) {
    facts.amount = AmountOf(call.body->Find("money"));
    const Value* operations = call.body->Find("operations");
    std::set<std::string> seen;  // POST and GET of one payout are one payout
    for (std::size_t i = 0; operations != nullptr && i < operations->items.size(); ++i) {
      const std::string& text = operations->items[i].text;
      const std::size_t at = text.find(kPayouts);
      if (at == std::string::npos) continue;
      std::string id = text.substr(at + kPayouts.size());
      if (seen.insert(id).second) facts.ids.push_back(std::move(id));
    }
  }
  return facts;
}

std::string Bearer(const PlatformRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!request.authorization) return "";
  const std::string_view value = *request.authorization;
  return value.substr(0, kScheme.size()) == kScheme ? std::string(value.substr(kScheme.size()))
                                                    : "";
}

absl::Status CheckSettings(const PlatformSettings& settings) {
  if (settings.merchants.empty()) return absl::InvalidArgumentError("no merchant is configured");
  std::set<std::string> codes;
  for (const Merchant& merchant : settings.merchants) {
    if (merchant.code.empty() || merchant.secret.empty()) {
      return absl::InvalidArgumentError("a merchant needs a code and a secret");
    }
    if (!codes.insert(merchant.code).second) {
      return absl::InvalidArgumentError("merchant " + merchant.code + " appears twice");
    }
  }
  if (settings.requests_per_second < 0 || settings.callback_repeats < 0 ||
      settings.settle_after < absl::ZeroDuration() ||
      settings.callback_interval < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("limits and durations must not be negative");
  }
  return BalanceBook::Validate(settings.merchants);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PlatformModel>> PlatformModel::Create(PlatformSettings settings) {
  const absl::Status valid = CheckSettings(settings);
  if (!valid.ok()) return valid;
  return std::unique_ptr<PlatformModel>(new PlatformModel(std::move(settings)));
}

PlatformModel::PlatformModel(PlatformSettings settings)
    : settings_(std::move(settings)),
      random_(settings_.seed),
      // Known to whoever knows the seed, which is fine for tokens that open nothing.
      tokens_(Sha256("echelon-sandbox token key " + std::to_string(settings_.seed))),
      rate_(settings_.requests_per_second),
      faults_(settings_.seed + 1),
      balances_(settings_.merchants),
      lifecycle_(std::make_unique<Lifecycle>(settings_, ledger_, faults_, balances_)) {}

PreparedCall PlatformModel::Prepare(PlatformRequest request, absl::Time now) {
  PreparedCall call;
  call.request = std::move(request);
  call.path = call.request.target.substr(0, call.request.target.find('?'));
  call.operation = RouteOf(call.request.method, call.path);
  if (!call.operation || call.request.api_version != "2") {
    ledger_.Count("requests.unknown_route");
    call.refused = Answer{404, DefaultErrorBody(404)};
    return call;
  }
  ledger_.Count("requests." + std::string(OperationName(*call.operation)));
  if (call.operation != Operation::kRead) call.body = ParseJson(call.request.body);

  if (call.operation == Operation::kToken) {
    const Value* code = call.body.ok() ? call.body->Find("merchantCode") : nullptr;
    if (code != nullptr && FindMerchant(code->text) != nullptr) call.merchant = code->text;
  } else {
    call.id = call.path.substr(kPayouts.size());
    const std::optional<TokenClaims> claims = Authenticate(call.request, now);
    if (claims) call.merchant = claims->merchant;
  }
  if (call.operation == Operation::kCreate) {
    ledger_.SeeCreate(call.merchant, call.id, call.request.body);
  }

  const bool counted =
      call.operation != Operation::kToken || settings_.undocumented.token_calls_counted;
  if (counted && !call.merchant.empty() && !rate_.Admit(call.merchant, now)) {
    call.refused = Answer{429, DefaultErrorBody(429)};
    return call;
  }
  call.faults = faults_.Decide(FactsOf(call));
  return call;
}

Answer PlatformModel::Execute(const PreparedCall& call, absl::Time now) {
  unsent_ = Advance(now);  // so that a read sees what is due
  Answer answer;
  if (call.refused) {
    answer = *call.refused;
  } else if (std::optional<Answer> instead = FaultBeforeApply(call, now)) {
    answer = *std::move(instead);
  } else {
    switch (*call.operation) {
      case Operation::kToken:
        answer = IssueToken(call, now);
        break;
      case Operation::kCreate:
        answer = CreatePayout(call, now);
        break;
      case Operation::kRead:
        answer = ReadPayout(call, now);
        break;
      case Operation::kCallback:
        break;
    }
    SpoilAnswer(call, answer);
  }
  answer.hold = call.faults.delay_answer;
  ledger_.Count(answer.delivery == Delivery::kSend ? "answers." + std::to_string(answer.status)
                                                   : "answers.not_delivered");
  return answer;
}

std::vector<CallbackSend> PlatformModel::Advance(absl::Time now) {
  std::vector<CallbackSend> due = std::exchange(unsent_, {});
  std::vector<CallbackSend> more = lifecycle_->Advance(now);
  std::move(more.begin(), more.end(), std::back_inserter(due));
  return due;
}

void PlatformModel::ReportCallback(std::uint64_t id, int http_status, absl::Time now) {
  lifecycle_->ReportCallback(id, http_status, now);
}

absl::Status PlatformModel::Settle(const std::string& merchant, const std::string& id,
                                   const std::string& status, const std::string& failure_reason,
                                   absl::Time now) {
  if (status.empty()) return absl::InvalidArgumentError("status is missing");
  for (const Merchant& candidate : settings_.merchants) {
    if (!merchant.empty() && merchant != candidate.code) continue;
    const std::optional<std::size_t> index = ledger_.Find(candidate.code, id);
    if (!index) continue;
    lifecycle_->Force(*index, status, failure_reason, now);
    return absl::OkStatus();
  }
  return absl::NotFoundError("no such payout");
}

absl::Status PlatformModel::SendCallback(const std::string& url, const std::string& id_entity,
                                         absl::Time now) {
  return lifecycle_->SendByHand(url, id_entity, now);
}

void PlatformModel::Reset() {
  // Numbers of later payments and callbacks must not repeat earlier ones.
  ledger_ = Ledger();
  balances_ = BalanceBook(settings_.merchants);
  faults_.Clear();
  rate_.Reset();
  unsent_.clear();
  lifecycle_->Clear();
}

const Merchant* PlatformModel::FindMerchant(std::string_view code) const {
  const auto found = std::find_if(settings_.merchants.begin(), settings_.merchants.end(),
                                  [&](const Merchant& merchant) { return merchant.code == code; });
  return found == settings_.merchants.end() ? nullptr : &*found;
}

std::optional<TokenClaims> PlatformModel::Authenticate(const PlatformRequest& request,
                                                       absl::Time now) const {
  return tokens_.Check(Bearer(request), now);
}

std::string PlatformModel::RandomUuid() {
  const std::uint64_t high = (random_() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;  // version 4
  const std::uint64_t low = (random_() & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32U, (high >> 16U) & 0xFFFFU,
                         high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

}  // namespace payout::sandbox
