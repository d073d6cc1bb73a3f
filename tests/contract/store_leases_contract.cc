#include <gmock/gmock.h>

#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Payout DueAt(const std::string& id, double seconds, WorkClass work = WorkClass::kCreate) {
  Payout payout = NewPayout(id);
  payout.schedule = {work, At(seconds), 0};
  return payout;
}

TEST_P(PayoutStoreLeases, RowsComeInTheOrderInWhichTheyAreDueUpToTheLimit) {
  Insert(DueAt("c", 3));
  Insert(DueAt("a", 1));
  Insert(DueAt("later", 30));
  Insert(DueAt("b", 2));

  LeaseResult first = LeaseDue(WorkClass::kCreate, At(10), 2);
  EXPECT_THAT(Ids(first.payouts), ElementsAre("a", "b"));
  EXPECT_EQ(first.next_due, At(3));
  LeaseResult second = LeaseDue(WorkClass::kCreate, At(10), 2);
  EXPECT_THAT(Ids(second.payouts), ElementsAre("c"));
  EXPECT_EQ(second.next_due, At(30));
  ExpectSame(second.payouts[0], Get(Key("c")));
}

TEST_P(PayoutStoreLeases, ARowThatIsInsertedWithALeaseIsTheOwnersUntilTheLeaseEnds) {
  const InsertResult a = Must(store().Insert(DueAt("a", 1), RowLease{"me", At(60)}));
  EXPECT_TRUE(a.inserted);
  ExpectSame(a.payout, Get(Key("a")));
  const LeaseResult none = LeaseDue(WorkClass::kCreate, At(10));
  EXPECT_THAT(none.payouts, IsEmpty());
  EXPECT_EQ(none.next_due, At(60));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(60)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, ALeaseThatARowWasInsertedWithEndsWithAChangeOrARelease) {
  Must(store().Insert(DueAt("a", 1), RowLease{"me", At(60)}));
  Must(store().Insert(DueAt("b", 1), RowLease{"me", At(60)}));
  EXPECT_EQ(Run(store().Release(Key("a"), "me")), absl::OkStatus());
  Must(store().Apply(Quiet(Get(Key("b")))));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(10)).payouts), ElementsAre("a", "b"));
}

TEST_P(PayoutStoreLeases, AnIdThatExistsKeepsItsOwnLease) {
  Insert(DueAt("a", 1));
  EXPECT_FALSE(Must(store().Insert(DueAt("a", 1), RowLease{"me", At(60)})).inserted);
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(10)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, ARowIsDueAtItsVeryTime) {
  Insert(DueAt("a", 5));
  EXPECT_THAT(LeaseDue(WorkClass::kCreate, At(5) - absl::Microseconds(1)).payouts, IsEmpty());
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(5)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, RowsOfTenantsThatArePassedOverAreNeitherTakenNorTold) {
  Insert(DueAt("a", 1));
  Payout other = DueAt("b", 2);
  other.intent.tenant = TenantName("other");
  Insert(other);
  Insert(DueAt("c", 3));
  Payout later = DueAt("d", 20);
  later.intent.tenant = TenantName("other");
  Insert(later);
  LeaseRequest request{.merchant = MerchantName("shop"),
                       .work = WorkClass::kCreate,
                       .now = At(10),
                       .until = At(70),
                       .owner = "me",
                       .limit = 10,
                       .passed_over = {DueAt("a", 1).intent.tenant}};
  absl::StatusOr<LeaseResult> first = Run(store().Lease(request));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(Ids(first->payouts), ElementsAre("b"));
  EXPECT_EQ(first->next_due, At(20));
  request.passed_over.push_back(TenantName("other"));
  absl::StatusOr<LeaseResult> none = Run(store().Lease(request));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(none->payouts, IsEmpty());
  EXPECT_EQ(none->next_due, std::nullopt);
}

TEST_P(PayoutStoreLeases, OnlyTheClassAndTheMerchantAskedForAreLeased) {
  Insert(DueAt("create", 1));
  Insert(DueAt("poll", 1, WorkClass::kPoll));
  Payout other = NewPayout(Key("other", "other"));
  Insert(other);
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kPoll, At(10)).payouts), ElementsAre("poll"));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(10), 10, "me", "other").payouts),
              ElementsAre("other"));
  const LeaseResult none = LeaseDue(WorkClass::kResolve, At(10));
  EXPECT_THAT(none.payouts, IsEmpty());
  EXPECT_EQ(none.next_due, std::nullopt);
}

