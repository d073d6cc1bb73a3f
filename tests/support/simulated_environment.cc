#include "tests/support/simulated_environment.h"

namespace payout::testing {

bool SimulatedEnvironment::Step(absl::Duration end) {
  if (!ready_.empty()) {
    const std::function<void()> work = std::move(ready_.front());
    ready_.pop_front();
    work();
    return true;
  }
  const std::optional<absl::Duration> next = timers_.Next();
  if (!next || *next > end) return false;
  monotonic_ = std::max(monotonic_, *next);
  if (const std::function<void()> fire = timers_.TakeDue(monotonic_)) fire();
  return true;
}

void SimulatedEnvironment::RunFor(absl::Duration duration) {
  const absl::Duration end = monotonic_ + duration;
  while (Step(end)) {
  }
  monotonic_ = end;
}

bool SimulatedEnvironment::RunUntil(const std::function<bool()>& done, absl::Duration limit) {
  const absl::Duration end = monotonic_ + limit;
  while (!done()) {
    if (!Step(end)) return done();
  }
  return true;
}

void SimulatedEnvironment::Forget() {
  ready_.clear();
  timers_ = TimerHeap();
}

}  // namespace payout::testing
