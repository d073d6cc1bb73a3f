#include "tests/bench/closed_loop.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/bench/interrupt.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

class Loop {
 public:
  Loop(const LoadPlan& plan, const Operation& operation)
      : plan_(plan), operation_(operation), stop_starting_(Clock::now() + plan.time) {
    constexpr std::size_t kReserve = 200'000;
    result_.latencies.reserve(plan.calls == 0 ? kReserve : std::min(plan.calls, kReserve));
  }

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
      if (Interrupted()) return;
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

Duration LoadResult::Percentile(double share) const {
  if (latencies.empty()) return {};
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
  return latencies[std::clamp<std::size_t>(rank, 1, latencies.size()) - 1];
}

double LoadResult::PerSecond() const {
  const double seconds = std::chrono::duration<double>(took).count();
  return seconds > 0 ? static_cast<double>(done()) / seconds : 0;
}

Figures LoadResult::AsFigures() const {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return {{kPerSecond, PerSecond()},
          {kOperations, static_cast<double>(done())},
          {kElapsed, std::chrono::duration<double>(took).count()},
          {kP50Ms, Milliseconds(Percentile(0.5)).count()},
          {kP99Ms, Milliseconds(Percentile(0.99)).count()},
          {kP999Ms, Milliseconds(Percentile(0.999)).count()}};
}

absl::Status LoadResult::Check() const {
  if (Interrupted()) return CheckInterrupt();
  if (failed > 0) {
    return absl::UnknownError(absl::StrCat(failed, " calls failed; the first: ", first_failure));
  }
  return done() > 0 ? absl::OkStatus() : absl::UnknownError("no call was made");
}

void SetCpu(Figures& figures, const std::string& prefix, std::chrono::nanoseconds cpu,
            std::size_t operations) {
  figures[prefix + kCpuUs] =
      std::chrono::duration<double, std::micro>(cpu).count() / static_cast<double>(operations);
  figures[prefix + kCpuSeconds] = std::chrono::duration<double>(cpu).count();
}

LoadResult RunOperations(const LoadPlan& plan, const Operation& operation) {
  return Loop(plan, operation).Run();
}

}  // namespace payout::bench
