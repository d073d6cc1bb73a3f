// The rows of the table: each measures one thing and prints one line.
//
// Used by: create-bench. Blocking; each row starts and ends its own processes.

#ifndef PAYOUT_TESTS_BENCH_ROWS_H_
#define PAYOUT_TESTS_BENCH_ROWS_H_

#include <string>

#include "tests/bench/load.h"

namespace payout::bench {

struct BenchOptions {
  std::string row = "recorded";  // recorded, accepted, settled: the gateway; echo, disk: floors
  std::size_t payouts = 1000;
  std::size_t in_flight = 64;
  std::string settle_after = "0s";
  std::string bin;  // folder of the programs
  std::string dir;  // for the store and logs
};

void PrintHeader();

// False after telling why: a call failed, or the books do not agree.
bool RunRow(const BenchOptions& options);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_ROWS_H_
