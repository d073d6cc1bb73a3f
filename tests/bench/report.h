// Report: what the rounds of a question have measured, as a table for people and as JSON.
//
// Used by: question.cc.

#ifndef PAYOUT_TESTS_BENCH_REPORT_H_
#define PAYOUT_TESTS_BENCH_REPORT_H_

#include <cstddef>
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
  std::string failed;   // why; rounds has those that went well before
};

struct Report {
  const Question* question = nullptr;
  std::vector<RowResult> rows;
  Machine machine;
  RowContext context;   // of the run: time, calls, in_flight
  std::string command;  // the program, as it was called: build/bin/create-bench
  std::string given;    // options that were given, as they follow the command
  std::map<std::string, std::string> options;  // all of them
  std::string began;                           // date and time, UTC

  Medians AllMedians() const;
};

std::size_t CountFailed(const Report& report);
std::size_t CountSkipped(const Report& report);

// Of the rounds that have each figure.
Figures MediansOf(const std::vector<Figures>& rounds);

std::string TableText(const Report& report);
std::string JsonText(const Report& report);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_REPORT_H_
