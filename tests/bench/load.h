// Load: makes calls with a fixed number of them in flight and measures each. And the messages that
// the benchmarks send.
//
// Used by: benchmarks. The next call starts where one ends, on gRPC's own threads, so that the load
// costs as little as it can of the machine that it shares with the process under test.

#ifndef PAYOUT_TESTS_BENCH_LOAD_H_
#define PAYOUT_TESTS_BENCH_LOAD_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

#include "absl/status/status.h"
#include "payout/v1/payout_service.pb.h"
#include "tests/bench/question.h"

namespace payout::bench {

using Duration = std::chrono::steady_clock::duration;

inline constexpr std::size_t kChannels = 4;

// Connections of their own to one address (gRPC would share one).
std::vector<std::shared_ptr<grpc::Channel>> OpenChannels(const std::string& address,
                                                         std::size_t count = kChannels);

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
  // Rate and latencies.
  Figures AsFigures() const;
  // An error when a call failed, or none was made.
  absl::Status Check() const;
};

// Each call gets the next number, from plan.first on. Blocks until the last one has ended.
LoadResult RunCreates(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan, v1::WaitMode wait_mode);
// Gets payouts 0 to known - 1 by id, in an order that jumps about.
LoadResult RunGets(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                   const LoadPlan& plan, std::size_t known);

// bench-NUMBER
std::string BenchId(std::size_t number);
// Calls and answers of typical size.
v1::CreatePayoutRequest BenchRequest(std::size_t number, v1::WaitMode wait_mode);
v1::CreatePayoutResponse BenchAnswer(const v1::CreatePayoutRequest& request);
v1::Payout BenchPayout(const std::string& id);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_LOAD_H_
