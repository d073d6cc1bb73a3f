#include "server/app/submit_payout.h"

#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/stand_down.h"
#include "server/app/token_desk.h"
#include "server/app/wait.h"
#include "server/base/instrument.h"
#include "server/domain/decide.h"

namespace payout {
namespace {

constexpr absl::Duration kRecordRetry = absl::Seconds(1);
constexpr int kRecordTries = 120;

Certainty CertaintyOf(CreateAnswerKind kind) {
  if (kind == CreateAnswerKind::kSurelyNotSent) return Certainty::kSurelyNotSent;
  if (kind == CreateAnswerKind::kMaybeSent) return Certainty::kMaybeSent;
  return Certainty::kAnswered;
}

// The platform took our token and found the operation.
bool ProvesAccess(CreateAnswerKind kind) {
  switch (kind) {
    case CreateAnswerKind::kAccepted:
    case CreateAnswerKind::kAcceptedUnreadable:
    case CreateAnswerKind::kAcceptedMismatch:
    case CreateAnswerKind::kRefused:
    case CreateAnswerKind::kRejected:
    case CreateAnswerKind::kConflict:
      return true;
    case CreateAnswerKind::kRefusedUnreadable:
    case CreateAnswerKind::kRejectedUnreadable:
    case CreateAnswerKind::kUnauthenticated:
    case CreateAnswerKind::kForbidden:
    case CreateAnswerKind::kRouteMissing:
    case CreateAnswerKind::kGone:
    case CreateAnswerKind::kRateLimited:
    case CreateAnswerKind::kServerError:
    case CreateAnswerKind::kUnlisted:
    case CreateAnswerKind::kSurelyNotSent:
    case CreateAnswerKind::kMaybeSent:
      return false;
  }
  return false;
}

// The platform did not answer, or could not.
bool IsFailure(CreateAnswerKind kind) {
  return kind == CreateAnswerKind::kServerError || kind == CreateAnswerKind::kSurelyNotSent ||
         kind == CreateAnswerKind::kMaybeSent;
}

// Writes what the platform answered. The answer exists only here, so a store that is unavailable is
// tried again for a while; if it stays so, the row remains SUBMITTING and is resolved by asking.
Task<void> RecordAnswer(MerchantDesk& desk, Payout claimed, CreateAnswer answer, CallRecord call,
                        bool shared_token) {
  Core& core = desk.core();
  for (int i = 0; i < kRecordTries; ++i) {
    Decision decision = DecideCreate(claimed, answer, desk.Now(), desk.policy());
    if (shared_token && answer.kind == CreateAnswerKind::kForbidden) {
      // It may be the token that is wrong; one of its own will tell.
      decision.merchant = MerchantEffect::kNone;
      decision.alarm = Alarm::kNone;
    }
    absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, claimed, std::move(decision), call);
    if (!absl::IsUnavailable(written.status())) co_return;  // Written, or someone else decided.
    co_await SleepFor(core.env, kRecordRetry);
  }
}

}  // namespace

