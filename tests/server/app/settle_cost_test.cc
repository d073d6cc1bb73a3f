// What a settled payout costs of the request budget, in worlds without faults.

#include <string>

#include <gtest/gtest.h>

#include "tests/support/budget_world.h"

namespace payout::testing {
namespace {

TEST(SettleCostTest, BacklogOfThousandCostsAtMostTwoRequestsAndATenthPerPayout) {
  const BudgetResult result = RunGateway({.payouts = 1000});
  EXPECT_EQ(result.settled, 1000);
  EXPECT_LE(result.requests, 2100);
  // And the budget is not left idle: 2.1 requests per payout at five a second.
  EXPECT_LE(result.took, absl::Seconds(450));
}

TEST(SettleCostTest, IdlePayoutCostsExactlyThreeRequests) {
  const BudgetResult result = RunGateway({.payouts = 20, .apart = absl::Minutes(1)});
  EXPECT_EQ(result.settled, 20);
  EXPECT_EQ(result.requests, 60);
}

TEST(SettleCostTest, CallbacksOnEveryChangeCostOneReadMoreAtMost) {
  const BudgetResult result = RunGateway({.payouts = 1000, .every_change = true});
  EXPECT_EQ(result.settled, 1000);
  EXPECT_LE(result.requests, 3100);
}

TEST(SettleCostTest, EveryPayoutIsPaidOnceAndTheRateIsKept) {
  const BudgetResult result = RunGateway({.payouts = 300});
  EXPECT_EQ(result.paid_once, 300);
  EXPECT_LE(result.most_in_a_second, 5);
}

}  // namespace
}  // namespace payout::testing
