// Submission of one payout: token, permit, durable claim, create call, durable outcome.
//
// Used by: work_loop, with a leased row that NextCallOf said needs a create.

#ifndef PAYOUT_SERVER_APP_SUBMIT_PAYOUT_H_
#define PAYOUT_SERVER_APP_SUBMIT_PAYOUT_H_

#include "server/app/merchant_desk.h"
#include "server/base/task.h"

namespace payout {

// Returns when the outcome is durable, or when someone else has to go on: the row's lease or
// schedule sees to that. The create call is begun only after the claim is durable, at most once per
// claim, and never cancelled.
Task<void> SubmitPayout(MerchantDesk& desk, Payout payout, WorkClass work);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_SUBMIT_PAYOUT_H_
