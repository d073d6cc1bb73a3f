// What the decisions have in common: a draft of the row, and the waits between calls.
//
// Used by: decide.cc, decide_read.cc and decide_audit.cc only. Pure.

#ifndef PAYOUT_SERVER_DOMAIN_DECISION_DRAFT_H_
#define PAYOUT_SERVER_DOMAIN_DECISION_DRAFT_H_

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decide.h"

namespace payout {

// `wait`, a little longer or shorter, so that what failed together does not come back together.
absl::Duration Jittered(absl::Duration wait, const Moment& moment);

// As long as the platform asks for, within reason: no answer of its puts a payout to sleep.
absl::Duration AtLeast(absl::Duration wait, std::optional<absl::Duration> retry_after,
                       const Policy& policy);

// Waits double from retry_min to retry_max with the number of failures.
absl::Duration Backoff(int failures, std::optional<absl::Duration> retry_after,
                       const Moment& moment, const Policy& policy);

// The wait of a step; the last one repeats for ever.
absl::Duration Step(const std::vector<absl::Duration>& schedule, int step);

// Builds a decision from the row before; Done() finds out whether callers can see it.
class Draft {
 public:
  Draft(const Payout& before, const Moment& moment) : before_(before), moment_(moment) {
    decision_.after = before;
  }

  Payout& row() { return decision_.after; }
  Decision& decision() { return decision_; }

  void Enter(State state) {
    row().status.state = state;
    if (IsSettled(state)) row().status.settled_at = moment_.now;
  }

  // A person has to look; nothing is posted from now on.
  void NeedReview(Review review) {
    row().status.needs_review.insert(review);
    row().submission.post_next = false;
  }

  void Due(WorkClass work, absl::Duration wait) {
    row().schedule.work = work;
    row().schedule.due_at = moment_.now + wait;
  }

  // The next read after `wait` of the schedule, which then moves on one step.
  void DueNext(WorkClass work, const std::vector<absl::Duration>& schedule) {
    Due(work, Jittered(Step(schedule, row().schedule.step), moment_));
    ++row().schedule.step;
  }

  // Nothing more to do, but for hints.
  void Rest() { row().schedule = {.work = WorkClass::kAudit, .due_at = std::nullopt, .step = 0}; }

  Decision Done(std::string rule) {
    const std::optional<absl::Time>& until = row().intent.submit_before;
    std::optional<absl::Time>& due = row().schedule.due_at;
    // What may no longer be sent is cancelled in time, not at the next try.
    if (row().status.state == State::kQueued && until && due) due = std::min(*due, *until);
    decision_.rule = std::move(rule);
    decision_.emits_event = decision_.after.status != before_.status;
    return std::move(decision_);
  }

 private:
  const Payout& before_;
  const Moment& moment_;
  Decision decision_;
};

// A payout that was recorded since a restore may be one that the backup has forgotten: sent before,
// and perhaps paid.
inline bool MayBeForgotten(const Payout& payout, const Moment& moment) {
  return moment.recovery && payout.created_at >= moment.restored_at;
}

// Where a payout is read next, by its state.
void ScheduleNextRead(Draft& draft, const Moment& moment, const Policy& policy);

// The read was not answered: again as the schedule says, which goes no further than retry_max, so
// that an outage of the platform does not put an open payout to sleep for hours.
void RepeatRead(Draft& draft, const Moment& moment, const Policy& policy);

// OUTCOME_UNKNOWN, after a create call that ended now.
void EnterUnknown(Draft& draft, const Moment& moment, const Policy& policy);

// REFUSED, with the refusals that were kept.
void EnterRefused(Draft& draft, const Policy& policy);

// A settled payout waits for its next audit, or rests.
void ScheduleAudit(Draft& draft, const Policy& policy);

// A settled payout was read to an end: the audits that were due by now ended with `result`, and the
// next one comes.
void FinishAudit(Draft& draft, AuditResult result, const Moment& moment, const Policy& policy);

// A read of a settled payout told nothing: an audit is tried again within its day.
void RetryAudit(Draft& draft, const Moment& moment, const Policy& policy);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_DECISION_DRAFT_H_
