// Figures as one line of JSON: how a process that measures itself tells the one that started it.
//
// Used by: bench-floor and who reads its output. Free functions.

#ifndef PAYOUT_TESTS_BENCH_FIGURES_JSON_H_
#define PAYOUT_TESTS_BENCH_FIGURES_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/question.h"

namespace payout::bench {

std::string FiguresToJson(const Figures& figures);
// An error unless it is an object of numbers.
absl::StatusOr<Figures> FiguresFromJson(const std::string& line);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_FIGURES_JSON_H_
