// Load: makes gRPC calls with a fixed number of them in flight and measures each. And the messages
// that the benchmarks send.
//
// Used by: benchmarks. The next call starts where one ends, on gRPC's own threads, so that the load
// costs as little as it can of the machine that it shares with the process under test.

#ifndef PAYOUT_TESTS_BENCH_LOAD_H_
#define PAYOUT_TESTS_BENCH_LOAD_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

#include "payout/v1/payout_service.pb.h"
#include "tests/bench/closed_loop.h"

namespace payout::bench {

inline constexpr std::size_t kChannels = 4;

// Connections of their own to one address (gRPC would share one).
std::vector<std::shared_ptr<grpc::Channel>> OpenChannels(const std::string& address,
                                                         std::size_t count = kChannels);

// Each call gets the next number, from plan.first on. Blocks until the last one has ended.
LoadResult RunCreates(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan, v1::WaitMode wait_mode);
// Gets payouts 0 to known - 1 by id, in an order that jumps about.
LoadResult RunGets(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                   const LoadPlan& plan, std::size_t known);

// Cancels payouts plan.first, plan.first + 1 and so on.
LoadResult RunCancels(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan);

// bench-NUMBER
std::string BenchId(std::size_t number);
// Calls and answers of typical size.
v1::CreatePayoutRequest BenchRequest(std::size_t number, v1::WaitMode wait_mode);
v1::CreatePayoutResponse BenchAnswer(const v1::CreatePayoutRequest& request);
v1::Payout BenchPayout(const std::string& id);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_LOAD_H_
