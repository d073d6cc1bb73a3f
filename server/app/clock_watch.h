// ClockWatch: notices that the wall clock was set back. Rows say by the wall clock when they are
// due; set back by days, they would wait for days.
//
// Used by: work_loop, and where rows get their times. Pure. Thread-safety: none; core loop only.

#ifndef PAYOUT_SERVER_APP_CLOCK_WATCH_H_
#define PAYOUT_SERVER_APP_CLOCK_WATCH_H_

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace payout {

class ClockWatch {
 public:
  // Rows are about to be due by this clock.
  void Note(absl::Time now, absl::Duration monotonic) {
    const absl::Duration ahead = now - absl::UnixEpoch() - monotonic;
    farthest_ = std::max(farthest_.value_or(ahead), ahead);
  }

  // By how far the wall clock has been set back, of what was noted and not followed; zero below a
  // minute, which is no longer than loops sleep anyway.
  absl::Duration SetBack(absl::Time now, absl::Duration monotonic) {
    Note(now, monotonic);
    const absl::Duration by = *farthest_ - (now - absl::UnixEpoch() - monotonic);
    return by < absl::Minutes(1) ? absl::ZeroDuration() : by;
  }

  // What is due later is being brought forward by that much.
  void Follow(absl::Duration by, absl::Duration monotonic) {
    *farthest_ -= by;
    Repeat(by, monotonic);
  }

  // It is to be done again in half a minute: a decision of before the jump may be written after it,
  // or the store failed. What is repeated adds up; being due early costs no more than a read.
  void Repeat(absl::Duration by, absl::Duration monotonic) {
    repeat_ += by;
    repeat_at_ = monotonic + absl::Seconds(30);
  }
  // By how much, if it is time; told once.
  absl::Duration TakeRepeat(absl::Duration monotonic) {
    if (monotonic < repeat_at_) return absl::ZeroDuration();
    return std::exchange(repeat_, absl::ZeroDuration());
  }

 private:
  std::optional<absl::Duration> farthest_;  // wall clock ahead of the monotonic one
  absl::Duration repeat_;                   // zero: nothing is to be repeated
  absl::Duration repeat_at_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CLOCK_WATCH_H_
