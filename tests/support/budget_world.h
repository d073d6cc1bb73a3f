// BudgetWorld: many payouts on a platform without faults, under simulated time and a request
// budget: what they cost and how long they take, by the gateway and by an adapter as one would
// first write it.
//
// Used by: tests/server/app/settle_cost_test, tests/bench/budget_bench. Deterministic.

#ifndef PAYOUT_TESTS_SUPPORT_BUDGET_WORLD_H_
#define PAYOUT_TESTS_SUPPORT_BUDGET_WORLD_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace payout::testing {

struct BudgetWorld {
  int payouts = 1000;
  absl::Duration apart = absl::ZeroDuration();  // between two creates; zero: a backlog
  absl::Duration settle_after = absl::Seconds(5);
  absl::Duration latency = absl::Milliseconds(40);
  bool every_change = false;  // callbacks when the platform accepts, too; else at settlement only
  int requests_per_second = 5;
  std::uint64_t seed = 1;
};

struct BudgetResult {
  int settled = 0;
  int paid_once = 0;  // by the platform's ledger
  int requests = 0;
  int most_in_a_second = 0;
  absl::Duration took;                       // from the first create until the last was settled
  std::vector<absl::Duration> settle_times;  // of each payout, from its create; sorted
};

// The gateway's core.
BudgetResult RunGateway(const BudgetWorld& world);

// One payout after the other in line: a token, the create, then a read each ten seconds until it is
// settled. Callbacks are not used.
BudgetResult RunNaive(const BudgetWorld& world);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_BUDGET_WORLD_H_
