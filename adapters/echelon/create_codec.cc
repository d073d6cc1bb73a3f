#include "adapters/echelon/create_codec.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/json_writer.h"
#include "adapters/echelon/platform_view.h"
#include "adapters/echelon/shown_text.h"

namespace payout::echelon {
namespace {

void WriteMethod(JsonWriter& json, const BankTransfer& bank) {
  json.StartObject("account");
  json.Member("accountName", bank.account_name);
  json.Member("accountNumber", bank.account_number);
  json.MemberUnlessEmpty("accountType", bank.account_type);
  json.MemberUnlessEmpty("bankCode", bank.bank_code);
  json.MemberUnlessEmpty("bankName", bank.bank_name);
  json.MemberUnlessEmpty("bankBranch", bank.bank_branch);
  json.MemberUnlessEmpty("bankCity", bank.bank_city);
  json.MemberUnlessEmpty("bankProvince", bank.bank_province);
  json.EndObject();
  json.Member("paymentOperatorCode", bank.operator_code);
  json.MemberUnlessEmpty("emailAddress", bank.email_address);
  json.MemberUnlessEmpty("remark", bank.remark);
}

void WriteMethod(JsonWriter& json, const CryptoTransfer& crypto) {
  json.StartObject("account");
  json.Member("accountNumber", crypto.account_number);
  json.EndObject();
  json.Member("paymentOperatorCode", crypto.operator_code);
  json.MemberUnlessEmpty("remark", crypto.remark);
}

void WriteMethod(JsonWriter& json, const WalletTransfer& wallet) {
  json.StartObject("account");  // Required, even when nothing is in it.
  json.MemberUnlessEmpty("accountName", wallet.account_name);
  json.MemberUnlessEmpty("accountNumber", wallet.account_number);
  json.EndObject();
  json.MemberUnlessEmpty("paymentOperatorCode", wallet.operator_code);
  json.MemberUnlessEmpty("phoneNumber", wallet.phone_number);
  json.MemberUnlessEmpty("remark", wallet.remark);
}

void WriteMethod(JsonWriter&, std::monostate) {}

// nullopt unless the body is a non-empty array of objects that each have a code.
std::optional<std::vector<PayoutReason>> ReadRefusals(std::string_view body) {
  const std::optional<JsonValue> json = ReadJson(body);
  if (!json || json->kind != JsonValue::Kind::kArray || json->items.empty()) return std::nullopt;

  std::vector<PayoutReason> refusals;
  for (const JsonValue& item : json->items) {
    const JsonValue* code = item.Find("code");
    const std::string* text = code == nullptr ? nullptr : code->AsString();
    if (text == nullptr || text->empty()) return std::nullopt;
    if (refusals.size() == kRefusalsMax) continue;
    PayoutReason reason;
    reason.code = ShownText(*text, kShownCodeMax);
    reason.category = CategoryOf(*text);
    reason.attribute = ShownMember(item, "attrCode", kShownCodeMax);
    reason.message = ShownMember(item, "description", kShownMessageMax);
    refusals.push_back(std::move(reason));
  }
  return refusals;
}

// What the platform says is wrong with the request: an object with a description and nothing else.
// nullopt: these are not the platform's words. The contract (section 3) allows an empty object,
// too, but so may anybody write who stands in between.
std::optional<std::vector<PayoutReason>> ReadRejection(std::string_view body) {
  const std::optional<JsonValue> json = ReadJson(body);
  if (!json || json->kind != JsonValue::Kind::kObject || json->items.size() != 1) {
    return std::nullopt;
  }
  const JsonValue* description = json->Find("description");
  const std::string* text = description == nullptr ? nullptr : description->AsString();
  if (text == nullptr || text->empty()) return std::nullopt;
  PayoutReason reason;
  reason.code = "REJECTED_BY_PLATFORM";
  reason.category = ReasonCategory::kPlatform;
  reason.message = ShownMember(*json, "description", kShownMessageMax);
  return std::vector<PayoutReason>{std::move(reason)};
}

// Of an answer that is not well-formed.
CreateAnswerKind KindOf(int status, std::string_view body) {
  if (status >= 200 && status <= 299) {
    return status == 201 || BeginsAsObject(body) ? CreateAnswerKind::kAcceptedUnreadable
                                                 : CreateAnswerKind::kUnlisted;
  }
  if (status >= 500 && status <= 599) return CreateAnswerKind::kServerError;
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return CreateAnswerKind::kRejectedUnreadable;
    case 401:
      return CreateAnswerKind::kUnauthenticated;
    case 403:
      return CreateAnswerKind::kForbidden;
    case 404:
    case 405:
      return CreateAnswerKind::kRouteMissing;
    case 406:
      return CreateAnswerKind::kRefusedUnreadable;
    case 409:
      return CreateAnswerKind::kConflict;
    case 410:
      return CreateAnswerKind::kGone;
    case 429:
      return CreateAnswerKind::kRateLimited;
    default:
      return CreateAnswerKind::kUnlisted;
  }
}

}  // namespace

RenderedRequest RenderCreate(const Intent& intent, std::string_view callback_url) {
  JsonWriter json;
  json.StartObject();
  json.StartObject("paymentRequested");
  json.Member("money", intent.money);
  json.MemberUnlessEmpty("segmentCode", intent.segment_code);
  json.MemberUnlessEmpty("exchangedToCurrency", intent.exchanged_to_currency);
  json.EndObject();
  json.StartObject("paymentMethod");
  json.Member("paymentMethodCode", MethodCode(intent.method));
  std::visit([&json](const auto& method) { WriteMethod(json, method); }, intent.method);
  json.EndObject();
  json.MemberUnlessEmpty("callbackUrl", callback_url);
  json.MemberUnlessEmpty("customerIp", intent.customer_ip);
  json.EndObject();
  return {json.Take(), intent.customer_id};
}

CreateAnswer ParseCreateAnswer(int status, std::string_view body) {
  CreateAnswer answer;
  answer.http_status = status;
  answer.kind = KindOf(status, body);
  if (status == 201) {
    const std::optional<JsonValue> json = ReadJson(body);
    if (json) answer.echo = ReadPlatformView(*json);
    if (answer.echo) answer.kind = CreateAnswerKind::kAccepted;
  }
  const auto readable = [&answer](CreateAnswerKind kind,
                                  std::optional<std::vector<PayoutReason>> refusals) {
    if (!refusals) return;
    answer.kind = kind;
    answer.refusals = std::move(*refusals);
  };
  if (status == 406) readable(CreateAnswerKind::kRefused, ReadRefusals(body));
  if (answer.kind == CreateAnswerKind::kRejectedUnreadable) {
    readable(CreateAnswerKind::kRejected, ReadRejection(body));
  }
  return answer;
}

}  // namespace payout::echelon
