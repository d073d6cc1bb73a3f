// TimerHeap: what is due when, on a monotonic clock, in a fixed order.
//
// Used by: the real event loop and the simulated one, so that both order timers alike: by time,
// then by the order in which they were started. Thread-safety: none.

#ifndef PAYOUT_SERVER_BASE_TIMER_HEAP_H_
#define PAYOUT_SERVER_BASE_TIMER_HEAP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/time/time.h"

namespace payout {

class TimerHeap {
 public:
  using Id = std::uint64_t;

  // `fire` runs once at or after `at` unless cancelled before.
  Id Start(absl::Duration at, std::function<void()> fire) {
    const Id id = ++last_id_;
    timers_.emplace(std::pair(at, id), std::move(fire));
    times_.emplace(id, at);
    return id;
  }

  // No effect when the timer has fired or never existed.
  void Cancel(Id id) {
    const auto found = times_.find(id);
    if (found == times_.end()) return;
    timers_.erase({found->second, id});
    times_.erase(found);
  }

  // Time of the earliest timer.
  std::optional<absl::Duration> Next() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.begin()->first.first;
  }

  // Takes the earliest timer that is due at `now`; empty when none is.
  std::function<void()> TakeDue(absl::Duration now) {
    if (timers_.empty() || timers_.begin()->first.first > now) return {};
    const auto first = timers_.begin();
    std::function<void()> fire = std::move(first->second);
    times_.erase(first->first.second);
    timers_.erase(first);
    return fire;
  }

  std::size_t size() const { return timers_.size(); }

 private:
  Id last_id_ = 0;
  std::map<std::pair<absl::Duration, Id>, std::function<void()>> timers_;
  std::unordered_map<Id, absl::Duration> times_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_TIMER_HEAP_H_
