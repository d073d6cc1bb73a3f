// SimulatedEnvironment: the core on one thread under simulated time, replayable from a seed.
//
// Used by: tests of use cases, the whole core, adapters that only need a loop. Nothing happens but
// what Run does; time passes only when nothing else is to be done.

#ifndef PAYOUT_TESTS_SUPPORT_SIMULATED_ENVIRONMENT_H_
#define PAYOUT_TESTS_SUPPORT_SIMULATED_ENVIRONMENT_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <utility>

#include "server/app/ports/environment.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"
#include "server/base/timer_heap.h"

namespace payout::testing {

class SimulatedEnvironment final : public Environment {
 public:
  explicit SimulatedEnvironment(std::uint64_t seed = 1) : random_(seed) {}

  // Runs until nothing is left to do before `duration` from now has passed; then it is that time.
  void RunFor(absl::Duration duration);

  // Runs until `done()` holds; false when it still does not after `limit` of simulated time.
  bool RunUntil(const std::function<bool()>& done, absl::Duration limit);

  // Runs a task to its end and returns what it returned; nullopt when it needs more than `limit`.
  template <class T>
  std::optional<T> Await(Task<T> task, absl::Duration limit = absl::Hours(1)) {
    std::optional<T> result;
    TaskScope scope;
    scope.Spawn(Store(std::move(task), result));
    RunUntil([&result] { return result.has_value(); }, limit);
    return result;
  }

  // Everything that was posted or started is forgotten, as when a process dies. Destroy scopes of
  // tasks right after.
  void Forget();

  // Lets the wall clock jump; the monotonic clock goes on.
  void JumpWallClock(absl::Duration by) { wall_offset_ += by; }

  void Post(std::function<void()> work) override { ready_.push_back(std::move(work)); }
  absl::Time Now() override { return kStart + monotonic_ + wall_offset_; }
  absl::Duration Monotonic() override { return monotonic_; }
  std::uint64_t Random() override { return random_(); }
  TimerId StartTimer(absl::Duration at, std::function<void()> fire) override {
    return timers_.Start(at, std::move(fire));
  }
  void CancelTimer(const TimerId& id) override { timers_.Cancel(id); }

 private:
  template <class T>
  static Task<void> Store(Task<T> task, std::optional<T>& result) {
    T value = co_await task;
    result.emplace(std::move(value));
  }
  // One step; false when nothing is to be done before `end`.
  bool Step(absl::Duration end);

  static constexpr absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
  absl::Duration monotonic_;
  absl::Duration wall_offset_;
  std::deque<std::function<void()>> ready_;
  TimerHeap timers_;
  std::mt19937_64 random_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_SIMULATED_ENVIRONMENT_H_