Task<void> SubmitPayout(MerchantDesk& desk, Payout payout, WorkClass work) {
  Core& core = desk.core();
  CircuitBreaker& breaker = desk.breaker(Call::kCreate);
  const CircuitBreaker::Pass pass = breaker.Ask(core.env.Monotonic());
  if (pass == CircuitBreaker::Pass::kRest) {
    co_await StandDown(desk, payout, work, Call::kCreate);
    co_return;
  }
  const TokenOutcome outcome = co_await desk.token_desk().Obtain(payout, work);
  if (outcome.rested) {
    co_await StandDown(desk, payout, work, Call::kCreate);
    co_return;
  }
  if (outcome.token == nullptr) {
    CallRecord call = TokenCallRecord(outcome.answer, outcome.asked_at, core.env.Now());
    Decision decision = DecideTokenFailure(payout, outcome.answer.kind, outcome.answer.retry_after,
                                           desk.Now(), desk.policy());
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, payout, std::move(decision), std::move(call));
    co_return;
  }

  co_await desk.budget().Acquire(work, payout.intent.tenant, Turn::kGoesOn);
  const bool broken = breaker.open() && pass != CircuitBreaker::Pass::kProbe;
  // An operator's pause stops sending again, too; wrong credentials only what is sent anew.
  const bool resting = desk.operator_paused() || (work == WorkClass::kCreate && desk.resting());
  if (core.draining || broken || resting) {
    co_await StandDown(desk, payout, work, Call::kCreate);
    co_return;
  }
  // Time has passed since the row was leased; what was asked for may no longer be wanted.
  const NextCall next = NextCallOf(payout, core.env.Now());
  if (next == NextCall::kExpire) {
    Decision expired = DecideExpiry(payout, desk.Now());
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, payout, std::move(expired), std::nullopt);
  } else if (next != NextCall::kCreate) {
    co_await GiveBack(desk, payout);
  }
  if (next != NextCall::kCreate) co_return;

  const MerchantDesk::Busy busy(desk);
  CallRecord call{{.call = Call::kCreate, .started_at = core.env.Now()}};
  if (PAYOUT_BUG(send_before_claim)) {
    [[maybe_unused]] const CreateAnswer early =
        co_await core.provider.Create(payout, outcome.token->text);
  }
  Decision claim = DecideClaim(payout, desk.Now(), desk.policy());
  PAYOUT_FAIL_POINT("submit.claim.before");
  absl::StatusOr<Payout> claimed = co_await ApplyDecision(desk, payout, std::move(claim), call);
  PAYOUT_FAIL_POINT("submit.claim.after");
  // Unless the claim is known to be durable, nothing leaves.
  if (!claimed.ok() && PAYOUT_BUG(send_unclaimed)) claimed = payout;
  if (!claimed.ok()) co_return;
  if (PAYOUT_BUG(new_id_on_retry) && claimed->submission.resubmits > 0) {
    claimed->intent.key.payout_id = PayoutId(payout.intent.key.payout_id.value() + "-2");
  }
  if (PAYOUT_BUG(rendered_again) && claimed->submission.creates > 1) {
    claimed->rendered = core.provider.Render(claimed->intent, "https://elsewhere.example");
  }

  CreateAnswer answer{.kind = CreateAnswerKind::kSurelyNotSent};
  // An operator's pause that became effective while the claim was written holds for this one, too.
  if (!desk.operator_paused()) {
    call.attempt.started_at = core.env.Now();
    const absl::Duration began = core.env.Monotonic();
    answer = co_await core.provider.Create(*claimed, outcome.token->text);
    PAYOUT_FAIL_POINT("submit.answer.arrived");
    core.observer.OnPlatformCall(desk.name(), Call::kCreate, CreateAnswerName(answer.kind),
                                 core.env.Monotonic() - began);
    desk.NoteCall(Call::kCreate, began, IsFailure(answer.kind));
  }
  if (answer.kind == CreateAnswerKind::kRateLimited) desk.NoteRateLimit(answer.retry_after);
  if (ProvesAccess(answer.kind)) desk.ResumeSubmission();
  const bool forbidden = answer.kind == CreateAnswerKind::kForbidden;
  if (outcome.token->shared && (forbidden || answer.kind == CreateAnswerKind::kUnauthenticated)) {
    desk.token_desk().Distrust(payout.intent.key.payout_id, forbidden);
  }

  call.closes = true;
  call.attempt.ended_at = core.env.Now();
  call.attempt.certainty = CertaintyOf(answer.kind);
  call.attempt.http_status = answer.http_status;
  call.attempt.answer = CreateAnswerName(answer.kind);
  co_await RecordAnswer(desk, std::move(*claimed), answer, std::move(call), outcome.token->shared);
  PAYOUT_FAIL_POINT("submit.answer.recorded");
}

}  // namespace payout
