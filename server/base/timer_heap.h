// TimerHeap: what is due when, on a monotonic clock, in a fixed order.
//
// Used by: the real event loop and the simulated one, so that both order timers alike: by time,
// then by the order in which they were started. Thread-safety: none.

#ifndef PAYOUT_SERVER_BASE_TIMER_HEAP_H_
#define PAYOUT_SERVER_BASE_TIMER_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"

namespace payout {

// Names a timer that was started; a default-made one names none.
struct TimerId {
  absl::Duration at;
  std::uint64_t number = 0;

  explicit operator bool() const { return number != 0; }
  // The order in which they fire.
  friend bool operator<(const TimerId& a, const TimerId& b) {
    return std::tie(a.at, a.number) < std::tie(b.at, b.number);
  }
};

class TimerHeap {
 public:
  // `fire` runs once at or after `at` unless cancelled before.
  TimerId Start(absl::Duration at, std::function<void()> fire) {
    const TimerId id{at, ++last_number_};
    timers_.emplace(id, std::move(fire));
    return id;
  }

  // No effect when the timer has fired or never existed.
  void Cancel(const TimerId& id) {
    const auto found = timers_.find(id);
    if (found == timers_.end()) return;
    // What the function holds may start and cancel timers when it goes.
    const std::function<void()> fire = std::move(found->second);
    timers_.erase(found);
  }

  // Time of the earliest timer.
  std::optional<absl::Duration> Next() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.begin()->first.at;
  }

  // Takes the earliest timer that is due at `now`; empty when none is.
  std::function<void()> TakeDue(absl::Duration now) {
    if (timers_.empty() || timers_.begin()->first.at > now) return {};
    const auto first = timers_.begin();
    std::function<void()> fire = std::move(first->second);
    timers_.erase(first);
    return fire;
  }

  std::size_t size() const { return timers_.size(); }

 private:
  std::uint64_t last_number_ = 0;
  absl::btree_map<TimerId, std::function<void()>> timers_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_TIMER_HEAP_H_
