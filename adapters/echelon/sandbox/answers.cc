#include "adapters/echelon/sandbox/answers.h"

#include "adapters/echelon/sandbox/json_writer.h"

namespace payout::sandbox {
namespace {

std::string_view Phrase(int http_status) {
  switch (http_status) {
    case 400:
      return "Bad request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not found";
    case 409:
      return "Duplicate order id";
    case 410:
      return "Entity not found";
    case 429:
      return "Too many requests";
    case 500:
      return "Internal server error";
    default:
      return "Unexpected";
  }
}

void WritePaymentRequested(const LedgerEntry& entry, const AnswerTwist& twist, JsonWriter& json) {
  json.Key("paymentRequested").BeginObject();
  json.Key("money").BeginObject();
  json.Key("amount").Number(twist.amount.value_or(entry.amount.Normalized().ToString()));
  json.Field("currencyCode", entry.currency).EndObject();
  if (entry.segment) json.Field("segmentCode", *entry.segment);
  if (entry.exchanged_to) json.Field("exchangedToCurrency", *entry.exchanged_to);
  json.EndObject();
}

void WriteMethodResponse(const LedgerEntry& entry, const Undocumented& undocumented,
                         const AnswerTwist& twist, JsonWriter& json) {
  json.Key("paymentMethodResponse").BeginObject();
  json.Field("idPayout", twist.id.value_or(entry.id));
  if (!undocumented.omit_id_payment) json.Field("idPayment", entry.id_payment);
  json.Field("paymentMethodCode", entry.method);
  if (!undocumented.omit_reference) json.Field("reference", entry.reference);
  json.EndObject();
}

void WriteProcess(const LedgerEntry& entry, const StatusChange& seen, const AnswerTwist& twist,
                  JsonWriter& json) {
  const std::string status = twist.status.value_or(seen.status);
  json.Key("process").BeginObject().Field("status", status);
  if (status == "FAILED" || status == "REFUSED") {
    json.Key("failureReasons").BeginObject();
    json.Field("failedAt", FormatTimestamp(seen.at));
    json.Field("failureReasonCode", seen.failure_reason.empty() ? "SYSTEM" : seen.failure_reason);
    json.EndObject();
  }
  json.Field("createdAt", FormatTimestamp(entry.accepted_at));
  const bool processed = seen.status != "PROCESSING";
  if (processed) json.Field("processedAt", FormatTimestamp(seen.at));
  json.BoolField("isTest", entry.is_test);
  json.Field("processorStatus", processed ? "PROCESSED" : "ACCEPTED").EndObject();
}

void WriteFee(const LedgerEntry& entry, FeeStyle style, JsonWriter& json) {
  if (style == FeeStyle::kAbsent) return;
  json.Key("fee").BeginObject();
  json.Key("amount").Number(style == FeeStyle::kZero ? "0" : "1");
  json.Field("currencyCode", entry.currency).EndObject();
}

}  // namespace

std::string BasicErrorBody(std::string_view description) {
  JsonWriter json;
  json.BeginObject().Field("description", description).EndObject();
  return json.Text();
}

std::string BusinessErrorsBody(const std::vector<BusinessError>& errors) {
  JsonWriter json;
  json.BeginArray();
  for (const BusinessError& error : errors) {
    json.BeginObject().Field("code", error.code);
    if (!error.description.empty()) json.Field("description", error.description);
    if (!error.attribute.empty()) json.Field("attrCode", error.attribute);
    json.EndObject();
  }
  json.EndArray();
  return json.Text();
}

std::string DefaultErrorBody(int http_status) {
  if (http_status == 406) {
    return BusinessErrorsBody({{"PAYMENT_METHOD_ERROR", "Unexpected processing error", ""}});
  }
  return BasicErrorBody(Phrase(http_status));
}

std::string TokenBody(std::string_view token) {
  JsonWriter json;
  json.BeginObject().Field("token", token).EndObject();
  return json.Text();
}

std::string AcceptedBody(const LedgerEntry& entry, const Undocumented& undocumented,
                         const AnswerTwist& twist) {
  JsonWriter json;
  json.BeginObject();
  WritePaymentRequested(entry, twist, json);
  WriteMethodResponse(entry, undocumented, twist, json);
  json.EndObject();
  return json.Text();
}

std::string DetailBody(const LedgerEntry& entry, const StatusChange& seen,
                       const Undocumented& undocumented, const AnswerTwist& twist) {
  JsonWriter json;
  json.BeginObject();
  WritePaymentRequested(entry, twist, json);
  WriteProcess(entry, seen, twist, json);
  WriteFee(entry, undocumented.fee, json);
  WriteMethodResponse(entry, undocumented, twist, json);
  json.EndObject();
  return json.Text();
}

std::string CallbackBody(std::string_view id_entity) {
  JsonWriter json;
  json.BeginObject().Field("idEntity", id_entity).EndObject();
  return json.Text();
}

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace payout::sandbox
