#include "adapters/echelon/echelon_provider.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "adapters/echelon/base_url.h"
#include "adapters/echelon/create_codec.h"
#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/read_codec.h"
#include "adapters/echelon/shown_request.h"
#include "adapters/echelon/token_codec.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::echelon {
namespace {

constexpr std::size_t kSecretBytesMax = 1000;
constexpr std::size_t kPayoutIdBytesMax = 250;
constexpr absl::Duration kTokenValidityMin = absl::Seconds(60);
constexpr absl::Duration kTokenValidityMax = absl::Seconds(3600);

// The alphabet that needs no escaping; ids were checked where they came in, this is the second
// lock.
bool FitsIntoPath(std::string_view id) {
  return !id.empty() && id.size() <= kPayoutIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
         });
}

http::HttpRequest MakeRequest(const EchelonMerchant& merchant, std::string_view method,
                              std::string_view path) {
  http::HttpRequest request;
  request.method = method;
  request.url = merchant.base_url;
  request.url += path;
  request.headers = {
      {"X-API-Version", "2"}, {"Accept", "application/json"}, {"User-Agent", "payout-gateway"}};
  request.timeout = merchant.read_timeout;
  request.connect_timeout = merchant.connect_timeout;
  request.response_bytes_max = kJsonBytesMax;
  request.never_resend = false;
  return request;
}

void AddBody(http::HttpRequest& request, std::string body) {
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
}

void AddToken(http::HttpRequest& request, const SecretString& token) {
  request.headers.emplace_back("Authorization", "Bearer " + token.Reveal());
}

std::string PayoutPath(const PayoutId& id) { return "/payouts/" + id.value(); }

}  // namespace

