#include "server/domain/outcome_table.h"

#include <array>

#include "server/base/instrument.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using E = CreateEffect;
using M = MerchantEffect;

// clang-format off
constexpr std::array<CreateRule, kCreateAnswerKinds> kCreateRules = {{
  // answer                 clean history          maybe applied before   merchant      alarm
  {C::kAccepted,            E::kProcess,           E::kProcess,           M::kNone,     Alarm::kNone},
  {C::kAcceptedUnreadable,  E::kUnknownAccepted,   E::kUnknownAccepted,   M::kNone,     Alarm::kAnswerUnreadable},
  {C::kAcceptedMismatch,    E::kUnknownAccepted,   E::kUnknownAccepted,   M::kNone,     Alarm::kMismatch},
  {C::kRefused,             E::kRefuse,            E::kUnknownRefused,    M::kNone,     Alarm::kNone},
  {C::kRefusedUnreadable,   E::kUnknownRefused,    E::kUnknownRefused,    M::kNone,     Alarm::kAnswerUnreadable},
  {C::kRejected,            E::kUnknownRejected,   E::kUnknownRefused,    M::kNone,     Alarm::kRejectedByPlatform},
  {C::kRejectedUnreadable,  E::kUnknownRefused,    E::kUnknownRefused,    M::kNone,     Alarm::kAnswerUnreadable},
  {C::kUnauthenticated,     E::kRequeueFreshToken, E::kUnknown,           M::kNone,     Alarm::kNone},
  {C::kForbidden,           E::kRequeue,           E::kUnknown,           M::kPause,    Alarm::kCredentials},
  {C::kRouteMissing,        E::kUnknown,           E::kUnknown,           M::kPause,    Alarm::kRoute},
  {C::kConflict,            E::kUnknownConflict,   E::kUnknownAccepted,   M::kNone,     Alarm::kNone},
  {C::kGone,                E::kUnknown,           E::kUnknown,           M::kNone,     Alarm::kAnswerUnlisted},
  {C::kRateLimited,         E::kRequeue,           E::kUnknown,           M::kSlowDown, Alarm::kNone},
  {C::kServerError,         E::kUnknown,           E::kUnknown,           M::kNone,     Alarm::kNone},
  {C::kUnlisted,            E::kUnknown,           E::kUnknown,           M::kNone,     Alarm::kAnswerUnlisted},
  {C::kSurelyNotSent,       E::kRequeue,           E::kUnknown,           M::kNone,     Alarm::kNone},
  {C::kMaybeSent,           E::kUnknown,           E::kUnknown,           M::kNone,     Alarm::kNone},
}};

using R = ReadAnswerKind;
using F = ReadEffect;

constexpr std::array<ReadRule, kReadAnswerKinds> kReadRules = {{
  // answer             unresolved         confirmed       settled         merchant      alarm                      once confirmed
  {R::kFound,           F::kObserve,       F::kObserve,    F::kObserve,    M::kNone,     Alarm::kNone,              Alarm::kNone},
  {R::kFoundUnreadable, F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kAnswerUnreadable,  Alarm::kNone},
  {R::kGone,            F::kCountAbsence,  F::kKeep,       F::kKeep,       M::kNone,     Alarm::kNone,              Alarm::kGoneAfterConfirm},
  {R::kUnauthenticated, F::kFreshToken,    F::kFreshToken, F::kFreshToken, M::kNone,     Alarm::kNone,              Alarm::kNone},
  {R::kForbidden,       F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kCredentials,       Alarm::kNone},
  {R::kRouteMissing,    F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kRoute,             Alarm::kNone},
  {R::kNotAcceptable,   F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kCredentials,       Alarm::kNone},
  {R::kRateLimited,     F::kKeep,          F::kKeep,       F::kKeep,       M::kSlowDown, Alarm::kNone,              Alarm::kNone},
  {R::kServerError,     F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kNone,              Alarm::kNone},
  {R::kUnlisted,        F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kAnswerUnlisted,    Alarm::kNone},
  {R::kNoAnswer,        F::kKeep,          F::kKeep,       F::kKeep,       M::kNone,     Alarm::kNone,              Alarm::kNone},
}};

using T = TokenAnswerKind;

