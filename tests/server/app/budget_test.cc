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
  Ask(budget_, WorkClass::kPoll, "a", 20);
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

// ---- guarantees, over ten thousand permits ----

constexpr int kPermits = 10'000;

TEST_F(BudgetTest, SharesAreKeptWithinOnePercentWhenAllClassesAreSaturated) {
  const std::map<WorkClass, int> shares = {{WorkClass::kResolve, 30}, {WorkClass::kHint, 30},
                                           {WorkClass::kCreate, 25},  {WorkClass::kCallerRead, 5},
                                           {WorkClass::kPoll, 8},     {WorkClass::kAudit, 2}};
  for (const auto& [work, share] : shares) Ask(budget_, work, "a", share * kPermits / 100 + 200);
  env_.RunUntil([&] { return granted_.size() >= kPermits; }, absl::Hours(2));
  const std::map<WorkClass, int> counts = CountByClass(kPermits);
  for (const auto& [work, share] : shares) {
    EXPECT_NEAR(counts.at(work), share * kPermits / 100, kPermits / 100) << WorkClassName(work);
  }
}

TEST_F(BudgetTest, NoClassWaitsLongerThanItsShareAllows) {
  // The smallest shares: polls 8 %, caller reads 5 %, audits 2 %; two more for turns that coincide.
  const std::map<WorkClass, int> gaps = {
      {WorkClass::kPoll, 15}, {WorkClass::kCallerRead, 22}, {WorkClass::kAudit, 52}};
  for (const WorkClass work : kAllWorkClasses) Ask(budget_, work, "a", 1000);
  env_.RunUntil([&] { return granted_.size() >= 2000; }, absl::Hours(2));
  for (const auto& [work, gap] : gaps) {
    std::size_t last = 0;
    for (std::size_t i = 0; i < 2000; ++i) {
      if (granted_[i].work != work) continue;
      EXPECT_LE(i - last, static_cast<std::size_t>(gap)) << WorkClassName(work);
      last = i;
    }
  }
}

TEST_F(BudgetTest, ClassThatIdledDoesNotCatchUp) {
  Ask(budget_, WorkClass::kPoll, "a", 500);
  env_.RunUntil([&] { return granted_.size() == 300; }, absl::Hours(1));
  // Creates come after a long idle time, and get their share from now on, not what they missed.
  Ask(budget_, WorkClass::kCreate, "a", 500);
  const std::size_t from = granted_.size();
  env_.RunUntil([&] { return granted_.size() == from + 99; }, absl::Hours(1));
  int polls = 0;
  for (std::size_t i = from; i < granted_.size(); ++i) {
    polls += granted_[i].work == WorkClass::kPoll ? 1 : 0;
  }
  EXPECT_NEAR(polls, 99 * 8 / 33, 3);
}

TEST_F(BudgetTest, NoPermitIsLeftUnusedWhileAnythingWaits) {
  Ask(budget_, WorkClass::kPoll, "a", 40);
  Ask(budget_, WorkClass::kCallerRead, "b", 30);
  Ask(budget_, WorkClass::kHint, "c", 30);
  env_.RunFor(absl::Seconds(21));
  EXPECT_EQ(granted_.size(), 100U);
}

TEST_F(BudgetTest, AuditsTakeATwentiethAtMostEvenWhenEverythingElseIdles) {
  Ask(budget_, WorkClass::kAudit, "a", 1000);
  env_.RunFor(absl::Seconds(1000));
  EXPECT_LE(granted_.size(), 5 * 1000 / 20 + 1U);
  EXPECT_GE(granted_.size(), 230U);
}

TEST_F(BudgetTest, OthersDoNotWaitForAuditsThatRest) {
  Ask(budget_, WorkClass::kAudit, "a", 10);
  env_.RunFor(absl::Seconds(1));
  ASSERT_EQ(granted_.size(), 1U);
  const absl::Duration asked = env_.Monotonic();
  Ask(budget_, WorkClass::kPoll, "a", 1);
  env_.RunFor(absl::Milliseconds(1));
  ASSERT_EQ(granted_.size(), 2U);
  EXPECT_EQ(granted_.back().at, asked);
  env_.RunFor(absl::Minutes(2));
  EXPECT_EQ(granted_.size(), 11U);
}

TEST_F(BudgetTest, SinglePayoutOfATenantWaitsForOneTurnWhateverTheOthersHave) {
  Ask(budget_, WorkClass::kCreate, "a", 1000);
  Ask(budget_, WorkClass::kCreate, "c", 1000);
  env_.RunFor(absl::Seconds(10));
  const std::size_t before = granted_.size();
  Ask(budget_, WorkClass::kCreate, "b", 1);
  env_.RunFor(absl::Seconds(1));
  std::size_t turn = 0;
  for (std::size_t i = before; i < granted_.size() && turn == 0; ++i) {
    if (granted_[i].tenant == "b") turn = i - before + 1;
  }
  EXPECT_GE(turn, 1U);
  EXPECT_LE(turn, 3U) << "each of the others once";
}

TEST_F(BudgetTest, RefusalsSlowThePaceAndItComesBackByItself) {
  Ask(budget_, WorkClass::kCreate, "a", 1000);
  env_.RunFor(absl::Seconds(10));
  for (int i = 0; i < 3; ++i) {
    budget_.SlowDown(absl::Seconds(1));
    env_.RunFor(absl::Seconds(3));
  }
  const std::size_t slow_from = granted_.size();
  env_.RunFor(absl::Seconds(2));
  EXPECT_LE(granted_.size() - slow_from, 2U) << "an eighth of ten";
  env_.RunFor(absl::Seconds(45));
  const std::size_t full_from = granted_.size();
  env_.RunFor(absl::Seconds(20));
  EXPECT_GE(granted_.size() - full_from, 96U);
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

TEST_F(BudgetTest, WaiterWhoseTimePassesTakesNoPermit) {
  Ask(budget_, WorkClass::kCreate, "a", 10);
  bool late = true;
  scope_.Spawn([](PacedBudget& b, bool& result) -> Task<void> {
    result = co_await b.Acquire(WorkClass::kCallerRead, TenantName("b"), Turn::kBegins,
                                absl::Milliseconds(1));
  }(budget_, late));
  env_.RunFor(absl::Milliseconds(1));
  EXPECT_FALSE(late);
  env_.RunFor(absl::Seconds(3));
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
