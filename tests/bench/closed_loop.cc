#include "tests/bench/closed_loop.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

class Loop {
 public:
  Loop(const LoadPlan& plan, const Operation& operation)
      : plan_(plan), operation_(operation), stop_starting_(Clock::now() + plan.time) {}

  LoadResult Run() {
    const Clock::time_point begin = Clock::now();
    for (std::size_t i = 0; i < plan_.in_flight; ++i) Next();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    result_.took = Clock::now() - begin;
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  void Next() {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      if ((plan_.calls != 0 && started_ == plan_.calls) || Clock::now() >= stop_starting_) return;
      number = plan_.first + started_++;
      ++open_;
    }
    const Clock::time_point begin = Clock::now();
    operation_(number, [this, begin](const absl::Status& status) { End(begin, status); });
  }

  void End(Clock::time_point begin, const absl::Status& status) {
    const Duration latency = Clock::now() - begin;
    {
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        result_.latencies.push_back(latency);
      } else if (result_.failed++ == 0) {
        result_.first_failure = status.ToString();
      }
    }
    Next();
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  const LoadPlan& plan_;
  const Operation& operation_;
  const Clock::time_point stop_starting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t started_ = 0;  // guarded by mutex_, as all below
  std::size_t open_ = 0;
  LoadResult result_;
};

}  // namespace

LoadResult RunOperations(const LoadPlan& plan, const Operation& operation) {
  return Loop(plan, operation).Run();
}

}  // namespace payout::bench
