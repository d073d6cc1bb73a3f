// Report: what the rounds of a question have measured, as a table for people and as JSON.
//
// Used by: question.cc.

#ifndef PAYOUT_TESTS_BENCH_REPORT_H_
#define PAYOUT_TESTS_BENCH_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "tests/bench/machine.h"
#include "tests/bench/question.h"

namespace payout::bench {

// One row in all rounds.
struct RowResult {
  const Row* row = nullptr;
  std::vector<Figures> rounds;
  std::string skipped;  // why; empty: it ran
};

struct Report {
  const Question* question = nullptr;
  std::vector<RowResult> rows;
  Machine machine;
  RowContext context;   // of the run: time, calls, in_flight
  std::string command;  // the program, as it was called: build/bin/create-bench

  Medians AllMedians() const;
};

// Of the rounds that have each figure.
Figures MediansOf(const std::vector<Figures>& rounds);

std::string TableText(const Report& report);
std::string JsonText(const Report& report);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_REPORT_H_
