#include "tests/explorer/answers.h"

#include <array>
#include <string>
#include <utility>

namespace payout::explorer {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;

constexpr std::array kProofsOfNothing = {C::kRefused, C::kUnauthenticated, C::kForbidden,
                                         C::kRateLimited, C::kSurelyNotSent};
constexpr std::array kNoProofs = {C::kAcceptedUnreadable, C::kRefusedUnreadable, C::kRejected,
                                  C::kRejectedUnreadable, C::kRouteMissing,      C::kGone,
                                  C::kServerError,        C::kUnlisted,          C::kMaybeSent};
constexpr std::array kEmptyAnswers = {R::kFoundUnreadable, R::kUnauthenticated, R::kForbidden,
                                      R::kRouteMissing,    R::kNotAcceptable,   R::kRateLimited,
                                      R::kServerError,     R::kUnlisted,        R::kNoAnswer};
// With those that are told and those that a world adds, these are all.
static_assert(kProofsOfNothing.size() + kNoProofs.size() + 3 == kCreateAnswerKinds);
static_assert(kEmptyAnswers.size() + 2 == kReadAnswerKinds);

std::string TextOf(PlatformStatus status) {
  switch (status) {
    case PlatformStatus::kProcessing:
      return "PROCESSING";
    case PlatformStatus::kSuccess:
      return "SUCCESS";
    case PlatformStatus::kFailed:
      return "FAILED";
    case PlatformStatus::kRefused:
      return "REFUSED";
    case PlatformStatus::kUnrecognised:
      return "ON_HOLD";
  }
  return "";
}

}  // namespace

std::span<const CreateAnswerKind> ProofsOfNothing() { return kProofsOfNothing; }
std::span<const CreateAnswerKind> NoProofs() { return kNoProofs; }
std::span<const ReadAnswerKind> EmptyAnswers() { return kEmptyAnswers; }

CreateAnswer AnswerOf(CreateAnswerKind kind) {
  CreateAnswer answer{.kind = kind};
  if (kind == C::kAccepted) answer.echo = EqualView();
  if (kind == C::kAcceptedMismatch) {
    answer.kind = C::kAccepted;  // What the adapter says; comparing is the decision's.
    answer.echo = OtherView();
  }
  if (kind == C::kRefused) answer.refusals = {{.code = "BALANCE_INSUFFICIENT"}};
  return answer;
}

std::uint8_t Packed(ReadAnswerKind kind, PlatformStatus status) {
  return static_cast<std::uint8_t>(static_cast<int>(kind) | static_cast<int>(status) << 4);
}

ReadAnswer AnswerOf(std::uint8_t packed, Thing thing) {
  ReadAnswer answer{.kind = static_cast<R>(packed & 15)};
  if (answer.kind != R::kFound) return answer;
  Observation seen;
  seen.view = thing == Thing::kOurs || thing == Thing::kElder ? EqualView() : OtherView();
  seen.status = static_cast<PlatformStatus>(packed >> 4);
  seen.status_text = TextOf(seen.status);
  seen.created_at = thing == Thing::kElder || thing == Thing::kStranger ? kLongBefore : kFirstClaim;
  if (seen.status == PlatformStatus::kFailed || seen.status == PlatformStatus::kRefused) {
    seen.failure = PayoutReason{.code = "SYSTEM"};
  }
  answer.observation = std::move(seen);
  return answer;
}

}  // namespace payout::explorer
