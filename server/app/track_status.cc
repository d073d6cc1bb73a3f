#include "server/app/track_status.h"

#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/obtain_token.h"
#include "server/base/instrument.h"
#include "server/domain/decide.h"

namespace payout {

Task<bool> TrackStatus(MerchantDesk& desk, Payout payout, WorkClass work) {
  Core& core = desk.core();
  CallRecord call{{.call = Call::kToken, .started_at = core.env.Now()}};
  call.attempt.certainty = Certainty::kAnswered;

  const TokenOutcome outcome = co_await ObtainToken(desk, payout, work);
  if (outcome.rested) {
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
    co_return false;
  }
  if (outcome.token == nullptr) {
    call.attempt.ended_at = core.env.Now();
    call.attempt.http_status = outcome.answer.http_status;
    call.attempt.answer = TokenAnswerName(outcome.answer.kind);
    Decision decision = DecideTokenFailure(payout, outcome.answer.kind, outcome.answer.retry_after,
                                           desk.Now(), desk.policy());
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, payout, std::move(decision), std::move(call));
    co_return false;
  }

  co_await desk.budget().Acquire(work, payout.intent.tenant, Turn::kGoesOn);
  if (core.draining) co_return false;
  const MerchantDesk::Busy busy(desk);
  call.attempt.call = Call::kRead;
  call.attempt.started_at = core.env.Now();
  PAYOUT_FAIL_POINT("track.read.before");
  const absl::Duration began = core.env.Monotonic();
  const ReadAnswer answer = co_await core.provider.Read(payout.intent.key, outcome.token->text);
  core.observer.OnPlatformCall(desk.name(), Call::kRead, ReadAnswerName(answer.kind),
                               core.env.Monotonic() - began);

  PAYOUT_FAIL_POINT("track.read.arrived");
  call.attempt.ended_at = core.env.Now();
  call.attempt.http_status = answer.http_status;
  call.attempt.answer = ReadAnswerName(answer.kind);
  if (answer.kind == ReadAnswerKind::kNoAnswer) call.attempt.certainty = Certainty::kMaybeSent;
  // `payout.hint_seq` is from before the call: hints that came since stay due.
  Decision decision = DecideRead(payout, answer, payout.hint_seq, desk.Now(), desk.policy());
  absl::StatusOr<Payout> written =
      co_await ApplyDecision(desk, payout, std::move(decision), std::move(call));
  PAYOUT_FAIL_POINT("track.read.recorded");
  co_return written.ok() && answer.kind == ReadAnswerKind::kFound;
}

}  // namespace payout
