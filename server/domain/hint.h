// What a callback does to a payout's schedule. A hint makes a read due; it never says anything
// about the status.
//
// Used by: the stores, inside the transaction that records the hint.

#ifndef PAYOUT_SERVER_DOMAIN_HINT_H_
#define PAYOUT_SERVER_DOMAIN_HINT_H_

#include <optional>

#include "absl/time/time.h"
#include "server/domain/payout.h"

namespace payout {

// Between two reads of one open payout, and between hinted reads of a settled one.
inline constexpr absl::Duration kReadGap = absl::Seconds(5);
inline constexpr absl::Duration kSettledHintGap = absl::Hours(1);

// The schedule after a hint that came at `now`. Never later than `schedule`. QUEUED, SUBMITTING and
// CANCELLED payouts keep theirs: there is nothing to read, or a create call is under way and its
// answer comes first.
Schedule HintSchedule(State state, const Schedule& schedule, std::optional<absl::Time> last_read_at,
                      absl::Time now);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_HINT_H_
