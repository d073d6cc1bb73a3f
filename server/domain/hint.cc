#include "server/domain/hint.h"

#include <algorithm>

namespace payout {

Schedule HintSchedule(State state, const Schedule& schedule, std::optional<absl::Time> last_read_at,
                      absl::Time now) {
  const bool reads_nothing =
      state == State::kQueued || state == State::kSubmitting || state == State::kCancelled;
  if (reads_nothing) return schedule;
  const absl::Duration gap = IsSettled(state) ? kSettledHintGap : kReadGap;
  // No longer than the gap, even after a read by a clock that was set back since.
  const absl::Time due = last_read_at ? std::clamp(*last_read_at + gap, now, now + gap) : now;

  Schedule after = schedule;
  if (!after.due_at || due < *after.due_at) after.due_at = due;
  // An unknown outcome keeps its class: resolving ranks first anyway.
  if (state == State::kProcessing) after.work = WorkClass::kHint;
  if (IsSettled(state)) after.work = WorkClass::kAudit;
  return after;
}

}  // namespace payout
