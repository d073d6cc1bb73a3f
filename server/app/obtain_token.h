// A token for one payout: from memory, or by one call to the platform.
//
// Used by: submit_payout, track_status.

#ifndef PAYOUT_SERVER_APP_OBTAIN_TOKEN_H_
#define PAYOUT_SERVER_APP_OBTAIN_TOKEN_H_

#include "server/app/merchant_desk.h"
#include "server/base/task.h"

namespace payout {

struct TokenOutcome {
  TokenPtr token;       // nullptr: the call failed, see `answer`, or none was made
  bool rested = false;  // no call was made: the merchant's submission rests, or the process ends
  TokenAnswer answer;   // of the call, if one was made
  absl::Time asked_at;  // when the call began, if one was made
};

// Takes a permit of class `work` if it has to ask.
Task<TokenOutcome> ObtainToken(MerchantDesk& desk, const Payout& payout, WorkClass work);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_OBTAIN_TOKEN_H_
