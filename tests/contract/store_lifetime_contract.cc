#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;

TEST_P(PayoutStoreLifetime, TheIdentityIsMadeWithTheStoreAndStays) {
  const StoreIdentity identity = store().identity();
  EXPECT_EQ(identity.store_id.size(), 32u);
  EXPECT_EQ(identity.store_id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(identity.epoch, 0u);
  EXPECT_EQ(identity.secret.Reveal().size(), 32u);

  const std::unique_ptr<StoreUnderTest> other = GetParam()();
  EXPECT_NE(other->store().identity().store_id, identity.store_id);
  EXPECT_NE(other->store().identity().secret.Reveal(), identity.secret.Reveal());

  if (!under_test().Reopen()) return;  // Nothing outlives this kind of store.
  EXPECT_EQ(store().identity().store_id, identity.store_id);
  EXPECT_EQ(store().identity().epoch, identity.epoch);
  EXPECT_EQ(store().identity().secret.Reveal(), identity.secret.Reveal());
}

TEST_P(PayoutStoreLifetime, EverythingSurvivesClosingAndOpening) {
  const Payout full = Insert(FullPayout());
  Payout a = Insert(NewPayout("a"));
  Change change = To(State::kProcessing, a, At(1));
  change.after.schedule = {WorkClass::kPoll, At(10), 1};
  change.attempt =
      Attempt{Call::kCreate, At(0), At(1), Certainty::kAnswered, 201, "ACCEPTED", "create.accept"};
  a = Must(store().Apply(change));
  Must(store().RecordHint(Key("a"), At(5)));
  Must(store().RecordHint(Key("lost"), At(5)));
  a = Get(Key("a"));
  ASSERT_EQ(LeaseDue(WorkClass::kHint, At(6), 10, "before").payouts.size(), 1u);

  if (!under_test().Reopen()) return;  // Nothing outlives this kind of store.
  ExpectSame(Get(full.intent.key), full);
  ExpectSame(Get(Key("a")), a);
  EXPECT_THAT(Ids(AllEvents()), ElementsAre("full", "a", "a"));
  EXPECT_THAT(Must(store().Attempts(Key("a"))), ElementsAre(*change.attempt));
  EXPECT_EQ(under_test().Parked(Key("lost")), 1);
  EXPECT_TRUE(LeaseDue(WorkClass::kHint, At(7), 10, "after").payouts.empty());
  EXPECT_EQ(Must(store().Recover("after", At(7))), 1);
  EXPECT_EQ(LeaseDue(WorkClass::kHint, At(7), 10, "after").payouts.size(), 1u);

  const Payout b = Insert(NewPayout("b"));
  EXPECT_EQ(b.position, 4);
  EXPECT_GT(b.sequence, a.sequence);
}

TEST_P(PayoutStoreLifetime, AWriteWhoseCallerIsDestroyedHappensAndResumesNobody) {
  std::optional<absl::StatusOr<InsertResult>> result;
  {
    TaskScope scope;
    scope.Spawn(LoopExecutor::Keep(store().Insert(NewPayout("a")), result));
  }
  EXPECT_EQ(Insert(NewPayout("b")).position, 2);
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(Get(Key("a")).position, 1);
}

TEST_P(PayoutStoreLifetime, CallsCompleteInALaterTurnOfTheLoop) {
  std::optional<absl::StatusOr<InsertResult>> result;
  TaskScope scope;
  scope.Spawn(LoopExecutor::Keep(store().Insert(NewPayout("a")), result));
  EXPECT_FALSE(result.has_value());
  loop().RunUntil([&result] { return result.has_value(); });
}

}  // namespace
}  // namespace payout::testing