absl::Status ValidateMerchant(const EchelonMerchant& merchant) {
  const auto invalid = [&merchant](std::string_view problem) {
    return absl::InvalidArgumentError(
        absl::StrCat("merchant \"", merchant.name.value(), "\": ", ToAbsl(problem)));
  };
  if (merchant.name.empty()) return invalid("it has no name");
  if (merchant.merchant_code.empty()) return invalid("the merchant code is empty");
  if (merchant.secret.empty() || merchant.secret.Reveal().size() > kSecretBytesMax) {
    return invalid("the secret must have 1 to 1000 characters");
  }
  std::string why;
  if (!UrlIsAllowed(merchant.base_url, &why)) return invalid("base URL: " + why);
  if (merchant.token_validity < kTokenValidityMin || merchant.token_validity > kTokenValidityMax ||
      absl::Trunc(merchant.token_validity, absl::Seconds(1)) != merchant.token_validity) {
    return invalid("the token validity must be 60 to 3600 whole seconds");
  }
  for (const absl::Duration timeout :
       {merchant.create_timeout, merchant.read_timeout, merchant.connect_timeout}) {
    if (timeout <= absl::ZeroDuration() || timeout > absl::Hours(1)) {
      return invalid("timeouts must be above zero and at most one hour");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<EchelonProvider>> EchelonProvider::Make(
    http::HttpClient& http, Environment& environment, std::vector<EchelonMerchant> merchants) {
  Merchants by_name;
  for (EchelonMerchant& merchant : merchants) {
    PAYOUT_RETURN_IF_ERROR(ValidateMerchant(merchant));
    merchant.base_url = std::string(TrimBaseUrl(merchant.base_url));
    const MerchantName name = merchant.name;
    if (!by_name.try_emplace(name, std::move(merchant)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("merchant \"", name.value(), "\": there are two of this name"));
    }
  }
  return std::unique_ptr<EchelonProvider>(
      new EchelonProvider(http, environment, std::move(by_name)));
}

RenderedRequest EchelonProvider::Render(const Intent& intent,
                                        const std::string& callback_url) const {
  return RenderCreate(intent, callback_url);
}

ShownRequest EchelonProvider::Show(const Payout& payout) const {
  return {"POST", PayoutPath(payout.intent.key.payout_id), ShownBody(payout.rendered.body)};
}

Task<TokenAnswer> EchelonProvider::Prepare(MerchantName merchant,
                                           std::vector<TokenSubject> subjects) {
  const EchelonMerchant* account = nullptr;
  for (const TokenSubject& subject : subjects) {
    account = Callable(merchant, subject.payout_id);
    if (account == nullptr) break;
  }
  if (account == nullptr) co_return TokenAnswer{};

  http::HttpRequest request = MakeRequest(*account, "POST", "/auth-tokens");
  AddBody(request, RenderTokenRequest(account->merchant_code, account->secret,
                                      account->token_validity, subjects));
  const absl::Duration started = environment_.Monotonic();
  http::HttpResult result = co_await http_.Send(std::move(request));

  TokenAnswer answer;
  if (const auto* response = std::get_if<http::HttpResponse>(&result)) {
    answer = ParseTokenAnswer(response->status, response->body);
    answer.retry_after = response->retry_after;
    // The platform counts from some moment after `started`, so this never ends too late.
    if (answer.kind == TokenAnswerKind::kGranted) answer.validity = account->token_validity;
  }
  LogCall("token", {merchant, subjects.front().payout_id}, TokenAnswerName(answer.kind), started,
          result);
  co_return answer;
}

Task<CreateAnswer> EchelonProvider::Create(const Payout& payout, const SecretString& token) {
  const PayoutKey key = payout.intent.key;
  CreateAnswer answer;
  answer.kind = CreateAnswerKind::kSurelyNotSent;
  const EchelonMerchant* account = Callable(key.merchant, key.payout_id);
  if (account == nullptr) co_return answer;

  http::HttpRequest request = MakeRequest(*account, "POST", PayoutPath(key.payout_id));
  AddBody(request, payout.rendered.body);
  AddToken(request, token);
  if (!payout.rendered.customer_id.empty()) {
    request.headers.emplace_back("Id-Customer", payout.rendered.customer_id);
  }
  request.timeout = account->create_timeout;
  request.never_resend = true;
  const absl::Duration started = environment_.Monotonic();
  http::HttpResult result = co_await http_.Send(std::move(request));

  if (const auto* response = std::get_if<http::HttpResponse>(&result)) {
    answer = ParseCreateAnswer(response->status, response->body);
    answer.retry_after = response->retry_after;
  } else if (std::get<http::HttpFailure>(result).sent != http::Sent::kSurelyNot) {
    answer.kind = CreateAnswerKind::kMaybeSent;
  }
  LogCall("create", key, CreateAnswerName(answer.kind), started, result);
  co_return answer;
}

Task<ReadAnswer> EchelonProvider::Read(const PayoutKey& key, const SecretString& token) {
  const PayoutKey owned = key;
  const EchelonMerchant* account = Callable(owned.merchant, owned.payout_id);
  if (account == nullptr) co_return ReadAnswer{};

  http::HttpRequest request = MakeRequest(*account, "GET", PayoutPath(owned.payout_id));
  AddToken(request, token);
  const absl::Duration started = environment_.Monotonic();
  http::HttpResult result = co_await http_.Send(std::move(request));

  ReadAnswer answer;
  if (const auto* response = std::get_if<http::HttpResponse>(&result)) {
    answer = ParseReadAnswer(response->status, response->body);
    answer.retry_after = response->retry_after;
  }
  LogCall("read", owned, ReadAnswerName(answer.kind), started, result);
  co_return answer;
}

const EchelonMerchant* EchelonProvider::Callable(const MerchantName& merchant,
                                                 const PayoutId& id) const {
  const auto found = merchants_.find(merchant);
  if (found == merchants_.end()) {
    Log(LogLevel::kError, "echelon.merchant_unknown", {{"merchant", merchant.value()}});
    return nullptr;
  }
  if (!FitsIntoPath(id.value())) {
    Log(LogLevel::kError, "echelon.payout_id_unfit",
        {{"merchant", merchant.value()}, {"bytes", id.value().size()}});
    return nullptr;
  }
  return &found->second;
}

void EchelonProvider::LogCall(std::string_view operation, const PayoutKey& key,
                              std::string_view answer, absl::Duration started,
                              const http::HttpResult& result) const {
  const auto* response = std::get_if<http::HttpResponse>(&result);
  const auto* failure = std::get_if<http::HttpFailure>(&result);
  Log(LogLevel::kDebug, "echelon.call",
      {{"merchant", key.merchant.value()},
       {"operation", operation},
       {"payout_id", key.payout_id.value()},
       {"http_status", response == nullptr ? 0 : response->status},
       {"answer", answer},
       {"failure", failure == nullptr ? std::string() : failure->what},
       {"duration_ms", absl::ToInt64Milliseconds(environment_.Monotonic() - started)}});
}

}  // namespace payout::echelon
