#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;

TEST_P(PayoutStoreHints, ACallbackCountsAndMakesAProcessingPayoutDue) {
  Payout row = Insert(NewPayout("a"));
  row = Move(row, State::kProcessing, At(1), {WorkClass::kPoll, At(1000), 2});
  EXPECT_NE(Must(store().RecordHint(Key("a"), At(10))), std::nullopt);

  Payout expected = row;
  expected.hint_seq = 1;
  expected.schedule = {WorkClass::kHint, At(10), 2};
  ExpectSame(Get(Key("a")), expected);  // The version is as it was.
  EXPECT_NE(Must(store().RecordHint(Key("a"), At(11))), std::nullopt);
  EXPECT_EQ(Get(Key("a")).hint_seq, 2);
}

TEST_P(PayoutStoreHints, ACallbackWaitsForTheGapAfterTheLastRead) {
  Payout row = Insert(NewPayout("a"));
  Change change = To(State::kProcessing, row, At(1));
  change.after.schedule = {WorkClass::kPoll, At(1000), 0};
  change.after.last_read_at = At(8);
  Must(store().Apply(change));
  Must(store().RecordHint(Key("a"), At(10)));
  EXPECT_EQ(Get(Key("a")).schedule.due_at, At(13));
}

TEST_P(PayoutStoreHints, ACallbackForAQueuedPayoutOnlyCounts) {
  const Payout row = Insert(NewPayout("a"));
  EXPECT_NE(Must(store().RecordHint(Key("a"), At(10))), std::nullopt);
  Payout expected = row;
  expected.hint_seq = 1;
  ExpectSame(Get(Key("a")), expected);
}

// A read begins having seen `seen` callbacks; one more comes; then its answer is written.
struct InFlight {
  State state;
  Schedule decided;
  absl::Time hint_due_at;
  Schedule expected;
};

TEST_P(PayoutStoreHints, ACallbackDuringAReadMakesTheNextReadDue) {
  const InFlight cases[] = {
      {State::kProcessing, {WorkClass::kPoll, At(1000), 4}, At(25), {WorkClass::kHint, At(25), 4}},
      {State::kProcessing, {WorkClass::kPoll, At(21), 4}, At(25), {WorkClass::kHint, At(21), 4}},
      {State::kOutcomeUnknown,
       {WorkClass::kResolve, At(1000), 0},
       At(25),
       {WorkClass::kResolve, At(25), 0}},
      {State::kSucceeded,
       {WorkClass::kPoll, std::nullopt, 0},
       At(3620),
       {WorkClass::kAudit, At(3620), 0}},
      {State::kFailed, {WorkClass::kAudit, At(100), 0}, At(3620), {WorkClass::kAudit, At(100), 0}},
      {State::kQueued,
       {WorkClass::kCreate, At(1000), 0},
       At(25),
       {WorkClass::kCreate, At(1000), 0}},
      {State::kSubmitting,
       {WorkClass::kResolve, At(1000), 0},
       At(25),
       {WorkClass::kResolve, At(1000), 0}},
      {State::kCancelled,
       {WorkClass::kCreate, std::nullopt, 0},
       At(25),
       {WorkClass::kCreate, std::nullopt, 0}},
      {State::kProcessing,
       {WorkClass::kPoll, At(1000), 4},
       absl::InfiniteFuture(),
       {WorkClass::kPoll, At(1000), 4}},
  };
  int number = 0;
  for (const InFlight& c : cases) {
    const std::string id = absl::StrCat("p", ++number);
    SCOPED_TRACE(absl::StrCat(id, " ", std::string(StateName(c.state))));
    Payout row = Insert(NewPayout(id));
    row = Move(row, State::kProcessing, At(1), {WorkClass::kPoll, At(2), 0});
    Must(store().RecordHint(Key(id), At(3)));
    const LeaseResult leased = LeaseDue(WorkClass::kHint, At(10));
    ASSERT_EQ(leased.payouts.size(), 1u);
    row = leased.payouts[0];
    EXPECT_EQ(row.hint_seq, 1);

    Must(store().RecordHint(Key(id), At(11)));

    Change change = To(c.state, row, At(20));
    change.after.schedule = c.decided;
    change.after.hint_read_seq = row.hint_seq;
    change.hint_due_at = c.hint_due_at;
    const Payout after = Must(store().Apply(change));
    EXPECT_EQ(after.hint_seq, 2);
    EXPECT_EQ(after.hint_read_seq, 1);
    EXPECT_EQ(after.schedule, c.expected);
    ExpectSame(Get(Key(id)), after);
    if (after.schedule.due_at) {  // Out of the way of the next case.
      Change idle = Quiet(after);
      idle.after.schedule.due_at.reset();
      idle.after.hint_read_seq = 2;
      Must(store().Apply(idle));
    }
  }
}

