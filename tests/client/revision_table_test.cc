#include "client/revision_table.h"

#include <gtest/gtest.h>

#include "tests/client/builders.h"

namespace payout::client {
namespace {

v1::Payout At(const std::string& id, int64_t revision) {
  return MakePayout(id, v1::PAYOUT_STATE_QUEUED, revision);
}

TEST(RevisionTableTest, TheFirstSightOfAPayoutIsTakenAsItComes) {
  RevisionTable table(10);
  const auto verdict = table.Note(At("a", 5));
  EXPECT_FALSE(verdict.repeated);
  EXPECT_EQ(verdict.missing, 0);
}

TEST(RevisionTableTest, TheSameOrAnEarlierRevisionIsRepeated) {
  RevisionTable table(10);
  table.Note(At("a", 5));
  EXPECT_TRUE(table.Note(At("a", 5)).repeated);
  EXPECT_TRUE(table.Note(At("a", 4)).repeated);
  EXPECT_FALSE(table.Note(At("a", 6)).repeated);
}

TEST(RevisionTableTest, RevisionsInBetweenAreMissing) {
  RevisionTable table(10);
  table.Note(At("a", 1));
  EXPECT_EQ(table.Note(At("a", 2)).missing, 0);
  EXPECT_EQ(table.Note(At("a", 5)).missing, 2);
  EXPECT_EQ(table.Note(At("a", 6)).missing, 0);
}

TEST(RevisionTableTest, SameIdAtAnotherMerchantIsAnotherPayout) {
  RevisionTable table(10);
  table.Note(At("a", 5));
  v1::Payout other = At("a", 1);
  other.set_merchant("second");
  EXPECT_FALSE(table.Note(other).repeated);
}

TEST(RevisionTableTest, TheOneSilentForLongestIsForgotten) {
  RevisionTable table(2);
  table.Note(At("a", 1));
  table.Note(At("b", 1));
  table.Note(At("a", 2));
  table.Note(At("c", 1));  // forgets b
  EXPECT_TRUE(table.Note(At("a", 2)).repeated);
  EXPECT_TRUE(table.Note(At("c", 1)).repeated);
  EXPECT_FALSE(table.Note(At("b", 1)).repeated);
}

TEST(RevisionTableTest, ClearForgetsAll) {
  RevisionTable table(2);
  table.Note(At("a", 1));
  table.Clear();
  EXPECT_FALSE(table.Note(At("a", 1)).repeated);
}

}  // namespace
}  // namespace payout::client
