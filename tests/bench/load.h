// Load: calls CreatePayout with a fixed number of calls in flight and measures each call.
//
// Used by: benchmarks. The next call starts where one ends, on gRPC's own threads, so that the load
// costs as little as it can of the machine that it shares with the gateway.

#ifndef PAYOUT_TESTS_BENCH_LOAD_H_
#define PAYOUT_TESTS_BENCH_LOAD_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/channel.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::bench {

using Duration = std::chrono::steady_clock::duration;

struct LoadPlan {
  std::size_t calls = 0;  // at most
  std::size_t in_flight = 1;
  // No call starts after this time.
  std::chrono::seconds limit{60};
  v1::WaitMode wait_mode = v1::WAIT_MODE_RECORDED;
};

struct LoadResult {
  std::vector<Duration> latencies;  // sorted, of the calls that went well
  std::size_t failed = 0;
  std::string first_failure;
  Duration took{};

  // 0 < share <= 1.
  Duration Percentile(double share) const;
  double PerSecond() const;
};

// Blocks until the last call has ended. Payout ids are bench-0, bench-1 and so on.
LoadResult RunLoad(const client::Channel& channel, const LoadPlan& plan);

// Calls and answers of typical size.
v1::CreatePayoutRequest BenchRequest(std::size_t number, v1::WaitMode wait_mode);
v1::CreatePayoutResponse BenchAnswer(const v1::CreatePayoutRequest& request);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_LOAD_H_
