// The total table of outcomes: what each answer of the platform means, by call and history, as
// data.
//
// Used by: decide.cc, which carries the effects out, and by the tests, which visit every cell.
// docs/outcomes.md shows the same table; a test compares them.

#ifndef PAYOUT_SERVER_DOMAIN_OUTCOME_TABLE_H_
#define PAYOUT_SERVER_DOMAIN_OUTCOME_TABLE_H_

#include <span>
#include <string_view>

#include "server/domain/answer.h"

namespace payout {

// Something that the people who run the gateway must see.
enum class Alarm {
  kNone,
  kCredentials,         // the platform does not accept our merchant secret or token
  kRoute,               // wrong base URL, or the version header got lost
  kAnswerUnreadable,    // the platform's answers do not follow the contract
  kAnswerUnlisted,      // a status that the contract does not know
  kMismatch,            // the platform has other values than we asked for
  kGoneAfterConfirm,    // the platform no longer knows a payout that it confirmed
  kRejectedByPlatform,  // the platform finds our request malformed: our mapping is wrong
  kIdUsedElsewhere,     // the id belongs to a payout that is not ours
  kContradiction,       // another terminal status
  kLostRecord,  // a callback with a valid capability for a payout that the store does not have
  kImpossible,  // an answer to a call that cannot have been made
};
std::string_view AlarmName(Alarm alarm);

// What happens to the merchant as a whole.
enum class MerchantEffect {
  kNone,
  kSlowDown,  // back off: the platform limits the rate
  kPause,     // rest submission: credentials or route are wrong
};

// May an earlier create of this payout have been applied?
enum class History { kClean, kMaybeApplied };

enum class CreateEffect {
  kProcess,            // PROCESSING
  kUnknown,            // OUTCOME_UNKNOWN, ask
  kUnknownAccepted,    // OUTCOME_UNKNOWN, ask, never post again
  kUnknownRefused,     // OUTCOME_UNKNOWN; settled absence makes it REFUSED
  kUnknownRejected,    // the same; one 410 suffices
  kUnknownConflict,    // OUTCOME_UNKNOWN, never post again; adoption needs a full match
  kRefuse,             // REFUSED
  kRequeue,            // QUEUED, try later
  kRequeueFreshToken,  // QUEUED, once at once with a fresh token
};
std::string_view CreateEffectName(CreateEffect effect);

struct CreateRule {
  CreateAnswerKind answer;
  CreateEffect clean;
  CreateEffect maybe_applied;
  MerchantEffect merchant;
  Alarm alarm;
};
std::span<const CreateRule> CreateRules();
const CreateRule& RuleFor(CreateAnswerKind answer);

// Where a payout stands when it is read.
enum class Standing {
  kUnresolved,  // SUBMITTING or OUTCOME_UNKNOWN, never confirmed
  kConfirmed,   // the platform confirmed it, and it is not settled
  kSettled,     // terminal at the platform's word
  kNeverSent,   // QUEUED, CANCELLED: no read is ever made
};
Standing StandingOf(State state, const Submission& submission);

enum class ReadEffect {
  kObserve,       // compare, then transition
  kKeep,          // no change; ask again later
  kCountAbsence,  // evidence for settled absence
  kFreshToken,    // no change; ask again at once with a fresh token, then later
};
std::string_view ReadEffectName(ReadEffect effect);

struct ReadRule {
  ReadAnswerKind answer;
  ReadEffect unresolved;
  ReadEffect confirmed;
  ReadEffect settled;
  MerchantEffect merchant;
  Alarm alarm;                 // whatever the standing
  Alarm alarm_once_confirmed;  // instead, when the platform ever confirmed the payout; kNone: no
                               // other
};
std::span<const ReadRule> ReadRules();
const ReadRule& RuleFor(ReadAnswerKind answer);

// Answers of the token call never change a payout's state.
struct TokenRule {
  TokenAnswerKind answer;
  MerchantEffect merchant;
  Alarm alarm;
};
std::span<const TokenRule> TokenRules();
const TokenRule& RuleFor(TokenAnswerKind answer);

// What a matching status does to a state; nullopt: no transition.
std::optional<State> Transition(State from, PlatformStatus status);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_OUTCOME_TABLE_H_
