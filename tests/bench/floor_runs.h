// Rows of floors: each runs bench-floor, between the same load and the same stub platform as the
// gateway where it is a server or calls one.
//
// Used by: create_bench.cc, get_bench.cc. Blocking; they start and end their processes themselves.

#ifndef PAYOUT_TESTS_BENCH_FLOOR_RUNS_H_
#define PAYOUT_TESTS_BENCH_FLOOR_RUNS_H_

#include "absl/status/statusor.h"
#include "payout/v1/payout_service.pb.h"
#include "tests/bench/question.h"

namespace payout::bench {

absl::StatusOr<Figures> RunEchoRow(const RowContext& context);
absl::StatusOr<Figures> RunEchoGetRow(const RowContext& context);

// `calls`: REST calls per operation, 2 or 1.
absl::StatusOr<Figures> RunRestRow(const RowContext& context, int calls);

// What the gateway writes for one payout.
struct Writes {
  double commits = 0;
  double rows = 0;
};
// The rows of the gateway up to RECORDED or ACCEPTED. Schema and sizes come from a store that the
// gateway of this build has just written.
absl::StatusOr<Figures> RunRowsRow(const RowContext& context, bool accepted, const Writes& writes);

// The same gRPC calls, rows and REST calls as the gateway's, joined in one process that decides
// nothing. Proven: all rows are there, and the platform has had two requests for each payout that
// was accepted.
absl::StatusOr<Figures> RunJoinedRow(const RowContext& context, v1::WaitMode wait_mode);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_FLOOR_RUNS_H_
