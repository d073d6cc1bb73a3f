#include "server/domain/reason.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "absl/strings/cord.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"

namespace payout {
namespace {

constexpr absl::string_view kPayloadUrl = "payout.v1/error_details";

// Reads what AppendLengthPrefixed wrote, field by field.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}
  bool done() const { return text_.empty(); }
  std::string_view Next() {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), length);
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()) + 1);
    const std::string_view field = text_.substr(0, length);
    text_.remove_prefix(length);
    return field;
  }
  std::int64_t NextNumber() {
    const std::string_view field = Next();
    std::int64_t number = 0;
    std::from_chars(field.data(), field.data() + field.size(), number);
    return number;
  }

 private:
  std::string_view text_;
};

void AppendNumber(std::string& out, std::int64_t number) {
  AppendLengthPrefixed(out, std::to_string(number));
}

}  // namespace

std::string_view ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kCredentialsInvalid:
      return "CREDENTIALS_INVALID";
    case Reason::kRequestTooLarge:
      return "REQUEST_TOO_LARGE";
    case Reason::kPayoutIdInvalid:
      return "PAYOUT_ID_INVALID";
    case Reason::kPayoutIdPrefixRequired:
      return "PAYOUT_ID_PREFIX_REQUIRED";
    case Reason::kMerchantRequired:
      return "MERCHANT_REQUIRED";
    case Reason::kMerchantUnknown:
      return "MERCHANT_UNKNOWN";
    case Reason::kAmountRequired:
      return "AMOUNT_REQUIRED";
    case Reason::kAmountMalformed:
      return "AMOUNT_MALFORMED";
    case Reason::kAmountNotPositive:
      return "AMOUNT_NOT_POSITIVE";
    case Reason::kAmountPrecisionExceeded:
      return "AMOUNT_PRECISION_EXCEEDED";
    case Reason::kAmountDigitsExceeded:
      return "AMOUNT_DIGITS_EXCEEDED";
    case Reason::kCurrencyInvalid:
      return "CURRENCY_INVALID";
    case Reason::kMethodRequired:
      return "METHOD_REQUIRED";
    case Reason::kAccountNameInvalid:
      return "ACCOUNT_NAME_INVALID";
    case Reason::kAccountNumberInvalid:
      return "ACCOUNT_NUMBER_INVALID";
    case Reason::kAccountTypeInvalid:
      return "ACCOUNT_TYPE_INVALID";
    case Reason::kBankCodeRequired:
      return "BANK_CODE_REQUIRED";
    case Reason::kBankCodeInvalid:
      return "BANK_CODE_INVALID";
    case Reason::kBankBranchRequired:
      return "BANK_BRANCH_REQUIRED";
    case Reason::kBankDetailInvalid:
      return "BANK_DETAIL_INVALID";
    case Reason::kOperatorCodeInvalid:
      return "OPERATOR_CODE_INVALID";
    case Reason::kEmailAddressInvalid:
      return "EMAIL_ADDRESS_INVALID";
    case Reason::kPhoneNumberInvalid:
      return "PHONE_NUMBER_INVALID";
    case Reason::kRemarkInvalid:
      return "REMARK_INVALID";
    case Reason::kSegmentCodeInvalid:
      return "SEGMENT_CODE_INVALID";
    case Reason::kCustomerIpInvalid:
      return "CUSTOMER_IP_INVALID";
    case Reason::kCustomerIdInvalid:
      return "CUSTOMER_ID_INVALID";
    case Reason::kLabelsInvalid:
      return "LABELS_INVALID";
    case Reason::kSubmitBeforeInvalid:
      return "SUBMIT_BEFORE_INVALID";
    case Reason::kEnumValueInvalid:
      return "ENUM_VALUE_INVALID";
    case Reason::kMaxStalenessInvalid:
      return "MAX_STALENESS_INVALID";
    case Reason::kPageSizeInvalid:
      return "PAGE_SIZE_INVALID";
    case Reason::kPageTokenInvalid:
      return "PAGE_TOKEN_INVALID";
    case Reason::kTimeRangeInvalid:
      return "TIME_RANGE_INVALID";
    case Reason::kStreamTargetInvalid:
      return "STREAM_TARGET_INVALID";
    case Reason::kResumeTokenInvalid:
      return "RESUME_TOKEN_INVALID";
    case Reason::kTextInvalid:
      return "TEXT_INVALID";
    case Reason::kPayoutContentDiffers:
      return "PAYOUT_CONTENT_DIFFERS";
    case Reason::kPayoutIdTaken:
      return "PAYOUT_ID_TAKEN";
    case Reason::kPayoutNotFound:
      return "PAYOUT_NOT_FOUND";
    case Reason::kNotCancellable:
      return "NOT_CANCELLABLE";
    case Reason::kResumeTokenTooOld:
      return "RESUME_TOKEN_TOO_OLD";
    case Reason::kResumeTokenOtherEpoch:
      return "RESUME_TOKEN_OTHER_EPOCH";
    case Reason::kResumeTokenFromFuture:
      return "RESUME_TOKEN_FROM_FUTURE";
    case Reason::kResumeTokenOtherFilter:
      return "RESUME_TOKEN_OTHER_FILTER";
    case Reason::kTooManyStreams:
      return "TOO_MANY_STREAMS";
    case Reason::kSlowReader:
      return "SLOW_READER";
    case Reason::kStoreUnavailable:
      return "STORE_UNAVAILABLE";
    case Reason::kBacklogFull:
      return "BACKLOG_FULL";
    case Reason::kServerDraining:
      return "SERVER_DRAINING";
    case Reason::kPlatformReadFailed:
      return "PLATFORM_READ_FAILED";
    case Reason::kOverloaded:
      return "OVERLOADED";
    case Reason::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

