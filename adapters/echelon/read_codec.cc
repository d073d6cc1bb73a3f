#include "adapters/echelon/read_codec.h"

#include <optional>
#include <string>
#include <utility>

#include "adapters/echelon/date_time.h"
#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/platform_view.h"
#include "adapters/echelon/shown_text.h"

namespace payout::echelon {
namespace {

PlatformStatus StatusOf(std::string_view text) {
  if (text == "PROCESSING") return PlatformStatus::kProcessing;
  if (text == "SUCCESS") return PlatformStatus::kSuccess;
  if (text == "FAILED") return PlatformStatus::kFailed;
  if (text == "REFUSED") return PlatformStatus::kRefused;
  return PlatformStatus::kUnrecognised;
}

std::optional<absl::Time> ReadTime(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? std::nullopt : ReadDateTime(*text);
}

// An object in spite of the plural name; should the platform mend that, the first element counts.
std::optional<PayoutReason> ReadFailure(const JsonValue* value) {
  if (value == nullptr) return std::nullopt;
  if (value->kind == JsonValue::Kind::kArray) {
    if (value->items.empty()) return std::nullopt;
    value = &value->items.front();
  }
  PayoutReason reason;
  reason.code = ShownMember(*value, "failureReasonCode", kShownCodeMax);
  reason.category = CategoryOf(reason.code);
  reason.message = ShownMember(*value, "message", kShownMessageMax);
  reason.failed_at = ReadTime(*value, "failedAt");
  if (reason.code.empty() && reason.message.empty()) return std::nullopt;
  return reason;
}

// A fee is shown, never decided on, so a code that cannot be one is no reason to doubt the answer.
std::optional<Money> ReadFee(const JsonValue* value) {
  std::optional<Money> fee = ReadMoney(value);
  if (fee && ShownText(fee->currency, kShownCodeMax) != fee->currency) return std::nullopt;
  return fee;
}

std::optional<Observation> ReadObservation(std::string_view body) {
  const std::optional<JsonValue> json = ReadJson(body);
  if (!json) return std::nullopt;
  std::optional<PlatformView> view = ReadPlatformView(*json);
  const JsonValue* process = json->Find("process");
  const JsonValue* status = process == nullptr ? nullptr : process->Find("status");
  const std::string* text = status == nullptr ? nullptr : status->AsString();
  if (!view || text == nullptr) return std::nullopt;

  Observation observation;
  observation.view = std::move(*view);
  observation.status = StatusOf(*text);
  observation.status_text = ShownText(*text, kShownCodeMax);
  observation.processor_status = ShownMember(*process, "processorStatus", kShownCodeMax);
  observation.fee = ReadFee(json->Find("fee"));
  if (const JsonValue* is_test = process->Find("isTest")) observation.is_test = is_test->AsBool();
  observation.created_at = ReadTime(*process, "createdAt");
  observation.processed_at = ReadTime(*process, "processedAt");
  observation.failure = ReadFailure(process->Find("failureReasons"));
  return observation;
}

// Of an answer that is not well-formed.
ReadAnswerKind KindOf(int status, std::string_view body) {
  if (status >= 200 && status <= 299) {
    return BeginsAsObject(body) ? ReadAnswerKind::kFoundUnreadable : ReadAnswerKind::kUnlisted;
  }
  if (status >= 500 && status <= 599) return ReadAnswerKind::kServerError;
  switch (status) {
    case 401:
      return ReadAnswerKind::kUnauthenticated;
    case 403:
      return ReadAnswerKind::kForbidden;
    case 404:
    case 405:
      return ReadAnswerKind::kRouteMissing;
    case 406:
      return ReadAnswerKind::kNotAcceptable;
    case 410:
      return ReadAnswerKind::kGone;
    case 429:
      return ReadAnswerKind::kRateLimited;
    default:
      return ReadAnswerKind::kUnlisted;
  }
}

}  // namespace

ReadAnswer ParseReadAnswer(int status, std::string_view body) {
  ReadAnswer answer;
  answer.http_status = status;
  answer.kind = KindOf(status, body);
  if (status == 200) {
    answer.observation = ReadObservation(body);
    if (answer.observation) answer.kind = ReadAnswerKind::kFound;
  }
  return answer;
}

}  // namespace payout::echelon
