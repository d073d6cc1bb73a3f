// What the port says about a backup that was put back.

#include <gmock/gmock.h>

#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(PayoutStoreRestore, AStoreThatWasNeverRestoredSaysSoAndHasNoSuchRows) {
  Insert(NewPayout("a"));
  EXPECT_EQ(store().identity().restored_at, std::nullopt);
  EXPECT_THAT(Must(store().RestoredRows(0, 10)), IsEmpty());
  EXPECT_EQ(Run(store().FinishRestore()), absl::OkStatus());
}

TEST_P(PayoutStoreRestore, ItHasTheSameIdAndSecretAndAnotherEpoch) {
  const StoreIdentity before = store().identity();
  under_test().Restore(At(100));
  const StoreIdentity after = store().identity();
  EXPECT_EQ(after.store_id, before.store_id);
  EXPECT_EQ(after.secret.Reveal(), before.secret.Reveal());
  EXPECT_NE(after.epoch, before.epoch);
  EXPECT_EQ(after.restored_at, At(100));
  under_test().Restore(At(200));
  EXPECT_NE(store().identity().epoch, after.epoch);
  EXPECT_NE(store().identity().epoch, before.epoch);
  EXPECT_EQ(store().identity().restored_at, At(200));
}

TEST_P(PayoutStoreRestore, ItsOpenRowsOfBeforeAreToldInOrderAndInPages) {
  for (const char* id : {"queued", "submitting", "unknown", "processing", "settled", "cancelled"}) {
    Insert(NewPayout(id));
  }
  Insert(NewPayout(Key("elsewhere", "other shop"), "bob"));
  Move(Get(Key("submitting")), State::kSubmitting, At(1));
  Move(Get(Key("unknown")), State::kOutcomeUnknown, At(1));
  Move(Get(Key("processing")), State::kProcessing, At(1));
  Move(Get(Key("settled")), State::kSucceeded, At(1));
  Move(Get(Key("cancelled")), State::kCancelled, At(1));
  under_test().Restore(At(100));

  const std::vector<Payout> all = Must(store().RestoredRows(0, 10));
  EXPECT_THAT(Ids(all), ElementsAre("queued", "unknown", "elsewhere"));
  for (const Payout& row : all) ExpectSame(row, Get(row.intent.key));
  const std::vector<Payout> first = Must(store().RestoredRows(0, 2));
  EXPECT_THAT(Ids(first), ElementsAre("queued", "unknown"));
  EXPECT_THAT(Ids(Must(store().RestoredRows(first.back().sequence, 2))), ElementsAre("elsewhere"));
  EXPECT_THAT(Must(store().RestoredRows(all.back().sequence, 2)), IsEmpty());
}

TEST_P(PayoutStoreRestore, RowsFromAfterwardsAreNotAmongThem) {
  Insert(NewPayout("before"));
  under_test().Restore(At(100));
  Insert(NewPayout("after"));
  EXPECT_THAT(Ids(Must(store().RestoredRows(0, 10))), ElementsAre("before"));
}

TEST_P(PayoutStoreRestore, TheyStayThereOverRestartsUntilTheRestoreIsFinished) {
  Insert(NewPayout("a"));
  Insert(NewPayout("b"));
  under_test().Restore(At(100));
  const std::uint64_t epoch = store().identity().epoch;
  Move(Get(Key("a")), State::kProcessing, At(101));
  under_test().Reopen();
  EXPECT_EQ(store().identity().epoch, epoch) << "a restart is no restore";
  EXPECT_THAT(Ids(Must(store().RestoredRows(0, 10))), ElementsAre("b"));
  EXPECT_EQ(Run(store().FinishRestore()), absl::OkStatus());
  EXPECT_THAT(Must(store().RestoredRows(0, 10)), IsEmpty());
  under_test().Reopen();
  EXPECT_THAT(Must(store().RestoredRows(0, 10)), IsEmpty());
  EXPECT_EQ(store().identity().restored_at, At(100)) << "that it was restored is kept";
}

}  // namespace
}  // namespace payout::testing