absl::Status MakeError(absl::StatusCode code, std::string_view message,
                       const ErrorDetails& details) {
  std::string payload;
  AppendNumber(payload, static_cast<int>(details.reason));
  AppendNumber(payload, details.retry_after ? absl::ToInt64Milliseconds(*details.retry_after) : -1);
  AppendNumber(payload, static_cast<std::int64_t>(details.metadata.size()));
  for (const auto& [key, value] : details.metadata) {
    AppendLengthPrefixed(payload, key);
    AppendLengthPrefixed(payload, value);
  }
  for (const Violation& violation : details.violations) {
    AppendLengthPrefixed(payload, violation.field);
    AppendNumber(payload, static_cast<int>(violation.reason));
    AppendLengthPrefixed(payload, violation.description);
  }
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(kPayloadUrl, absl::Cord(payload));
  return status;
}

absl::Status InvalidArgument(std::vector<Violation> violations) {
  ErrorDetails details{.reason = violations.front().reason};
  std::string message = violations.front().field + ": " + violations.front().description;
  if (violations.size() > 1) {
    message += " (and " + std::to_string(violations.size() - 1) + " more)";
  }
  details.violations = std::move(violations);
  return MakeError(absl::StatusCode::kInvalidArgument, message, details);
}

std::optional<ErrorDetails> DetailsOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  const std::string text(*payload);
  FieldReader reader(text);
  ErrorDetails details;
  details.reason = static_cast<Reason>(reader.NextNumber());
  const std::int64_t retry_after = reader.NextNumber();
  if (retry_after >= 0) details.retry_after = absl::Milliseconds(retry_after);
  for (std::int64_t left = reader.NextNumber(); left > 0; --left) {
    std::string key(reader.Next());
    details.metadata[std::move(key)] = reader.Next();
  }
  while (!reader.done()) {
    Violation violation;
    violation.field = reader.Next();
    violation.reason = static_cast<Reason>(reader.NextNumber());
    violation.description = reader.Next();
    details.violations.push_back(std::move(violation));
  }
  return details;
}

}  // namespace payout
