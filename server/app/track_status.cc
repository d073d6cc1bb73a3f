#include "server/app/track_status.h"

#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/stand_down.h"
#include "server/app/token_desk.h"
#include "server/base/instrument.h"
#include "server/domain/decide.h"

namespace payout {
namespace {

// The platform did not answer, or could not.
bool IsFailure(ReadAnswerKind kind) {
  return kind == ReadAnswerKind::kServerError || kind == ReadAnswerKind::kNoAnswer;
}

}  // namespace

Task<bool> TrackStatus(MerchantDesk& desk, Payout payout, WorkClass work, absl::Duration until) {
  Core& core = desk.core();
  CircuitBreaker& breaker = desk.breaker(Call::kRead);
  const CircuitBreaker::Pass pass = breaker.Ask(core.env.Monotonic());
  if (pass == CircuitBreaker::Pass::kRest) {
    co_await StandDown(desk, payout, work, Call::kRead);
    co_return false;
  }
  const TokenOutcome outcome = co_await desk.token_desk().Obtain(payout, work, until);
  if (outcome.rested) {
    co_await StandDown(desk, payout, work, Call::kRead);
    co_return false;
  }
  if (outcome.token == nullptr) {
    CallRecord call = TokenCallRecord(outcome.answer, outcome.asked_at, core.env.Now());
    Decision decision = DecideTokenFailure(payout, outcome.answer.kind, outcome.answer.retry_after,
                                           desk.Now(), desk.policy());
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, payout, std::move(decision), std::move(call));
    co_return false;
  }

  const bool permitted =
      co_await desk.budget().Acquire(work, payout.intent.tenant, Turn::kGoesOn, until);
  const bool broken = breaker.open() && pass != CircuitBreaker::Pass::kProbe;
  if (!permitted || core.draining || broken) {
    co_await StandDown(desk, payout, work, Call::kRead);
    co_return false;
  }
  const MerchantDesk::Busy busy(desk);
  CallRecord call{{.call = Call::kRead, .started_at = core.env.Now()}};
  call.attempt.certainty = Certainty::kAnswered;
  PAYOUT_FAIL_POINT("track.read.before");
  const absl::Duration began = core.env.Monotonic();
  const ReadAnswer answer = co_await core.provider.Read(payout.intent.key, outcome.token->text);
  core.observer.OnPlatformCall(desk.name(), Call::kRead, ReadAnswerName(answer.kind),
                               core.env.Monotonic() - began);
  desk.NoteCall(Call::kRead, began, IsFailure(answer.kind));
  if (answer.kind == ReadAnswerKind::kRateLimited) desk.NoteRateLimit(answer.retry_after);
  const bool forbidden = answer.kind == ReadAnswerKind::kForbidden;
  if (outcome.token->shared && (forbidden || answer.kind == ReadAnswerKind::kUnauthenticated)) {
    desk.token_desk().Distrust(payout.intent.key.payout_id, forbidden);
  }

  PAYOUT_FAIL_POINT("track.read.arrived");
  call.attempt.ended_at = core.env.Now();
  call.attempt.http_status = answer.http_status;
  call.attempt.answer = ReadAnswerName(answer.kind);
  if (answer.kind == ReadAnswerKind::kNoAnswer) call.attempt.certainty = Certainty::kMaybeSent;
  // What the platform does not know, it did not know when the call began: a slow answer is no
  // younger evidence of absence.
  Moment moment = desk.Now();
  if (!PAYOUT_BUG(absence_counts_at_the_answer)) moment.monotonic = began;
  // `payout.hint_seq` is from before the call: hints that came since stay due.
  Decision decision = DecideRead(payout, answer, payout.hint_seq, moment, desk.policy());
  absl::StatusOr<Payout> written =
      co_await ApplyDecision(desk, payout, std::move(decision), std::move(call));
  PAYOUT_FAIL_POINT("track.read.recorded");
  co_return written.ok() && Tells(answer);
}

}  // namespace payout