TEST_P(PayoutStoreHints, AnAnswerToAllCallbacksKeepsItsSchedule) {
  Payout row = Insert(NewPayout("a"));
  row = Move(row, State::kProcessing, At(1), {WorkClass::kPoll, At(2), 0});
  Must(store().RecordHint(Key("a"), At(3)));
  row = Get(Key("a"));
  Change change = To(State::kProcessing, row, At(20));
  change.after.hint_read_seq = row.hint_seq;
  change.after.schedule = {WorkClass::kPoll, At(1000), 0};
  EXPECT_EQ(Must(store().Apply(change)).schedule, change.after.schedule);
}

TEST_P(PayoutStoreHints, ManyCallbacksAmongManyAnswersAreAllCounted) {
  Payout row = Insert(NewPayout("a"));
  row = Move(row, State::kProcessing, At(1));
  std::vector<std::optional<absl::StatusOr<std::optional<Schedule>>>> hints(100);
  TaskScope scope;
  for (std::size_t i = 0; i < hints.size(); ++i) {
    scope.Spawn(LoopExecutor::Keep(store().RecordHint(Key("a"), At(2)), hints[i]));
    if (i % 10 == 0) row = Must(store().Apply(Quiet(row)));
  }
  loop().RunUntil([&scope] { return scope.active() == 0; });
  EXPECT_EQ(Get(Key("a")).hint_seq, 100);
}

TEST_P(PayoutStoreHints, ACallbackWithoutARowIsParkedAndCounted) {
  EXPECT_EQ(Must(store().RecordHint(Key("lost"), At(1))), std::nullopt);
  EXPECT_EQ(Must(store().RecordHint(Key("lost"), At(2))), std::nullopt);
  EXPECT_EQ(under_test().Parked(Key("lost")), 2);
  EXPECT_EQ(Must(store().Find(Key("lost"))), std::nullopt);
}

TEST_P(PayoutStoreHints, ParkedCallbacksAreBounded) {
  std::vector<std::optional<absl::StatusOr<std::optional<Schedule>>>> parked(10'000);
  for (std::size_t from = 0; from < parked.size();
       from += 1000) {  // Within the bound of waiting calls.
    TaskScope scope;
    for (std::size_t i = from; i < from + 1000; ++i) {
      scope.Spawn(
          LoopExecutor::Keep(store().RecordHint(Key(absl::StrCat("lost-", i)), At(1)), parked[i]));
    }
    loop().RunUntil([&scope] { return scope.active() == 0; });
  }
  EXPECT_EQ(under_test().Parked(Key("lost-9999")), 1);
  EXPECT_EQ(Must(store().RecordHint(Key("one-more"), At(2))), std::nullopt);
  EXPECT_EQ(under_test().Parked(Key("one-more")), 0);
  EXPECT_EQ(Must(store().RecordHint(Key("lost-0"), At(2))), std::nullopt);
  EXPECT_EQ(under_test().Parked(Key("lost-0")), 2);
}

TEST_P(PayoutStoreHints, OpenPayoutsAreCountedPerMerchantAndState) {
  Payout a = Insert(NewPayout(Key("a"), "alice", At(5)));
  Insert(NewPayout(Key("b"), "alice", At(3)));
  Insert(NewPayout(Key("c", "other"), "bob", At(4)));
  Payout settled = Insert(NewPayout(Key("d"), "alice", At(1)));
  Change review = To(State::kSucceeded, settled, At(6));
  review.after.status.needs_review = {Review::kCorrected};
  Must(store().Apply(review));
  Move(a, State::kProcessing, At(7));

  std::vector<std::string> counts;
  for (const MerchantCounts& count : Must(store().CountOpen())) {
    ASSERT_TRUE(count.oldest_created_at);
    counts.push_back(absl::StrCat(count.merchant.value(), " ", std::string(StateName(count.state)),
                                  " ", count.count, " ",
                                  absl::ToInt64Seconds(*count.oldest_created_at - At(0))));
  }
  EXPECT_THAT(counts, ::testing::UnorderedElementsAre("shop QUEUED 1 3", "shop PROCESSING 1 5",
                                                      "other QUEUED 1 4"));
}

}  // namespace
}  // namespace payout::testing
