// The validator of streams sees the violation of each property, and none where there is none.

#include "tests/support/stream_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ShownPayout P(const std::string& id, std::int64_t revision, const std::string& digest = "d") {
  return {.payout = id, .revision = revision, .state = "S", .digest = digest};
}

StreamPlace At(std::int64_t position) {
  return {.token = "t" + std::to_string(position), .position = position};
}

std::vector<StreamProperty> Broken(const StreamHistory& history) {
  std::vector<StreamProperty> broken;
  for (const StreamViolation& violation : history.violations()) {
    broken.push_back(violation.property);
  }
  return broken;
}

class StreamHistoryTest : public ::testing::Test {
 protected:
  // A snapshot of p1 at position 5, then p2 begins.
  void Begin(StreamHistory& history) {
    history.Opened("");
    history.SnapshotBegin({"s0", 5});
    history.SnapshotPayout({"s1", 5}, P("p1", 2));
    history.SnapshotEnd({"s2", 5}, 1);
    history.Event(At(6), P("p2", 1));
  }
  ContentBook book_;
  StreamHistory history_{{.name = "r"}, book_};
};

TEST_F(StreamHistoryTest, AFaultlessStreamHasNoViolation) {
  Begin(history_);
  history_.Progress(At(8));
  history_.Opened(history_.token());
  history_.Event(At(9), P("p1", 3));
  history_.Closing(At(9));
  // From an earlier message everything after it comes again.
  history_.Opened("s1");
  history_.SnapshotEnd({"s2", 5}, 1);
  history_.Event(At(6), P("p2", 1));
  history_.Event(At(9), P("p1", 3));
  history_.Event(At(10), P("p1", 4));
  history_.ExpectEvents({P("p2", 1), P("p1", 3), P("p1", 4)});
  EXPECT_THAT(Broken(history_), IsEmpty());
  EXPECT_EQ(history_.began_after(), 5);
  EXPECT_EQ(history_.resumptions(), 2);
  EXPECT_EQ(history_.events().size(), 3u);
}

TEST_F(StreamHistoryTest, AnewItMayMissWhatHappenedMeanwhileButShowsNothingOlder) {
  Begin(history_);
  history_.Opened("");
  history_.SnapshotBegin({"u0", 20});
  history_.SnapshotPayout({"u1", 20}, P("p2", 7));
  history_.SnapshotEnd({"u2", 20}, 1);
  history_.Event(At(21), P("p2", 8));
  EXPECT_THAT(Broken(history_), IsEmpty());
  history_.Opened("");
  history_.SnapshotBegin({"v0", 20});
  history_.SnapshotPayout({"v1", 20}, P("p2", 7));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kOrdered));
}

TEST_F(StreamHistoryTest, OrderedMeansThatPositionsGrow) {
  Begin(history_);
  history_.Event(At(9), P("p1", 3));
  history_.Event(At(8), P("p2", 2));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kOrdered));
}

TEST_F(StreamHistoryTest, OrderedMeansThatAnEventWaitsForTheEndOfTheSnapshot) {
  history_.Opened("");
  history_.SnapshotBegin({"s0", 5});
  history_.Event(At(6), P("p1", 1));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kOrdered));
}

TEST_F(StreamHistoryTest, OrderedMeansTheOrderOfTheStore) {
  Begin(history_);
  history_.Event({.token = "x"}, P("p1", 3));
  history_.ExpectEvents({P("p1", 3), P("p2", 1)});
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kOrdered));
}

TEST_F(StreamHistoryTest, UniqueMeansThatNoChangeComesTwice) {
  Begin(history_);
  history_.Event(At(7), P("p2", 1));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kUnique));
}

TEST_F(StreamHistoryTest, UniqueHoldsAcrossResumptions) {
  Begin(history_);
  history_.Event(At(7), P("p2", 2));
  history_.Opened(history_.token());
  history_.Event({.token = "x"}, P("p2", 1));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kUnique));
}

TEST_F(StreamHistoryTest, ReliableMeansThatNoRevisionIsLeftOut) {
  Begin(history_);
  history_.Event(At(9), P("p1", 4));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
}

