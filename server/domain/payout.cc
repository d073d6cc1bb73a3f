#include "server/domain/payout.h"

namespace payout {

std::string_view StateName(State state) {
  switch (state) {
    case State::kQueued:
      return "QUEUED";
    case State::kSubmitting:
      return "SUBMITTING";
    case State::kOutcomeUnknown:
      return "OUTCOME_UNKNOWN";
    case State::kProcessing:
      return "PROCESSING";
    case State::kSucceeded:
      return "SUCCEEDED";
    case State::kFailed:
      return "FAILED";
    case State::kRefused:
      return "REFUSED";
    case State::kCancelled:
      return "CANCELLED";
  }
  return "?";
}

std::string_view ReviewName(Review review) {
  switch (review) {
    case Review::kPlatformMismatch:
      return "PLATFORM_MISMATCH";
    case Review::kIdUsedElsewhere:
      return "ID_USED_ELSEWHERE";
    case Review::kResubmitNotAllowed:
      return "RESUBMIT_NOT_ALLOWED";
    case Review::kCorrected:
      return "CORRECTED";
  }
  return "?";
}

std::string_view WorkClassName(WorkClass work) {
  switch (work) {
    case WorkClass::kResolve:
      return "resolve";
    case WorkClass::kHint:
      return "hint";
    case WorkClass::kCreate:
      return "create";
    case WorkClass::kCallerRead:
      return "caller_read";
    case WorkClass::kPoll:
      return "poll";
    case WorkClass::kAudit:
      return "audit";
  }
  return "?";
}

}  // namespace payout
