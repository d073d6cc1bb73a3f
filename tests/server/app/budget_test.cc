// The request budget: pace, shares, fairness.

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/paced_budget.h"
#include "tests/support/simulated_environment.h"

namespace payout::testing {
namespace {

class BudgetTest : public ::testing::Test {
 protected:
  void Ask(PacedBudget& budget, WorkClass work, const std::string& tenant, int count,
           Turn turn = Turn::kBegins) {
    for (int i = 0; i < count; ++i) {
      scope_.Spawn([](BudgetTest& test, PacedBudget& b, WorkClass w, std::string t,
                      Turn turn_of) -> Task<void> {
        co_await b.Acquire(w, TenantName(t), turn_of);
        test.granted_.push_back({w, t, test.env_.Monotonic(), turn_of});
      }(*this, budget, work, tenant, turn));
    }
  }
  std::map<WorkClass, int> CountByClass(std::size_t first) const {
    std::map<WorkClass, int> counts;
    for (std::size_t i = 0; i < first; ++i) ++counts[granted_[i].work];
    return counts;
  }

  struct Grant {
    WorkClass work;
    std::string tenant;
    absl::Duration at;
    Turn turn;
  };
  SimulatedEnvironment env_;
  PacedBudget budget_{env_, 5, nullptr};
  std::vector<Grant> granted_;
  TaskScope scope_;  // last: its tasks go first
};

TEST_F(BudgetTest, NeverMoreThanTheRateWithinASecond) {
  env_.RunFor(absl::Minutes(1));
  Ask(budget_, WorkClass::kCreate, "a", 100);
  env_.RunFor(absl::Minutes(1));
  ASSERT_EQ(granted_.size(), 100U);
  for (std::size_t i = 5; i < granted_.size(); ++i) {
    EXPECT_GE(granted_[i].at - granted_[i - 5].at, absl::Seconds(1));
  }
  // And not much less: 100 requests at 5 a second.
  EXPECT_LE(granted_.back().at - granted_.front().at, absl::Seconds(21));
}

TEST_F(BudgetTest, IdleClassesLeaveTheirShareToTheOthers) {
  Ask(budget_, WorkClass::kAudit, "a", 20);
  env_.RunFor(absl::Seconds(6));
  EXPECT_EQ(granted_.size(), 20U);
}

TEST_F(BudgetTest, EveryClassGetsItsShareUnderPressure) {
  for (const WorkClass work : kAllWorkClasses) Ask(budget_, work, "a", 200);
  env_.RunFor(absl::Minutes(10));
  const std::map<WorkClass, int> counts = CountByClass(200);
  EXPECT_NEAR(counts.at(WorkClass::kResolve), 60, 3);
  EXPECT_NEAR(counts.at(WorkClass::kHint), 60, 3);
  EXPECT_NEAR(counts.at(WorkClass::kCreate), 50, 3);
  EXPECT_NEAR(counts.at(WorkClass::kPoll), 16, 3);
  EXPECT_NEAR(counts.at(WorkClass::kCallerRead), 10, 3);
  EXPECT_NEAR(counts.at(WorkClass::kAudit), 4, 3);
}

TEST_F(BudgetTest, TenantWithFewRequestsDoesNotWaitForOneWithMany) {
  Ask(budget_, WorkClass::kCreate, "many", 100);
  Ask(budget_, WorkClass::kCreate, "few", 3);
  env_.RunFor(absl::Seconds(3));
  int few = 0;
  for (const Grant& grant : granted_) few += grant.tenant == "few" ? 1 : 0;
  EXPECT_EQ(few, 3);
}

TEST_F(BudgetTest, WhatHasBegunGoesOnBeforeAnythingElseBegins) {
  Ask(budget_, WorkClass::kCreate, "a", 50);
  env_.RunFor(absl::Seconds(2));
  const std::size_t before = granted_.size();
  Ask(budget_, WorkClass::kCreate, "a", 1, Turn::kGoesOn);
  env_.RunFor(absl::Seconds(1));
  ASSERT_GT(granted_.size(), before);
  EXPECT_EQ(granted_[before].turn, Turn::kGoesOn);
}

TEST_F(BudgetTest, SlowingDownHoldsAllRequestsBack) {
  budget_.SlowDown(absl::Seconds(10));
  Ask(budget_, WorkClass::kResolve, "a", 1);
  env_.RunFor(absl::Seconds(9));
  EXPECT_TRUE(granted_.empty());
  env_.RunFor(absl::Seconds(2));
  EXPECT_EQ(granted_.size(), 1U);
}

TEST_F(BudgetTest, DestroyedWaiterGivesItsPlaceUp) {
  Ask(budget_, WorkClass::kCreate, "a", 10);
  {
    TaskScope doomed;
    doomed.Spawn([](PacedBudget& b) -> Task<void> {
      co_await b.Acquire(WorkClass::kResolve, TenantName("gone"), Turn::kBegins);
      ADD_FAILURE() << "was destroyed";
    }(budget_));
  }
  env_.RunFor(absl::Seconds(5));
  EXPECT_EQ(granted_.size(), 10U);
  EXPECT_EQ(budget_.waiting(), 0);
}

TEST_F(BudgetTest, LiftedBudgetNeverWaits) {
  PacedBudget unlimited(env_, 0, nullptr);
  Ask(unlimited, WorkClass::kCreate, "a", 1000);
  EXPECT_EQ(granted_.size(), 1000U);
}

}  // namespace
}  // namespace payout::testing
