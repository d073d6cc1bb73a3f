// Tracking of one payout: token, permit, read call, durable observation.
//
// Used by: work_loop (hints, polls, unknown outcomes) and query_payouts (a caller who insists on a
// fresh state).

#ifndef PAYOUT_SERVER_APP_TRACK_STATUS_H_
#define PAYOUT_SERVER_APP_TRACK_STATUS_H_

#include "server/app/merchant_desk.h"
#include "server/base/task.h"

namespace payout {

// Reads the platform once and commits what that means. True when the platform answered and the
// result is durable. A read that could not begin before `until` (monotonic) is given up, and takes
// nothing of the budget.
Task<bool> TrackStatus(MerchantDesk& desk, Payout payout, WorkClass work,
                       absl::Duration until = absl::InfiniteDuration());

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_TRACK_STATUS_H_
