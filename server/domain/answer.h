// Answers of the platform, normalised: what the adapter understood, before anyone decided what it
// means.
//
// Used by: the provider port, decide.h, outcome_table.h. Values.

#ifndef PAYOUT_SERVER_DOMAIN_ANSWER_H_
#define PAYOUT_SERVER_DOMAIN_ANSWER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/payout.h"

namespace payout {

// What the platform said about one payout, as text and numbers; nothing is checked against the
// intent yet.
struct PlatformView {
  std::string payout_id;              // idPayout
  std::string platform_reference;     // idPayment; may be missing
  std::string transaction_reference;  // reference; may be missing
  std::string method_code;
  Money money;
  std::string segment_code;
};

enum class PlatformStatus { kProcessing, kSuccess, kFailed, kRefused, kUnrecognised };

// An answer to a status read, well-formed.
struct Observation {
  PlatformView view;
  PlatformStatus status = PlatformStatus::kUnrecognised;
  std::string status_text;
  std::string processor_status;
  std::optional<Money> fee;
  std::optional<bool> is_test;
  std::optional<absl::Time> created_at;
  std::optional<absl::Time> processed_at;
  std::optional<PayoutReason> failure;
};

enum class CreateAnswerKind {
  kAccepted,            // 201 with a readable echo
  kAcceptedUnreadable,  // 201 without one, or another 2xx with an object
  kAcceptedMismatch,    // 201 whose echo is not what was asked; made by decide.cc
  kRefused,             // 406 with a well-formed, non-empty array
  kRefusedUnreadable,   // 406 with anything else
  kRejected,            // 400, 413, 415, 422 with the platform's error object
  kRejectedUnreadable,  // the same statuses with anything else: something in between may have said
                        // it
  kUnauthenticated,     // 401
  kForbidden,           // 403
  kRouteMissing,        // 404, 405
  kConflict,            // 409
  kGone,                // 410, which the contract does not know for this call
  kRateLimited,         // 429
  kServerError,         // 5xx
  kUnlisted,            // any other status, or another 2xx with no object at all
  kSurelyNotSent,       // no byte of the request left
  kMaybeSent,           // no answer, and it may have arrived
};
inline constexpr int kCreateAnswerKinds = 17;
std::string_view CreateAnswerName(CreateAnswerKind kind);

struct CreateAnswer {
  CreateAnswerKind kind = CreateAnswerKind::kMaybeSent;
  int http_status = 0;
  std::optional<PlatformView> echo;  // with kAccepted
  std::vector<PayoutReason>
      refusals;  // with kRefused; with kRejected what the platform said, if anything
  std::optional<absl::Duration> retry_after;
};

enum class ReadAnswerKind {
  kFound,            // 200, well-formed
  kFoundUnreadable,  // 200 or another 2xx, an object that is not well-formed
  kGone,             // 410
  kUnauthenticated,  // 401
  kForbidden,        // 403
  kRouteMissing,     // 404, 405
  kNotAcceptable,    // 406
  kRateLimited,      // 429
  kServerError,      // 5xx
  kUnlisted,         // any other status, or 2xx with no object at all
  kNoAnswer,  // transport failure; reads have no effect, so it does not matter whether it was sent
};
inline constexpr int kReadAnswerKinds = 11;
std::string_view ReadAnswerName(ReadAnswerKind kind);

struct ReadAnswer {
  ReadAnswerKind kind = ReadAnswerKind::kNoAnswer;
  int http_status = 0;
  std::optional<Observation> observation;  // with kFound
  std::optional<absl::Duration> retry_after;
};

enum class TokenAnswerKind {
  kGranted,
  kUnreadable,    // 2xx without a usable token
  kRefused,       // 400, 406, 413, 415, 422: the request or the merchant is not accepted
  kForbidden,     // 401, 403: the secret is not accepted
  kRouteMissing,  // 404, 405
  kRateLimited,   // 429
  kServerError,   // 5xx
  kUnlisted,
  kNoAnswer,
};
inline constexpr int kTokenAnswerKinds = 9;
std::string_view TokenAnswerName(TokenAnswerKind kind);

// Category of a code of the contract's sections 4.4 and 4.5; kOther for codes that are not in it.
ReasonCategory CategoryOf(std::string_view code);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_ANSWER_H_