TEST_P(PayoutStoreLeases, ARowThatHasNothingToDoIsNeverLeased) {
  Payout idle = NewPayout("a");
  idle.schedule.due_at.reset();
  Insert(idle);
  const LeaseResult result = LeaseDue(WorkClass::kCreate, At(1e6));
  EXPECT_THAT(result.payouts, IsEmpty());
  EXPECT_EQ(result.next_due, std::nullopt);
}

TEST_P(PayoutStoreLeases, ALeasedRowIsLeasedAgainOnlyWhenItsLeaseHasEnded) {
  Insert(DueAt("a", 1));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(10)).payouts), ElementsAre("a"));
  const LeaseResult again = LeaseDue(WorkClass::kCreate, At(69.9), 10, "you");
  EXPECT_THAT(again.payouts, IsEmpty());
  EXPECT_EQ(again.next_due, At(70));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(70), 10, "you").payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, NextDueIsTheEarliestOfWhatWasLeft) {
  Insert(DueAt("leased", 1));
  Insert(DueAt("soon", 20));
  LeaseDue(WorkClass::kCreate, At(2));  // Until 62.
  EXPECT_EQ(LeaseDue(WorkClass::kCreate, At(3)).next_due, At(20));
  Insert(DueAt("late", 100));
  LeaseDue(WorkClass::kCreate, At(20));  // Until 80.
  EXPECT_EQ(LeaseDue(WorkClass::kCreate, At(21)).next_due, At(62));
}

TEST_P(PayoutStoreLeases, LeasingDoesNotChangeTheRow) {
  const Payout before = Insert(DueAt("a", 1));
  LeaseDue(WorkClass::kCreate, At(10));
  ExpectSame(Get(Key("a")), before);
  EXPECT_EQ(Run(store().Apply(To(State::kSubmitting, before, At(11)))).ok(), true);
}

TEST_P(PayoutStoreLeases, ApplyEndsTheLease) {
  const Payout row = Insert(DueAt("a", 1));
  LeaseDue(WorkClass::kCreate, At(10));
  Move(row, State::kSubmitting, At(11), {WorkClass::kResolve, At(12), 0});
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kResolve, At(13)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, ReleaseEndsTheLeaseOfItsOwnerOnly) {
  const Payout before = Insert(DueAt("a", 1));
  LeaseDue(WorkClass::kCreate, At(10));
  EXPECT_EQ(Run(store().Release(Key("a"), "you")), absl::OkStatus());
  EXPECT_EQ(Run(store().Release(Key("nobody"), "me")), absl::OkStatus());
  EXPECT_THAT(LeaseDue(WorkClass::kCreate, At(11)).payouts, IsEmpty());
  EXPECT_EQ(Run(store().Release(Key("a"), "me")), absl::OkStatus());
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(11)).payouts), ElementsAre("a"));
  ExpectSame(Get(Key("a")), before);
}

TEST_P(PayoutStoreLeases, RecoverEndsTheLeasesOfOthersAndMakesTheirRowsDue) {
  Insert(DueAt("mine", 1));
  LeaseDue(WorkClass::kCreate, At(2), 10, "me");
  Insert(DueAt("theirs", 3));
  LeaseDue(WorkClass::kCreate, At(4), 10, "them");
  Insert(DueAt("free", 500));

  EXPECT_EQ(Must(store().Recover("me", At(5))), 1);
  EXPECT_EQ(Get(Key("theirs")).schedule.due_at, At(3));
  EXPECT_EQ(Get(Key("free")).schedule.due_at, At(500));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(5)).payouts), ElementsAre("theirs"));
  EXPECT_EQ(Must(store().Recover("me", At(6))), 0);
}

TEST_P(PayoutStoreLeases, RecoverMakesARowDueThatTheClockWouldStillHide) {
  Insert(DueAt("a", 100));
  LeaseDue(WorkClass::kCreate, At(100), 10, "them");
  EXPECT_EQ(Must(store().Recover("me", At(50))), 1);  // The clock was set back.
  EXPECT_EQ(Get(Key("a")).schedule.due_at, At(50));
}