TEST_F(StreamHistoryTest, ReliableMeansThatANewPayoutBeginsWithItsFirstChange) {
  Begin(history_);
  history_.Event(At(9), P("p3", 2));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
  ShownPayout settled = P("p4", 5);
  settled.was_settled = true;
  history_.Event(At(10), settled);  // The snapshot did not show it.
  EXPECT_EQ(history_.violations().size(), 1u);
}

TEST_F(StreamHistoryTest, ReliableMeansAWholeSnapshot) {
  history_.Opened("");
  history_.SnapshotBegin({"s0", 5});
  history_.SnapshotEnd({"s2", 5}, 1);
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
}

TEST_F(StreamHistoryTest, ReliableMeansAllThatTheStoreHas) {
  Begin(history_);
  history_.ExpectEvents({P("p2", 1), P("p1", 3)});
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
}

TEST_F(StreamHistoryTest, ReliableMeansNothingThatTheStoreDoesNotHave) {
  Begin(history_);
  history_.ExpectEvents({});
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
}

TEST_F(StreamHistoryTest, ReliableMeansThatProgressDoesNotStepOverWhatARepetitionOwes) {
  Begin(history_);
  history_.Opened("s2");
  history_.Progress(At(6));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kReliable));
}

TEST_F(StreamHistoryTest, ResumableMeansStrictlyAfterTheToken) {
  Begin(history_);
  history_.Opened("t6");
  history_.Event(At(6), P("p3", 1));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kResumable));
}

TEST_F(StreamHistoryTest, ResumableMeansTheSameAgain) {
  Begin(history_);
  history_.Event(At(9), P("p1", 3));
  history_.Opened("s2");
  history_.Event(At(9), P("p1", 3));  // Without p2's, which came before it.
  EXPECT_EQ(Broken(history_).front(), StreamProperty::kResumable);
}

TEST_F(StreamHistoryTest, ResumableNeedsATokenOnEveryMessageAndOneThatCame) {
  Begin(history_);
  history_.Event({.token = "", .position = 9}, P("p1", 3));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kResumable));
  history_.Opened("another");
  EXPECT_THAT(Broken(history_),
              ElementsAre(StreamProperty::kResumable, StreamProperty::kResumable));
}

TEST_F(StreamHistoryTest, SameContentHoldsOverAllReadersAndGets) {
  Begin(history_);
  EXPECT_EQ(book_.Note("get", P("p2", 1)), std::nullopt);
  EXPECT_NE(book_.Note("get", P("p2", 1, "other")), std::nullopt);
  StreamHistory second({.name = "second"}, book_);
  second.Opened("");
  second.SnapshotBegin({"s0", 6});
  second.SnapshotPayout({"s1", 6}, P("p2", 1, "other"));
  EXPECT_THAT(Broken(second), ElementsAre(StreamProperty::kSameContent));
  EXPECT_THAT(Broken(history_), IsEmpty());
}

TEST_F(StreamHistoryTest, SameContentHoldsForRepetitions) {
  Begin(history_);
  history_.Opened("s2");
  history_.Event(At(6), P("p2", 1, "other"));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kSameContent));
}

TEST_F(StreamHistoryTest, HonestProgressMeansThatNothingAtOrBeforeItComes) {
  Begin(history_);
  history_.Progress(At(9));
  history_.Event(At(9), P("p1", 3));
  EXPECT_EQ(Broken(history_).front(), StreamProperty::kHonestProgress);
}

TEST_F(StreamHistoryTest, HonestProgressNeverGoesBack) {
  Begin(history_);
  history_.Progress(At(5));
  EXPECT_THAT(Broken(history_), ElementsAre(StreamProperty::kHonestProgress));
}

TEST_F(StreamHistoryTest, AReaderOfSomeStatesSeesSomeRevisions) {
  StreamHistory some({.name = "some", .every_change = false}, book_);
  some.Opened("");
  some.Event(At(3), P("p1", 4));
  some.Event(At(9), P("p1", 7));
  EXPECT_THAT(Broken(some), IsEmpty());
  some.Event(At(10), P("p1", 6));
  EXPECT_THAT(Broken(some), ElementsAre(StreamProperty::kOrdered));
}

}  // namespace
}  // namespace payout::testing