constexpr std::array<TokenRule, kTokenAnswerKinds> kTokenRules = {{
  {T::kGranted,      M::kNone,     Alarm::kNone},
  {T::kUnreadable,   M::kNone,     Alarm::kAnswerUnreadable},
  {T::kRefused,      M::kPause,    Alarm::kCredentials},
  {T::kForbidden,    M::kPause,    Alarm::kCredentials},
  {T::kRouteMissing, M::kPause,    Alarm::kRoute},
  {T::kRateLimited,  M::kSlowDown, Alarm::kNone},
  {T::kServerError,  M::kNone,     Alarm::kNone},
  {T::kUnlisted,     M::kNone,     Alarm::kAnswerUnlisted},
  {T::kNoAnswer,     M::kNone,     Alarm::kNone},
}};
// clang-format on

// A kind indexes its rule.
template <class Rules>
constexpr bool InOrder(const Rules& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (static_cast<std::size_t>(rules[i].answer) != i) return false;
  }
  return true;
}
static_assert(InOrder(kCreateRules) && InOrder(kReadRules) && InOrder(kTokenRules));

}  // namespace

std::span<const CreateRule> CreateRules() { return kCreateRules; }
std::span<const ReadRule> ReadRules() { return kReadRules; }
std::span<const TokenRule> TokenRules() { return kTokenRules; }

const CreateRule& RuleFor(CreateAnswerKind answer) {
  return kCreateRules[static_cast<std::size_t>(answer)];
}
const ReadRule& RuleFor(ReadAnswerKind answer) {
  return kReadRules[static_cast<std::size_t>(answer)];
}
const TokenRule& RuleFor(TokenAnswerKind answer) {
  return kTokenRules[static_cast<std::size_t>(answer)];
}

Standing StandingOf(State state, const Submission& submission) {
  if (state == State::kQueued || state == State::kCancelled) return Standing::kNeverSent;
  if (IsSettled(state)) return Standing::kSettled;
  return submission.confirmed ? Standing::kConfirmed : Standing::kUnresolved;
}

std::optional<State> Transition(State from, PlatformStatus status) {
  // A settled payout never moves, and one that was surely never sent has no status to read.
  const bool settled = IsSettled(from) && !PAYOUT_BUG(terminal_rewritten);
  if (settled || from == State::kQueued) return std::nullopt;
  switch (status) {
    case PlatformStatus::kProcessing:
      return from == State::kProcessing ? std::nullopt : std::optional(State::kProcessing);
    case PlatformStatus::kSuccess:
      return State::kSucceeded;
    case PlatformStatus::kFailed:
      return State::kFailed;
    case PlatformStatus::kRefused:
      return State::kRefused;
    case PlatformStatus::kUnrecognised:
      if (PAYOUT_BUG(unknown_status_is_success)) return State::kSucceeded;
      return std::nullopt;
  }
  return std::nullopt;
}

std::string_view AlarmName(Alarm alarm) {
  switch (alarm) {
    case Alarm::kNone:
      return "none";
    case Alarm::kCredentials:
      return "credentials";
    case Alarm::kRoute:
      return "route";
    case Alarm::kAnswerUnreadable:
      return "answer_unreadable";
    case Alarm::kAnswerUnlisted:
      return "answer_unlisted";
    case Alarm::kMismatch:
      return "mismatch";
    case Alarm::kGoneAfterConfirm:
      return "gone_after_confirm";
    case Alarm::kRejectedByPlatform:
      return "rejected_by_platform";
    case Alarm::kIdUsedElsewhere:
      return "id_used_elsewhere";
    case Alarm::kContradiction:
      return "contradiction";
    case Alarm::kLostRecord:
      return "lost_record";
    case Alarm::kImpossible:
      return "impossible";
  }
  return "?";
}

std::string_view CreateEffectName(CreateEffect effect) {
  switch (effect) {
    case CreateEffect::kProcess:
      return "create.process";
    case CreateEffect::kUnknown:
      return "create.unknown";
    case CreateEffect::kUnknownAccepted:
      return "create.unknown_accepted";
    case CreateEffect::kUnknownRefused:
      return "create.unknown_refused";
    case CreateEffect::kUnknownRejected:
      return "create.unknown_rejected";
    case CreateEffect::kUnknownConflict:
      return "create.unknown_conflict";
    case CreateEffect::kRefuse:
      return "create.refuse";
    case CreateEffect::kRequeue:
      return "create.requeue";
    case CreateEffect::kRequeueFreshToken:
      return "create.requeue_fresh_token";
  }
  return "?";
}

std::string_view ReadEffectName(ReadEffect effect) {
  switch (effect) {
    case ReadEffect::kObserve:
      return "read.observe";
    case ReadEffect::kKeep:
      return "read.keep";
    case ReadEffect::kCountAbsence:
      return "read.count_absence";
    case ReadEffect::kFreshToken:
      return "read.fresh_token";
  }
  return "?";
}

}  // namespace payout
