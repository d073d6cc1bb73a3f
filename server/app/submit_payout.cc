#include "server/app/submit_payout.h"

#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/obtain_token.h"
#include "server/app/wait.h"
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

// Writes what the platform answered. The answer exists only here, so a store that is unavailable is
// tried again for a while; if it stays so, the row remains SUBMITTING and is resolved by asking.
Task<void> RecordAnswer(MerchantDesk& desk, Payout claimed, CreateAnswer answer, CallRecord call) {
  Core& core = desk.core();
  for (int i = 0; i < kRecordTries; ++i) {
    Decision decision = DecideCreate(claimed, answer, desk.Now(), desk.policy());
    absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, claimed, std::move(decision), call);
    if (!absl::IsUnavailable(written.status())) co_return;  // Written, or someone else decided.
    co_await SleepFor(core.env, kRecordRetry);
  }
}

}  // namespace

Task<void> SubmitPayout(MerchantDesk& desk, Payout payout, WorkClass work) {
  Core& core = desk.core();
  const TokenOutcome outcome = co_await ObtainToken(desk, payout, work);
  if (outcome.rested) {
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
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
  // An operator's pause stops sending again, too; wrong credentials only what is sent anew.
  if (core.draining || desk.operator_paused() || (work == WorkClass::kCreate && desk.resting())) {
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
    co_return;
  }
  // Time has passed since the row was leased; what was asked for may no longer be wanted.
  const NextCall next = NextCallOf(payout, core.env.Now());
  if (next == NextCall::kExpire) {
    Decision expired = DecideExpiry(payout, desk.Now());
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk, payout, std::move(expired), std::nullopt);
  } else if (next != NextCall::kCreate) {
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
  }
  if (next != NextCall::kCreate) co_return;

  const MerchantDesk::Busy busy(desk);
  CallRecord call{{.call = Call::kCreate, .started_at = core.env.Now()}};
  Decision claim = DecideClaim(payout, desk.Now(), desk.policy());
  absl::StatusOr<Payout> claimed = co_await ApplyDecision(desk, payout, std::move(claim), call);
  // Unless the claim is known to be durable, nothing leaves.
  if (!claimed.ok()) co_return;

  CreateAnswer answer{.kind = CreateAnswerKind::kSurelyNotSent};
  // An operator's pause that became effective while the claim was written holds for this one, too.
  if (!desk.operator_paused()) {
    call.attempt.started_at = core.env.Now();
    const absl::Duration began = core.env.Monotonic();
    answer = co_await core.provider.Create(*claimed, outcome.token->text);
    core.observer.OnPlatformCall(desk.name(), Call::kCreate, CreateAnswerName(answer.kind),
                                 core.env.Monotonic() - began);
  }
  if (ProvesAccess(answer.kind)) desk.ResumeSubmission();

  call.closes = true;
  call.attempt.ended_at = core.env.Now();
  call.attempt.certainty = CertaintyOf(answer.kind);
  call.attempt.http_status = answer.http_status;
  call.attempt.answer = CreateAnswerName(answer.kind);
  co_await RecordAnswer(desk, std::move(*claimed), answer, std::move(call));
}

}  // namespace payout
