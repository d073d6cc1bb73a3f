// The three calls of the platform, from authentication to the ledger.
#include <utility>

#include "absl/strings/str_format.h"
#include "adapters/echelon/sandbox/payout_request.h"
#include "adapters/echelon/sandbox/platform_model.h"
#include "adapters/echelon/sandbox/token_request.h"
#include "server/base/status_macros.h"

namespace payout::sandbox {
namespace {

Answer Error(int status) { return {status, DefaultErrorBody(status)}; }
Answer BadRequest(std::string_view description) { return {400, BasicErrorBody(description)}; }
Answer NotAcceptable(const std::vector<BusinessError>& errors) {
  return {406, BusinessErrorsBody(errors)};
}

std::vector<BusinessError> Coded(const std::vector<std::string>& codes) {
  std::vector<BusinessError> errors;
  for (const std::string& code : codes) errors.push_back({code, "Chosen by a fault", ""});
  return errors;
}

bool IsJsonType(const std::optional<std::string>& content_type) {
  constexpr std::string_view kJson = "application/json";
  return content_type && content_type->compare(0, kJson.size(), kJson) == 0;
}

// What is wrong with a body before anybody looks at its fields.
std::optional<Answer> CheckBody(const PreparedCall& call) {
  if (!IsJsonType(call.request.content_type)) {
    return BadRequest("Content-Type must be application/json");
  }
  if (!call.body.ok()) return BadRequest(ToStd(call.body.status().message()));
  return std::nullopt;
}

LedgerEntry EntryOf(const PreparedCall& call, PayoutRequest request, const Merchant& merchant,
                    std::int64_t number, absl::Time now) {
  LedgerEntry entry;
  entry.merchant = merchant.code;
  entry.id = call.id;
  entry.amount = request.amount;
  entry.currency = std::move(request.currency);
  entry.segment = std::move(request.segment);
  entry.exchanged_to = std::move(request.exchanged_to);
  entry.method = std::move(request.method);
  entry.callback_url = std::move(request.callback_url).value_or("");
  entry.id_payment = absl::StrFormat("ECL-%010d", number);
  entry.reference = absl::StrFormat("REF%010d", number);
  entry.is_test = merchant.is_test;
  entry.accepted_at = now;
  entry.history.push_back({now, "PROCESSING", ""});
  return entry;
}

}  // namespace

std::optional<Answer> PlatformModel::FaultBeforeApply(const PreparedCall& call, absl::Time now) {
  if (!call.faults.answer) return std::nullopt;
  const Fault& fault = *call.faults.answer;
  switch (fault.action) {
    case FaultAction::kStatus: {
      const int status = fault.http_status.value_or(500);
      return Answer{status, fault.body.value_or(DefaultErrorBody(status))};
    }
    case FaultAction::kRateLimit:
      if (fault.delay && !call.merchant.empty()) {
        rate_.RefuseUntil(call.merchant, now + *fault.delay);
      }
      return Error(429);
    case FaultAction::kDropBeforeApply:
      return Answer{0, "", Delivery::kDrop};
    case FaultAction::kResetBeforeApply:
      return Answer{0, "", Delivery::kReset};
    case FaultAction::kExpireToken:
      // For a token request the new token is expired when it is issued.
      if (const auto claims = Authenticate(call.request, now)) tokens_.Expire(*claims, now);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

void PlatformModel::SpoilAnswer(const PreparedCall& call, Answer& answer) const {
  if (!call.faults.answer) return;
  const Fault& fault = *call.faults.answer;
  switch (fault.action) {
    case FaultAction::kStatusAfterApply:
      answer.status = fault.http_status.value_or(500);
      answer.body = fault.body.value_or(DefaultErrorBody(answer.status));
      break;
    case FaultAction::kDropAfterApply:
      answer.delivery = Delivery::kDrop;
      break;
    case FaultAction::kResetAfterApply:
      answer.delivery = Delivery::kReset;
      break;
    case FaultAction::kGarbageBody:
      answer.body = fault.body.value_or("<html><body>gateway timeout</body>");
      break;
    case FaultAction::kTruncatedBody:
      answer.delivery = Delivery::kTruncate;
      break;
    case FaultAction::kOversizedBody: {
      // Stays valid JSON, so that only a size limit can save the reader.
      const auto size = static_cast<std::size_t>(fault.size.value_or(4 << 20));
      if (answer.body.size() < size) answer.body.append(size - answer.body.size(), ' ');
      break;
    }
    default:
      break;
  }
}

AnswerTwist PlatformModel::TwistOf(const PreparedCall& call, const LedgerEntry& entry) const {
  AnswerTwist twist;
  if (call.faults.Answers(FaultAction::kWrongAmount)) {
    twist.amount = "1" + entry.amount.ToString();
    if (entry.amount < *Decimal::Parse("1")) twist.amount = "1";
  } else if (call.faults.Answers(FaultAction::kWrongId)) {
    const std::string& id = call.faults.answer->id_entity;
    twist.id = id.empty() ? entry.id.substr(0, 248) + "-x" : id;
  } else if (call.faults.Answers(FaultAction::kUnknownStatus)) {
    const std::string& status = call.faults.answer->status;
    twist.status = status.empty() ? "ON_HOLD" : status;
  }
  return twist;
}

Answer PlatformModel::IssueToken(const PreparedCall& call, absl::Time now) {
  if (std::optional<Answer> bad = CheckBody(call)) return *std::move(bad);
  const absl::StatusOr<TokenRequest> request =
      DecodeTokenRequest(*call.body, settings_.undocumented.reject_unknown_fields);
  if (!request.ok()) return BadRequest(ToStd(request.status().message()));

  const Merchant* merchant = FindMerchant(request->merchant);
  if (merchant == nullptr) {
    return NotAcceptable({{"MERCHANT_NOT_FOUND", "Unknown merchant code", "merchantCode"}});
  }
  if (merchant->secret != request->secret) return Error(403);
  if (!merchant->active) {
    return NotAcceptable({{"MERCHANT_INACTIVE", "The merchant must be activated", ""}});
  }
  if (call.faults.Answers(FaultAction::kRefuse)) {
    return NotAcceptable(Coded(call.faults.answer->codes));
  }
  if (request->operations) {
    for (const std::string& operation : *request->operations) {
      if (!IsOperation(operation)) {
        return NotAcceptable({{"OPERATION_INVALID", "Not a method and a path", "operations"}});
      }
    }
  }

  TokenClaims claims;
  claims.id = RandomUuid();
  claims.merchant = merchant->code;
  claims.operations = request->operations;
  claims.money = request->money;
  claims.issued_at = absl::ToUnixSeconds(now);
  claims.expires_at = claims.issued_at + request->validity_seconds;
  if (call.faults.Answers(FaultAction::kExpireToken)) tokens_.Expire(claims, now);
  return {200, TokenBody(tokens_.Issue(claims))};
}

std::optional<Answer> PlatformModel::Authorize(const PreparedCall& call,
                                               const std::optional<TokenClaims>& claims) const {
  if (!claims || FindMerchant(claims->merchant) == nullptr) return Error(401);
  if (!claims->operations) {
    if (!settings_.undocumented.token_without_operations_may_do_all) return Error(403);
  } else {
    const std::string wanted = call.request.method + " " + call.path;
    bool covered = false;
    for (const std::string& operation : *claims->operations) covered |= operation == wanted;
    if (!covered) return Error(403);
  }
  if (!IsPayoutId(call.id)) return BadRequest("idPayout must match [A-Za-z0-9_-]{1,250}");
  return std::nullopt;
}

Answer PlatformModel::RefusePayout(LedgerEntry entry, const std::vector<BusinessError>& errors,
                                   absl::Time now) {
  std::string reason = errors.empty() ? "PAYMENT_METHOD_ERROR" : errors.front().code;
  // Refusal codes that are no failure reasons (contract, section 4.5).
  if (reason == "PAYMENT_OPERATOR_REQUIRED" || reason == "CLIENT_IP_INVALID" ||
      reason == "BANK_CODE_REQUIRED") {
    reason = "PAYMENT_METHOD_ERROR";
  }
  entry.history.push_back({now, "REFUSED", reason});
  ledger_.Refuse(std::move(entry));
  return NotAcceptable(errors);
}

Answer PlatformModel::CreatePayout(const PreparedCall& call, absl::Time now) {
  const Undocumented& undocumented = settings_.undocumented;
  const std::optional<TokenClaims> claims = Authenticate(call.request, now);
  if (std::optional<Answer> no = Authorize(call, claims)) return *std::move(no);
  if (std::optional<Answer> bad = CheckBody(call)) return *std::move(bad);
  absl::StatusOr<PayoutRequest> request =
      DecodePayoutRequest(*call.body, undocumented.reject_unknown_fields);
  if (!request.ok()) return BadRequest(ToStd(request.status().message()));
  if (claims->money &&
      (claims->money->amount != request->amount || claims->money->currency != request->currency)) {
    return Error(undocumented.token_money_mismatch_status);
  }
  const Merchant& merchant = *FindMerchant(claims->merchant);
  if (ledger_.Find(merchant.code, call.id)) return Error(409);
  if (!undocumented.reuse_id_after_406 && ledger_.FindRefused(merchant.code, call.id) != nullptr) {
    return Error(409);
  }
  const std::optional<ProseViolation> prose = CheckProseRules(*request);
  if (prose && undocumented.prose_rule_status != 406) {
    return BadRequest(prose->attribute + " " + prose->rule);
  }
  std::vector<BusinessError> errors = CheckBusinessRules(*request, merchant, settings_, balances_);
  if (prose) errors.push_back({"PAYMENT_METHOD_ERROR", prose->rule, prose->attribute});
  if (call.faults.Answers(FaultAction::kRefuse)) errors = Coded(call.faults.answer->codes);

  LedgerEntry entry = EntryOf(call, *std::move(request), merchant, next_payment_++, now);
  if (!errors.empty()) return RefusePayout(std::move(entry), errors, now);
  const std::size_t index = ledger_.Accept(std::move(entry));
  lifecycle_->Accepted(index, call.faults, now);
  const LedgerEntry& accepted = ledger_.At(index);
  return {201, AcceptedBody(accepted, undocumented, TwistOf(call, accepted))};
}

Answer PlatformModel::ReadPayout(const PreparedCall& call, absl::Time now) {
  const std::optional<TokenClaims> claims = Authenticate(call.request, now);
  if (std::optional<Answer> no = Authorize(call, claims)) return *std::move(no);
  if (!FindMerchant(claims->merchant)->active) {
    return NotAcceptable({{"MERCHANT_INACTIVE", "The merchant must be activated", ""}});
  }
  if (call.faults.Answers(FaultAction::kRefuse)) {
    return NotAcceptable(Coded(call.faults.answer->codes));
  }
  const LedgerEntry* entry = nullptr;
  if (const auto index = ledger_.Find(claims->merchant, call.id)) {
    entry = &ledger_.At(*index);
  } else if (settings_.undocumented.refused_visible_after_406) {
    entry = ledger_.FindRefused(claims->merchant, call.id);
  }
  const absl::Time seen_at = now - call.faults.read_lag.value_or(absl::ZeroDuration());
  const StatusChange* seen = entry == nullptr ? nullptr : entry->At(seen_at);
  if (seen == nullptr) return Error(410);
  return {200, DetailBody(*entry, *seen, settings_.undocumented, TwistOf(call, *entry))};
}

}  // namespace payout::sandbox
