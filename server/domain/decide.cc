#include "server/domain/decide.h"

#include <algorithm>
#include <utility>

#include "server/base/instrument.h"
#include "server/domain/audit.h"
#include "server/domain/decision_draft.h"

namespace payout {
namespace {

// Absence was settled. Is that still fresh, did nothing hint at the contrary, and is the payout
// still wanted? Else a read decides anew.
bool MayPostNext(const Payout& payout, absl::Time now) {
  if (PAYOUT_BUG(resend_on_unknown)) return true;
  return payout.submission.post_next && WasToldWithin(payout, kAbsenceFresh, now) &&
         payout.hint_seq <= payout.hint_read_seq &&
         (!payout.intent.submit_before || now < *payout.intent.submit_before);
}

}  // namespace

Payout NewPayout(Intent intent, std::string fingerprint, RenderedRequest rendered, absl::Time now) {
  Payout payout;
  payout.intent = std::move(intent);
  payout.fingerprint = std::move(fingerprint);
  payout.rendered = std::move(rendered);
  payout.created_at = payout.updated_at = now;
  payout.schedule = {.work = WorkClass::kCreate, .due_at = now, .step = 0};
  payout.version = 1;
  return payout;
}

bool WasToldWithin(const Payout& payout, absl::Duration age, absl::Time now) {
  const std::optional<absl::Time>& told = payout.last_answer_at;
  return told && *told <= now && now - *told <= age;
}

NextCall NextCallOf(const Payout& payout, absl::Time now) {
  switch (payout.status.state) {
    case State::kQueued:
      if (payout.intent.submit_before && now >= *payout.intent.submit_before) {
        return NextCall::kExpire;
      }
      return NextCall::kCreate;
    case State::kSubmitting:
      if (PAYOUT_BUG(submitting_forgotten)) return NextCall::kNone;
      if (PAYOUT_BUG(expire_submitting) && payout.intent.submit_before) return NextCall::kExpire;
      return NextCall::kLost;
    case State::kOutcomeUnknown:
      return MayPostNext(payout, now) ? NextCall::kCreate : NextCall::kRead;
    case State::kCancelled:
      return NextCall::kNone;
    case State::kProcessing:
      return NextCall::kRead;
    case State::kSucceeded:
    case State::kFailed:
    case State::kRefused:
      return IsLateAudit(payout, now) ? NextCall::kDropAudit : NextCall::kRead;
  }
  return NextCall::kNone;
}

Decision DecideClaim(const Payout& before, const Moment& moment, const Policy& policy) {
  Draft draft(before, moment);
  Submission& submission = draft.row().submission;
  if (submission.post_next) {
    ++submission.resubmits;
    submission.resubmit_granted = false;  // whoever allowed this one, it is spent
  }
  submission.post_next = false;
  ++submission.creates;
  if (!submission.first_claim_at) submission.first_claim_at = moment.now;
  draft.Enter(State::kSubmitting);
  // If this process dies, another looks after it once the call must have ended.
  draft.Due(WorkClass::kResolve, 2 * policy.create_timeout);
  return draft.Done("claim");
}

Decision DecideCreate(const Payout& before, const CreateAnswer& answer, const Moment& moment,
                      const Policy& policy) {
  Draft draft(before, moment);
  Payout& row = draft.row();
  Submission& submission = row.submission;

  CreateAnswerKind kind = answer.kind;
  if (kind == CreateAnswerKind::kAccepted && !PAYOUT_BUG(trust_echo) &&
      (!answer.echo || !Mismatches(row.intent, *answer.echo, /*strict=*/false).empty())) {
    kind =
        answer.echo ? CreateAnswerKind::kAcceptedMismatch : CreateAnswerKind::kAcceptedUnreadable;
  }
  const CreateRule& rule = RuleFor(kind);
  CreateEffect effect = submission.maybe_applied ? rule.maybe_applied : rule.clean;
  // A payout that the backup forgot may have been paid, whatever a platform says that looks at
  // something else before the id.
  const bool refuses = effect == CreateEffect::kRefuse || effect == CreateEffect::kUnknownRejected;
  if (refuses && MayBeForgotten(before, moment) && !PAYOUT_BUG(refuse_forgotten)) {
    effect = CreateEffect::kUnknownRefused;
  }
  if (PAYOUT_BUG(ignore_history)) effect = rule.clean;
  if (PAYOUT_BUG(refuse_at_once) && kind == CreateAnswerKind::kRefused) effect = rule.clean;
  if (PAYOUT_BUG(requeue_after_5xx) && kind == CreateAnswerKind::kServerError) {
    effect = CreateEffect::kRequeue;
  }
  draft.decision().merchant = rule.merchant;
  draft.decision().alarm = rule.alarm;
  if (kind != CreateAnswerKind::kSurelyNotSent) submission.last_post_closed_at = moment.now;
  submission.unauthenticated =
      kind == CreateAnswerKind::kUnauthenticated ? submission.unauthenticated + 1 : 0;
  // A token that lacks the operation may be another payout's, mixed up on the way.
  draft.decision().drop_token =
      kind == CreateAnswerKind::kUnauthenticated || kind == CreateAnswerKind::kForbidden;

  switch (effect) {
    case CreateEffect::kProcess:
      submission.acknowledged = submission.confirmed = true;
      row.status.platform_reference = answer.echo->platform_reference;
      row.status.transaction_reference = answer.echo->transaction_reference;
      draft.Enter(State::kProcessing);
      row.schedule.step = 0;
      ScheduleNextRead(draft, moment, policy);
      break;
    case CreateEffect::kUnknownAccepted:
      submission.acknowledged = !PAYOUT_BUG(acknowledgement_forgotten);
      submission.maybe_applied = true;
      EnterUnknown(draft, moment, policy);
      if (PAYOUT_BUG(conflict_is_success)) draft.Enter(State::kSucceeded);
      break;
    case CreateEffect::kUnknownConflict:
      submission.acknowledged = true;
      submission.conflict = !PAYOUT_BUG(conflict_is_ours);
      EnterUnknown(draft, moment, policy);
      if (PAYOUT_BUG(conflict_is_success)) draft.Enter(State::kSucceeded);
      break;
    case CreateEffect::kUnknownRejected:
      submission.refused_fast = true;
      [[fallthrough]];
    case CreateEffect::kUnknownRefused:
      submission.refused = true;
      submission.refusals = answer.refusals;
      [[fallthrough]];
    case CreateEffect::kUnknown:
      submission.maybe_applied = true;
      EnterUnknown(draft, moment, policy);
      if (PAYOUT_BUG(timeout_is_failed)) draft.Enter(State::kFailed);
      break;
    case CreateEffect::kRefuse:
      submission.refusals = answer.refusals;
      EnterRefused(draft, policy);
      break;
    case CreateEffect::kRequeueFreshToken:
      draft.Enter(PAYOUT_BUG(unauthenticated_is_refused) ? State::kRefused : State::kQueued);
      draft.Due(WorkClass::kCreate, absl::ZeroDuration());
      if (submission.unauthenticated > 1) {
        // The fresh token was not accepted either: our credentials are wrong.
        draft.decision().merchant = MerchantEffect::kPause;
        draft.decision().alarm = Alarm::kCredentials;
        draft.Due(WorkClass::kCreate, Jittered(policy.pause, moment));
      }
      break;
    case CreateEffect::kRequeue:
      draft.Enter(State::kQueued);
      draft.Due(WorkClass::kCreate,
                Backoff(submission.creates, answer.retry_after, moment, policy));
      break;
  }
  row.absence.measured =
      row.status.state == State::kOutcomeUnknown && kind != CreateAnswerKind::kSurelyNotSent;
  return draft.Done(std::string(CreateEffectName(effect)));
}

Decision DecideTokenFailure(const Payout& before, TokenAnswerKind answer,
                            std::optional<absl::Duration> retry_after, const Moment& moment,
                            const Policy& policy) {
  Draft draft(before, moment);
  const TokenRule& rule = RuleFor(answer);
  draft.decision().merchant = rule.merchant;
  draft.decision().alarm = rule.alarm;
  // Neither the state nor the class of the work changes; it only waits. Nor does a payout move on
  // in the schedule of its reads: after an outage it would be asked about once a day.
  const State state = before.status.state;
  if (PendingAudit(before, moment.now, policy)) {
    RetryAudit(draft, moment, policy);
    return draft.Done("token." + std::string(TokenAnswerName(answer)));
  }
  Schedule& schedule = draft.row().schedule;
  absl::Duration wait;
  if (rule.merchant == MerchantEffect::kPause) {
    wait = Jittered(policy.pause, moment);
  } else if (state == State::kQueued) {
    wait = Backoff(++schedule.step, retry_after, moment, policy);
  } else {
    const auto& polls =
        state == State::kOutcomeUnknown ? policy.poll_unknown : policy.poll_processing;
    wait = AtLeast(Jittered(std::min(Step(polls, schedule.step), policy.retry_max), moment),
                   retry_after, policy);
  }
  schedule.due_at = moment.now + wait;
  if (PAYOUT_BUG(token_failure_is_the_end)) schedule.due_at.reset();
  if (PAYOUT_BUG(token_failure_is_failed)) draft.Enter(State::kFailed);
  return draft.Done("token." + std::string(TokenAnswerName(answer)));
}

Decision DecideLost(const Payout& before, const Moment& moment, const Policy& policy) {
  Draft draft(before, moment);
  // However late it is noticed, the call did not outlast its timeout; it began at the claim, which
  // DecideClaim left in due_at.
  const absl::Time closed = before.schedule.due_at.value_or(moment.now) - policy.create_timeout;
  draft.row().submission.maybe_applied = true;
  draft.row().submission.last_post_closed_at = std::min(moment.now, closed);
  EnterUnknown(draft, moment, policy);
  if (PAYOUT_BUG(lost_is_queued)) draft.Enter(State::kQueued);
  return draft.Done("lost");
}

std::optional<Decision> DecideRestored(const Payout& before, const Moment& moment,
                                       const Policy& policy) {
  Draft draft(before, moment);
  Submission& submission = draft.row().submission;
  switch (before.status.state) {
    case State::kQueued:
      // It may have been sent since, as late as a moment ago, and how that went is forgotten. So it
      // is one whose create got no answer.
      submission.maybe_applied = true;
      submission.last_post_closed_at = moment.now;
      if (!submission.first_claim_at) submission.first_claim_at = before.created_at;
      EnterUnknown(draft, moment, policy);
      return draft.Done("restored");
    case State::kOutcomeUnknown:
      // Absence that was settled before the backup proves nothing about what came after it.
      if (!submission.post_next) return std::nullopt;
      submission.post_next = false;
      draft.row().absence = {
          .instance = moment.instance, .post_closed = moment.monotonic, .count = 0, .last = {}};
      draft.Due(WorkClass::kResolve, absl::ZeroDuration());
      return draft.Done("restored");
    case State::kSubmitting:  // Lost with its process, as after any start.
    case State::kProcessing:  // Nothing is posted for it; the next read tells where it stands.
    case State::kSucceeded:
    case State::kFailed:
    case State::kRefused:
    case State::kCancelled:
      return std::nullopt;
  }
  return std::nullopt;
}

Decision DecideRest(const Payout& before, absl::Time until) {
  Decision decision{.after = before, .rule = "rest"};
  decision.after.schedule.due_at = until;
  return decision;
}

Decision DecideExpiry(const Payout& before, const Moment& moment) {
  Draft draft(before, moment);
  if (MayBeForgotten(before, moment)) {
    // Nothing of it is sent any more; the platform is asked what became of it before the restore.
    Submission& submission = draft.row().submission;
    submission.maybe_applied = true;
    submission.last_post_closed_at = moment.now;
    draft.row().absence = {
        .instance = moment.instance, .post_closed = moment.monotonic, .count = 0, .last = {}};
    draft.Enter(State::kOutcomeUnknown);
    draft.Due(WorkClass::kResolve, absl::ZeroDuration());
    draft.row().schedule.step = 0;
    return draft.Done("expire.ask");
  }
  draft.Enter(State::kCancelled);
  draft.row().status.reasons = {
      {.code = "SUBMIT_BEFORE_PASSED", .category = ReasonCategory::kCancelled}};
  draft.Rest();
  return draft.Done("expire");
}

std::optional<Decision> DecideCancel(const Payout& before, const Moment& moment) {
  const bool anyway = PAYOUT_BUG(cancel_submitting) && before.status.state == State::kSubmitting;
  if (before.status.state != State::kQueued && !anyway) return std::nullopt;
  if (MayBeForgotten(before, moment) && !PAYOUT_BUG(cancel_forgotten)) return std::nullopt;
  Draft draft(before, moment);
  draft.Enter(State::kCancelled);
  draft.row().status.reasons = {
      {.code = "CANCELLED_BY_CALLER", .category = ReasonCategory::kCancelled}};
  draft.Rest();
  return draft.Done("cancel");
}

}  // namespace payout
