#include "server/domain/decision_draft.h"

#include <algorithm>

#include "server/base/instrument.h"

namespace payout {

absl::Duration Jittered(absl::Duration wait, const Moment& moment) {
  return wait + wait * moment.jitter / 500;  // at most a fifth either way
}

absl::Duration AtLeast(absl::Duration wait, std::optional<absl::Duration> retry_after,
                       const Policy& policy) {
  return retry_after ? std::max(wait, std::min(*retry_after, policy.retry_max)) : wait;
}

absl::Duration Backoff(int failures, std::optional<absl::Duration> retry_after,
                       const Moment& moment, const Policy& policy) {
  absl::Duration wait = policy.retry_min;
  for (int i = 1; i < failures && wait < policy.retry_max; ++i) wait *= 2;
  return AtLeast(Jittered(std::min(wait, policy.retry_max), moment), retry_after, policy);
}

absl::Duration Step(const std::vector<absl::Duration>& schedule, int step) {
  return schedule[std::min(static_cast<std::size_t>(step), schedule.size() - 1)];
}

void ScheduleNextRead(Draft& draft, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  if (IsSettled(row.status.state)) return ScheduleAudit(draft, policy);
  if (row.status.state != State::kProcessing) {
    return draft.DueNext(WorkClass::kResolve, policy.poll_unknown);
  }
  if (PAYOUT_BUG(rely_on_callbacks)) return draft.Rest();
  if (moment.backlog && row.schedule.step < policy.poll_processing_skipped_under_backlog) {
    row.schedule.step = policy.poll_processing_skipped_under_backlog;
  }
  draft.DueNext(WorkClass::kPoll, policy.poll_processing);
}

void RepeatRead(Draft& draft, const Moment& moment, const Policy& policy) {
  Schedule& schedule = draft.row().schedule;
  const int step = schedule.step;
  ScheduleNextRead(draft, moment, policy);
  const auto& polls =
      draft.row().status.state == State::kProcessing ? policy.poll_processing : policy.poll_unknown;
  if (Step(polls, step) >= policy.retry_max) schedule.step = step;
  if (schedule.due_at) {
    schedule.due_at = std::min(*schedule.due_at, moment.now + Jittered(policy.retry_max, moment));
  }
}

void EnterUnknown(Draft& draft, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  draft.Enter(State::kOutcomeUnknown);
  row.absence = {
      .instance = moment.instance, .post_closed = moment.monotonic, .count = 0, .last = {}};
  row.submission.post_next = false;
  row.schedule.step = 0;
  ScheduleNextRead(draft, moment, policy);
  if (row.submission.refused_fast) {
    // The read that can prove the refusal; sooner it would prove nothing.
    row.schedule.due_at = std::max(*row.schedule.due_at, moment.now + policy.refusal_settle);
  }
}

void EnterRefused(Draft& draft, const Policy& policy) {
  Payout& row = draft.row();
  draft.Enter(State::kRefused);
  row.status.reasons = std::move(row.submission.refusals);
  row.submission.refusals.clear();
  if (row.status.reasons.empty()) {
    row.status.reasons.push_back(
        {.code = "REJECTED_BY_PLATFORM", .category = ReasonCategory::kPlatform});
  }
  row.schedule.step = 0;
  ScheduleAudit(draft, policy);
}

}  // namespace payout
