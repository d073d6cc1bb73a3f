// ClosedLoop: keeps a fixed number of operations of any kind in flight and measures each.
//
// Used by: load, and benchmarks that call more than CreatePayout and GetPayout.

#ifndef PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_
#define PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bench/question.h"

namespace payout::bench {

using Duration = std::chrono::steady_clock::duration;

struct LoadPlan {
  std::size_t in_flight = 1;
  std::chrono::milliseconds time{1000};  // no call starts after it
  std::size_t calls = 0;                 // and at most so many; 0: no limit
  std::size_t first = 0;                 // number of the first call
};

struct LoadResult {
  std::vector<Duration> latencies;  // sorted, of the calls that went well
  std::size_t failed = 0;
  std::string first_failure;
  Duration took{};  // from the first call to the last answer

  std::size_t done() const { return latencies.size(); }
  // 0 < share <= 1.
  Duration Percentile(double share) const;
  double PerSecond() const;
  // Rate and latencies, and what the rate was computed of.
  Figures AsFigures() const;
  // An error when a call failed, or none was made, or there was an interrupt.
  absl::Status Check() const;
};

// CPU per operation, and what it is computed of.
void SetCpu(Figures& figures, const std::string& prefix, std::chrono::nanoseconds cpu,
            std::size_t operations);

// Begins operation `number`. `done` is called once, on any thread, when it has ended.
using Operation =
    std::function<void(std::size_t number, std::function<void(const absl::Status&)> done)>;

// Blocks until the last operation has ended. The next one begins where one ends; none does after an
// interrupt.
LoadResult RunOperations(const LoadPlan& plan, const Operation& operation);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_
