#include "server/domain/answer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace payout {
namespace {

using Entry = std::pair<std::string_view, ReasonCategory>;

constexpr std::array<Entry, 24> kCategories = {{
    {"BALANCE_INSUFFICIENT", ReasonCategory::kBalance},
    {"BANK_CODE_REQUIRED", ReasonCategory::kRequest},
    {"CLIENT_IP_INVALID", ReasonCategory::kRequest},
    {"CURRENCY_NOT_SUPPORTED", ReasonCategory::kConfiguration},
    {"CURRENCY_PRECISION_EXCEEDED", ReasonCategory::kRequest},
    {"DIFFERENT_AMOUNT_CONFIRMED", ReasonCategory::kPlatform},
    {"ENTITY_EXPIRED", ReasonCategory::kExpired},
    {"INCORRECT_CURRENCY", ReasonCategory::kPlatform},
    {"INVALID_ACCOUNT_NAME", ReasonCategory::kRequest},
    {"INVALID_ACCOUNT_NUMBER", ReasonCategory::kRequest},
    {"IP_DENIED", ReasonCategory::kDenied},
    {"PAYMENT_CHANNEL_AMOUNT_LIMITS", ReasonCategory::kLimit},
    {"PAYMENT_CHANNEL_DAILY_LIMITS", ReasonCategory::kLimit},
    {"PAYMENT_CHANNEL_NO_ACTIVE_FOUND", ReasonCategory::kUnavailable},
    {"PAYMENT_CHANNEL_NO_OPENED_FOUND", ReasonCategory::kUnavailable},
    {"PAYMENT_CHANNEL_NO_SEGMENT_FOUND", ReasonCategory::kConfiguration},
    {"PAYMENT_METHOD_ERROR", ReasonCategory::kPlatform},
    {"PAYMENT_METHOD_NOT_FOUND", ReasonCategory::kConfiguration},
    {"PAYMENT_OPERATOR_INVALID", ReasonCategory::kConfiguration},
    {"PAYMENT_OPERATOR_NOT_FOUND", ReasonCategory::kConfiguration},
    {"PAYMENT_OPERATOR_REQUIRED", ReasonCategory::kRequest},
    {"PAYMENT_OPERATOR_UNAVAILABLE", ReasonCategory::kUnavailable},
    {"PAYMENT_PROCESS_ERROR", ReasonCategory::kPlatform},
    {"SYSTEM", ReasonCategory::kPlatform},
}};
static_assert(std::ranges::is_sorted(kCategories, {}, &Entry::first));

}  // namespace

ReasonCategory CategoryOf(std::string_view code) {
  const auto found = std::ranges::lower_bound(kCategories, code, {}, &Entry::first);
  return found != kCategories.end() && found->first == code ? found->second
                                                            : ReasonCategory::kOther;
}

std::string_view CreateAnswerName(CreateAnswerKind kind) {
  switch (kind) {
    case CreateAnswerKind::kAccepted:
      return "ACCEPTED";
    case CreateAnswerKind::kAcceptedUnreadable:
      return "ACCEPTED_UNREADABLE";
    case CreateAnswerKind::kAcceptedMismatch:
      return "ACCEPTED_MISMATCH";
    case CreateAnswerKind::kRefused:
      return "REFUSED";
    case CreateAnswerKind::kRefusedUnreadable:
      return "REFUSED_UNREADABLE";
    case CreateAnswerKind::kRejected:
      return "REJECTED";
    case CreateAnswerKind::kRejectedUnreadable:
      return "REJECTED_UNREADABLE";
    case CreateAnswerKind::kUnauthenticated:
      return "UNAUTHENTICATED";
    case CreateAnswerKind::kForbidden:
      return "FORBIDDEN";
    case CreateAnswerKind::kRouteMissing:
      return "ROUTE_MISSING";
    case CreateAnswerKind::kConflict:
      return "CONFLICT";
    case CreateAnswerKind::kGone:
      return "GONE";
    case CreateAnswerKind::kRateLimited:
      return "RATE_LIMITED";
    case CreateAnswerKind::kServerError:
      return "SERVER_ERROR";
    case CreateAnswerKind::kUnlisted:
      return "UNLISTED";
    case CreateAnswerKind::kSurelyNotSent:
      return "SURELY_NOT_SENT";
    case CreateAnswerKind::kMaybeSent:
      return "MAYBE_SENT";
  }
  return "?";
}

std::string_view ReadAnswerName(ReadAnswerKind kind) {
  switch (kind) {
    case ReadAnswerKind::kFound:
      return "FOUND";
    case ReadAnswerKind::kFoundUnreadable:
      return "FOUND_UNREADABLE";
    case ReadAnswerKind::kGone:
      return "GONE";
    case ReadAnswerKind::kUnauthenticated:
      return "UNAUTHENTICATED";
    case ReadAnswerKind::kForbidden:
      return "FORBIDDEN";
    case ReadAnswerKind::kRouteMissing:
      return "ROUTE_MISSING";
    case ReadAnswerKind::kNotAcceptable:
      return "NOT_ACCEPTABLE";
    case ReadAnswerKind::kRateLimited:
      return "RATE_LIMITED";
    case ReadAnswerKind::kServerError:
      return "SERVER_ERROR";
    case ReadAnswerKind::kUnlisted:
      return "UNLISTED";
    case ReadAnswerKind::kNoAnswer:
      return "NO_ANSWER";
  }
  return "?";
}

std::string_view TokenAnswerName(TokenAnswerKind kind) {
  switch (kind) {
    case TokenAnswerKind::kGranted:
      return "GRANTED";
    case TokenAnswerKind::kUnreadable:
      return "UNREADABLE";
    case TokenAnswerKind::kRefused:
      return "REFUSED";
    case TokenAnswerKind::kForbidden:
      return "FORBIDDEN";
    case TokenAnswerKind::kRouteMissing:
      return "ROUTE_MISSING";
    case TokenAnswerKind::kRateLimited:
      return "RATE_LIMITED";
    case TokenAnswerKind::kServerError:
      return "SERVER_ERROR";
    case TokenAnswerKind::kUnlisted:
      return "UNLISTED";
    case TokenAnswerKind::kNoAnswer:
      return "NO_ANSWER";
  }
  return "?";
}

}  // namespace payout
