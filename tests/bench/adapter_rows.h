// Rows of adapters: the gateway and its peers, each between the load of this process and the stub
// platform, and what is proven about each.
//
// Used by: create_bench.cc, get_bench.cc. Blocking; they start and end their processes themselves.

#ifndef PAYOUT_TESTS_BENCH_ADAPTER_ROWS_H_
#define PAYOUT_TESTS_BENCH_ADAPTER_ROWS_H_

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "payout/v1/payout_service.pb.h"
#include "tests/bench/child_process.h"
#include "tests/bench/load.h"
#include "tests/bench/question.h"

namespace payout::bench {

// Runs `load` for a fifth of the time, or `warm_up` if that is longer, to warm up, then in earnest,
// and measures what `process` spent from the first call until it has come to rest after the last
// answer.
struct Measured {
  Figures figures;
  std::size_t all = 0;   // operations, those of the warm-up included
  std::size_t done = 0;  // the measured ones
};
absl::StatusOr<Measured> MeasureLoad(const RowContext& context, const ChildProcess& process,
                                     const std::function<LoadResult(const LoadPlan&)>& load,
                                     const std::function<absl::Status()>& after_warm_up = nullptr,
                                     std::chrono::milliseconds warm_up = {});

struct GatewayRow {
  v1::WaitMode wait_mode = v1::WAIT_MODE_RECORDED;
  bool paused = false;          // nothing is sent
  int requests_per_second = 0;  // the budget; 0: no limit
};
// Creates at the gateway. Proven: the gateway lists each payout that was answered, in the state
// that was waited for, and the platform has had exactly the requests that the gateway counts;
// without one when `paused`. Also: token_calls_per_op, commits_per_op, rows_per_op (written),
// platform_cpu_us.
absl::StatusOr<Figures> RunGatewayRow(const RowContext& context, const GatewayRow& row);

struct Peer {
  std::vector<std::string> command;  // what starts it, without the options that all have
  // Paths, and what is missing when there is nothing: then the row is skipped.
  std::vector<std::pair<std::string, std::string>> needs;
};
// Creates at a peer. From a second on it is warmed up for at least 5 s and measured for at least
// 4 s. Proven: the platform has had two requests for each payout that was answered.
absl::StatusOr<Figures> RunPeerRow(const RowContext& context, const Peer& peer);

// A store with `payouts` payouts, then gets by id. Proven: each answer was about the payout that
// was asked for.
absl::StatusOr<Figures> RunGetRow(const RowContext& context, std::size_t payouts);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_ADAPTER_ROWS_H_
