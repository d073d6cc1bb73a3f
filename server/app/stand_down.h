// StandDown: a leased payout is given back without a call, because this is no time for one.
//
// Used by: submit_payout, track_status, work_loop.

#ifndef PAYOUT_SERVER_APP_STAND_DOWN_H_
#define PAYOUT_SERVER_APP_STAND_DOWN_H_

#include "server/app/merchant_desk.h"
#include "server/base/task.h"

namespace payout {

// Ends the lease without a change. A store that does not take it is noted: the work loop tries
// again.
Task<void> GiveBack(MerchantDesk& desk, const Payout& payout);

// Creates go back to the queue, where their work loop leaves them until it is time. Others are due
// again when `call` may be tried: their loop has more to do than this. Reads of callers hold no
// lease, and nothing is written for them.
Task<void> StandDown(MerchantDesk& desk, const Payout& payout, WorkClass work, Call call);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_STAND_DOWN_H_
