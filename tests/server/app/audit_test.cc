// Audits of settled payouts, on the whole core under simulated time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr absl::Duration kDay = absl::Hours(24);

// A payout that has just been settled, and how many reads that took.
struct Settled : CoreFixture {
  Settled() {
    Create("P1");
    EXPECT_TRUE(RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
    reads = platform.Count(Call::kRead);
  }
  int Reads() const { return platform.Count(Call::kRead) - reads; }
  const std::map<AuditResult, int>& Audits() const { return process->observer.audits; }
  int reads = 0;
};

TEST(AuditTest, ASettledPayoutIsReadFourTimesInAMonthAndThenNeverAgain) {
  Settled fixture;
  int read = 0;
  for (const int day : {1, 3, 7, 30}) {
    fixture.env.RunFor(*fixture.Get("P1").status.settled_at + day * kDay - fixture.env.Now());
    EXPECT_EQ(fixture.Reads(), read) << "not before day " << day;
    fixture.env.RunFor(absl::Hours(7));
    EXPECT_EQ(fixture.Reads(), ++read) << "on day " << day;
  }
  fixture.env.RunFor(60 * kDay);
  EXPECT_EQ(fixture.Reads(), 4);
  EXPECT_THAT(fixture.Audits(), ElementsAre(Pair(AuditResult::kHeld, 4)));
  EXPECT_EQ(fixture.Get("P1").revision, 4) << "callers see nothing of it";
}

TEST(AuditTest, AReversalAfterDaysIsFoundAndLeftToAPerson) {
  Settled fixture;
  fixture.env.RunFor(2 * kDay);
  fixture.platform.ledger["P1"].outcome = PlatformStatus::kFailed;
  fixture.env.RunFor(kDay + absl::Hours(7));
  const Payout payout = fixture.Get("P1");
  EXPECT_EQ(payout.status.state, State::kSucceeded) << "what was told stays told";
  ASSERT_TRUE(payout.status.correction);
  EXPECT_EQ(payout.status.correction->reported_state, State::kFailed);
  EXPECT_THAT(payout.status.needs_review, ElementsAre(Review::kCorrected));
  EXPECT_THAT(fixture.Audits(),
              ElementsAre(Pair(AuditResult::kHeld, 1), Pair(AuditResult::kContradicted, 1)));
  EXPECT_TRUE(fixture.process->observer.alarms.contains(Alarm::kContradiction));
}

TEST(AuditTest, ARestartLosesNoAudit) {
  Settled fixture;
  for (int day = 0; day < 33; ++day) {
    fixture.env.RunFor(kDay);
    fixture.Restart();
  }
  EXPECT_EQ(fixture.Reads(), 4);
}

TEST(AuditTest, WhatBecameDueWhileNobodyWasThereIsDroppedOnceItsDayIsOver) {
  Settled fixture;
  fixture.Kill();
  fixture.env.RunFor(10 * kDay);
  fixture.Restart();
  fixture.env.RunFor(absl::Minutes(5));
  EXPECT_EQ(fixture.Reads(), 0);
  EXPECT_THAT(fixture.Audits(), ElementsAre(Pair(AuditResult::kDropped, 3)));
  fixture.env.RunFor(25 * kDay);
  EXPECT_EQ(fixture.Reads(), 1) << "the one after thirty days";
  EXPECT_THAT(fixture.Audits(),
              ElementsAre(Pair(AuditResult::kHeld, 1), Pair(AuditResult::kDropped, 3)));
}

TEST(AuditTest, AnAuditThatIsLessThanADayLateIsMadeUpFor) {
  Settled fixture;
  fixture.Kill();
  fixture.env.RunFor(kDay + absl::Hours(20));
  fixture.Restart();
  fixture.env.RunFor(absl::Minutes(5));
  EXPECT_THAT(fixture.Audits(), ElementsAre(Pair(AuditResult::kHeld, 1)));
}

TEST(AuditTest, APlatformThatIsDownForADayCostsOneReadAnHourAndTheNextAuditIsInTime) {
  Settled fixture;
  ReadAnswer down;
  down.kind = ReadAnswerKind::kServerError;
  down.http_status = 503;
  fixture.platform.reads.assign(1000, down);
  fixture.env.RunFor(2 * kDay + absl::Hours(4));
  EXPECT_GT(fixture.Reads(), 15);
  EXPECT_LE(fixture.Reads(), 32);
  EXPECT_THAT(fixture.Audits(), ElementsAre(Pair(AuditResult::kUnanswered, 1)));
  fixture.platform.reads.clear();
  fixture.env.RunFor(2 * kDay);
  EXPECT_THAT(fixture.Audits(),
              ElementsAre(Pair(AuditResult::kHeld, 1), Pair(AuditResult::kUnanswered, 1)));
}

TEST(AuditTest, WithoutAScheduleOrASampleNothingIsReadAgain) {
  CoreFixture::Options off;
  off.policy.audits.clear();
  CoreFixture::Options none;
  none.policy.audit_percent = 0;
  for (const CoreFixture::Options& options : {off, none}) {
    CoreFixture fixture(options);
    fixture.Create("P1");
    ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
    const int reads = fixture.platform.Count(Call::kRead);
    fixture.env.RunFor(40 * kDay);
    EXPECT_EQ(fixture.platform.Count(Call::kRead), reads);
    EXPECT_THAT(fixture.process->observer.audits, IsEmpty());
  }
}

}  // namespace
}  // namespace payout::testing
