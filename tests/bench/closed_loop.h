// ClosedLoop: keeps a fixed number of operations of any kind in flight and measures each.
//
// Used by: benchmarks that call more than CreatePayout and GetPayout.

#ifndef PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_
#define PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "tests/bench/load.h"

namespace payout::bench {

// Begins operation `number`. `done` is called once, on any thread, when it has ended.
using Operation =
    std::function<void(std::size_t number, std::function<void(const absl::Status&)> done)>;

// Blocks until the last operation has ended. The next one begins where one ends.
LoadResult RunOperations(const LoadPlan& plan, const Operation& operation);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_CLOSED_LOOP_H_