TEST_P(PayoutStoreLeases, RecoverMakesSubmittingRowsDueAtOnce) {
  Payout row = Insert(DueAt("a", 1));
  Move(row, State::kSubmitting, At(2), {WorkClass::kResolve, At(122), 0});
  EXPECT_EQ(Must(store().Recover("me", At(5))), 1);
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kResolve, At(5)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, ALeasedRowStaysHiddenWhenACallbackMakesItDue) {
  Payout row = Insert(DueAt("a", 1));
  row = Move(row, State::kProcessing, At(2), {WorkClass::kPoll, At(3), 0});
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kPoll, At(10)).payouts), ElementsAre("a"));
  EXPECT_NE(Must(store().RecordHint(Key("a"), At(11))), std::nullopt);
  const LeaseResult hinted = LeaseDue(WorkClass::kHint, At(12));
  EXPECT_THAT(hinted.payouts, IsEmpty());
  EXPECT_EQ(hinted.next_due, At(70));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kHint, At(70)).payouts), ElementsAre("a"));
}

TEST_P(PayoutStoreLeases, WhatAClockAheadHasPutOffIsBroughtForwardButNotIntoThePast) {
  const Payout soon = Insert(NewPayout(Key("soon"), "alice", At(10)));
  const Payout late = Insert(NewPayout(Key("late"), "alice", At(100)));
  Insert(NewPayout(Key("due"), "alice", At(-5)));
  const Payout settled = Move(Insert(NewPayout(Key("settled"))), State::kSucceeded, At(0),
                              {.work = WorkClass::kAudit, .due_at = At(200), .step = 0});
  EXPECT_EQ(Must(store().ShiftDue(At(0), absl::Seconds(60))), 2);
  EXPECT_EQ(Get(soon.intent.key).schedule.due_at, At(0));
  EXPECT_EQ(Get(late.intent.key).schedule.due_at, At(40));
  EXPECT_EQ(Get(Key("due")).schedule.due_at, At(-5));
  EXPECT_EQ(Get(settled.intent.key).schedule.due_at, At(200)) << "audits keep their days";
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(0)).payouts), ::testing::SizeIs(2));
}

TEST_P(PayoutStoreLeases, ALeaseByAClockAheadEndsWhenItWouldHave) {
  Insert(NewPayout(Key("a"), "alice", At(0)));
  ASSERT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(7200)).payouts), ::testing::SizeIs(1));
  EXPECT_EQ(Must(store().ShiftDue(At(0), absl::Seconds(7200))), 1);
  const LeaseResult early = LeaseDue(WorkClass::kCreate, At(1), 10, "other");
  EXPECT_THAT(early.payouts, IsEmpty());
  ASSERT_TRUE(early.next_due.has_value());
  EXPECT_LE(*early.next_due, At(3600));
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, *early.next_due, 10, "other").payouts),
              ::testing::SizeIs(1));
}

TEST_P(PayoutStoreLeases, AtStartRowsOfAClockThatWasAheadAreNotLeftWaiting) {
  const absl::Time now = At(0);
  Insert(NewPayout(Key("old"), "alice", now - absl::Hours(2)));
  Insert(NewPayout(Key("ahead"), "alice", now + absl::Hours(72)));
  Must(store().Recover("me", now));
  EXPECT_EQ(Get(Key("ahead")).schedule.due_at, now);

  // A read that told nothing new changes when the row is due, and nothing that callers see.
  const Payout read = Insert(NewPayout(Key("read"), "alice", now - absl::Hours(2)));
  Must(store().Apply({.after =
                          [&] {
                            Payout after = read;
                            after.schedule.due_at = now + absl::Hours(12) + absl::Minutes(5);
                            return after;
                          }(),
                      .expected_version = read.version,
                      .at = now + absl::Hours(12)}));
  Must(store().Recover("me", now));
  EXPECT_LE(Get(Key("read")).schedule.due_at, now + absl::Minutes(7));

  const Payout row = Insert(NewPayout(Key("far"), "alice", now - absl::Hours(1)));
  Must(store().Apply({.after =
                          [&] {
                            Payout after = row;
                            after.schedule.due_at = now + absl::Hours(200);
                            return after;
                          }(),
                      .expected_version = row.version,
                      .at = now}));
  Must(store().Recover("me", now));
  EXPECT_EQ(Get(Key("far")).schedule.due_at, now) << "no wait is as long as that";
}

}  // namespace
}  // namespace payout::testing
