// Throttle: how much of the request rate is used after the platform said "too many requests".
//
// Used by: paced_budget. Each 429 halves the rate, down to an eighth, but those of calls that were
// under way together count once; every five seconds without one give a tenth of the full rate
// back, so that it is whole again 45 s after the last. Pure; times are monotonic.

#ifndef PAYOUT_SERVER_APP_THROTTLE_H_
#define PAYOUT_SERVER_APP_THROTTLE_H_

#include "absl/time/time.h"

namespace payout {

class Throttle {
 public:
  void OnLimited(absl::Duration now);

  // 125 .. 1000: thousandths of the full rate.
  int PerMille(absl::Duration now) const;

 private:
  int share_ = 1000;  // as of last_
  absl::Duration last_ = -absl::InfiniteDuration();
  absl::Duration halved_ = -absl::InfiniteDuration();
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_THROTTLE_H_
