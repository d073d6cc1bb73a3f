// budget-bench: what a settled payout costs of the platform's request budget, and how long it
// takes, beside an adapter as one would first write it. Simulated time, the real core, the same
// model of the platform under the same budget: the same numbers on every machine.
//
//   budget-bench [SEED]
//
// Used by: tests/bench/run.sh. Exit code 1 when a payout was not settled, or not paid exactly once.

#include <charconv>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string_view>
#include <vector>

#include "tests/support/budget_world.h"

namespace payout::testing {
namespace {

struct Row {
  std::string_view world;
  std::string_view callbacks;
  BudgetWorld settings;
};

std::vector<Row> Rows(std::uint64_t seed) {
  const BudgetWorld idle{.payouts = 100, .apart = absl::Minutes(1), .seed = seed};
  const BudgetWorld backlog{.payouts = 1000, .seed = seed};
  std::vector<Row> rows;
  for (const bool every_change : {false, true}) {
    const std::string_view callbacks = every_change ? "every change" : "settlement";
    rows.push_back({"idle, 100 payouts", callbacks, idle});
    rows.back().settings.every_change = every_change;
    rows.push_back({"backlog of 1,000", callbacks, backlog});
    rows.back().settings.every_change = every_change;
  }
  rows.push_back({"backlog, settles in 60 s", "settlement", backlog});
  rows.back().settings.settle_after = absl::Seconds(60);
  return rows;
}

absl::Duration Percentile(const std::vector<absl::Duration>& sorted, int percent) {
  if (sorted.empty()) return absl::InfiniteDuration();
  return sorted[(sorted.size() - 1) * static_cast<std::size_t>(percent) / 100];
}

bool Print(const Row& row, std::string_view adapter, const BudgetResult& result) {
  const auto seconds = [](absl::Duration time) { return absl::ToDoubleSeconds(time); };
  std::cout << std::left << std::setw(26) << row.world << std::setw(14) << row.callbacks
            << std::setw(9) << adapter << std::right << std::fixed << std::setprecision(3)
            << std::setw(9) << static_cast<double>(result.requests) / row.settings.payouts
            << std::setprecision(1) << std::setw(11) << seconds(result.took) << std::setw(10)
            << seconds(Percentile(result.settle_times, 50)) << std::setw(10)
            << seconds(Percentile(result.settle_times, 99)) << std::setw(9)
            << result.most_in_a_second << "\n";
  return result.settled == row.settings.payouts && result.paid_once == row.settings.payouts;
}

int Run(std::uint64_t seed) {
  std::cout
      << "Requests to the platform per settled payout; 5 requests a second, no faults, audits "
         "off. Times in simulated seconds. Seed "
      << seed << ".\n\n"
      << std::left << std::setw(26) << "world" << std::setw(14) << "callbacks at" << std::setw(9)
      << "adapter" << std::right << std::setw(9) << "requests" << std::setw(11) << "all after"
      << std::setw(10) << "p50" << std::setw(10) << "p99" << std::setw(9) << "peak/s"
      << "\n";
  bool good = true;
  for (const Row& row : Rows(seed)) {
    good = Print(row, "gateway", RunGateway(row.settings)) && good;
    good = Print(row, "naive", RunNaive(row.settings)) && good;
  }
  if (!good) std::cout << "\nA payout was not settled, or not paid exactly once.\n";
  return good ? 0 : 1;
}

}  // namespace
}  // namespace payout::testing

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  if (argc > 1) {
    const std::string_view text = argv[1];
    if (text == "--help" || text == "-h") {
      std::cout << "budget-bench [SEED]: what a payout costs of the platform's request budget, in "
                   "simulated time, beside a naive adapter. SEED: a number, 1 by default.\n"
                   "Exit code: 0 all were settled and paid exactly once; 1 not; 2 wrong usage.\n";
      return 0;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (argc > 2 || error != std::errc() || end != text.data() + text.size()) {
      std::cerr << "usage: budget-bench [SEED]\n";
      return 2;
    }
  }
  return payout::testing::Run(seed);
}
