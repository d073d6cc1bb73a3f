// Pacer: when the next request may go: evenly spaced, a short burst after idle time, and never more
// than the rate within one second, whatever window the platform counts by.
//
// Used by: paced_budget. Pure; times are monotonic.

#ifndef PAYOUT_SERVER_APP_PACER_H_
#define PAYOUT_SERVER_APP_PACER_H_

#include <cstddef>
#include <deque>

#include "absl/time/time.h"

namespace payout {

class Pacer {
 public:
  // `rate` requests per second; 0: unlimited.
  explicit Pacer(int rate);

  // `per_mille`: thousandths of the rate that may be used; below 1000 there are no bursts.
  absl::Duration NextAllowed(absl::Duration now, int per_mille = 1000) const;
  void Take(absl::Duration now);

  // Between two requests.
  absl::Duration Interval(int per_mille) const { return interval_ * 1000 / per_mille; }

 private:
  absl::Duration interval_;
  int burst_;
  absl::Duration last_ = -absl::InfiniteDuration();
  int credit_;
  std::deque<absl::Duration> recent_;  // at most `window_`
  std::size_t window_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PACER_H_
