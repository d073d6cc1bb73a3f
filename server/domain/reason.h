// Reasons of errors, and how an absl::Status carries them from the core to the edge.
//
// Used by: every use case; turned into google.rpc details by server/rpc/status_codec. Numbers and
// names equal payout.v1.ErrorReason, which documents each; a test compares them. Thread-safety:
// values.

#ifndef PAYOUT_SERVER_DOMAIN_REASON_H_
#define PAYOUT_SERVER_DOMAIN_REASON_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace payout {

enum class Reason : int {
  kCredentialsInvalid = 1,
  kRequestTooLarge = 2,
  kPayoutIdInvalid = 10,
  kPayoutIdPrefixRequired = 11,
  kMerchantRequired = 12,
  kMerchantUnknown = 13,
  kAmountRequired = 14,
  kAmountMalformed = 15,
  kAmountNotPositive = 16,
  kAmountPrecisionExceeded = 17,
  kAmountDigitsExceeded = 18,
  kCurrencyInvalid = 19,
  kMethodRequired = 20,
  kAccountNameInvalid = 21,
  kAccountNumberInvalid = 22,
  kAccountTypeInvalid = 23,
  kBankCodeRequired = 24,
  kBankCodeInvalid = 25,
  kBankBranchRequired = 26,
  kBankDetailInvalid = 27,
  kOperatorCodeInvalid = 28,
  kEmailAddressInvalid = 29,
  kPhoneNumberInvalid = 30,
  kRemarkInvalid = 31,
  kSegmentCodeInvalid = 32,
  kCustomerIpInvalid = 33,
  kCustomerIdInvalid = 34,
  kLabelsInvalid = 35,
  kSubmitBeforeInvalid = 36,
  kEnumValueInvalid = 37,
  kMaxStalenessInvalid = 38,
  kPageSizeInvalid = 39,
  kPageTokenInvalid = 40,
  kTimeRangeInvalid = 41,
  kStreamTargetInvalid = 42,
  kResumeTokenInvalid = 43,
  kTextInvalid = 44,
  kPayoutContentDiffers = 60,
  kPayoutIdTaken = 61,
  kPayoutNotFound = 62,
  kNotCancellable = 63,
  kResumeTokenTooOld = 70,
  kResumeTokenOtherEpoch = 71,
  kResumeTokenFromFuture = 72,
  kResumeTokenOtherFilter = 73,
  kTooManyStreams = 74,
  kSlowReader = 75,
  kStoreUnavailable = 80,
  kBacklogFull = 81,
  kServerDraining = 82,
  kPlatformReadFailed = 83,
  kOverloaded = 84,
  kInternal = 90,
};
std::string_view ReasonName(Reason reason);  // "PAYOUT_ID_INVALID"

// One broken rule of a request.
struct Violation {
  std::string field;  // path as in the request message: "money.amount"
  Reason reason;
  std::string description;  // never quotes a sensitive value
  friend bool operator==(const Violation&, const Violation&) = default;
};

struct ErrorDetails {
  Reason reason = Reason::kInternal;
  std::map<std::string, std::string> metadata;
  std::vector<Violation> violations;
  std::optional<absl::Duration> retry_after;
  friend bool operator==(const ErrorDetails&, const ErrorDetails&) = default;
};

// A status that carries `details`. `code` is not OK.
absl::Status MakeError(absl::StatusCode code, std::string_view message,
                       const ErrorDetails& details);
inline absl::Status MakeError(absl::StatusCode code, std::string_view message, Reason reason) {
  return MakeError(code, message, ErrorDetails{.reason = reason});
}

// INVALID_ARGUMENT with all violations; the reason is that of the first. `violations` is not empty.
absl::Status InvalidArgument(std::vector<Violation> violations);

// nullopt for a status that MakeError did not make.
std::optional<ErrorDetails> DetailsOf(const absl::Status& status);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_REASON_H_
