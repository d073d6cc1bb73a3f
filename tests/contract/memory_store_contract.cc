// MemoryStore keeps the contract of PayoutStore; and its faults do what they say.

#include "adapters/memory/books.h"
#include "adapters/memory/memory_store.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

class MemoryStoreUnderTest final : public StoreUnderTest {
 public:
  PayoutStore& store() override { return store_; }
  LoopExecutor& loop() override { return loop_; }
  bool Reopen() override { return false; }
  void Restore(absl::Time now) override { store_.Restore(*store_.Backup(), now); }
  std::int64_t Parked(const PayoutKey& key) override { return store_.ParkedCount(key); }

 private:
  LoopExecutor loop_;
  MemoryStore store_{loop_};
};

const StoreFactory kMemory = [] { return std::make_unique<MemoryStoreUnderTest>(); };

PAYOUT_INSTANTIATE_STORE_CONTRACT(Memory, kMemory);

TEST(MemoryStoreFaults, ACallThatFailsBeforeApplyingWritesNothing) {
  LoopExecutor loop;
  MemoryStore store(loop);
  store.FailNext(absl::UnavailableError("full"), /*after_applying=*/false);
  EXPECT_EQ(loop.Run(store.Insert(NewPayout("a"))).status(), absl::UnavailableError("full"));
  EXPECT_TRUE(loop.Run(store.Insert(NewPayout("a")))->inserted);
}

TEST(MemoryStoreFaults, ACallThatFailsAfterApplyingHasWritten) {
  LoopExecutor loop;
  MemoryStore store(loop);
  store.FailNext(absl::UnavailableError("lost"), /*after_applying=*/true);
  EXPECT_EQ(loop.Run(store.Insert(NewPayout("a"))).status(), absl::UnavailableError("lost"));
  EXPECT_FALSE(loop.Run(store.Insert(NewPayout("a")))->inserted);
}

TEST(MemoryStoreFaults, AStoreThatIsGoneAnswersNobody) {
  LoopExecutor loop;
  bool heard = false;
  std::optional<absl::StatusOr<InsertResult>> result;
  {
    TaskScope scope;
    MemoryStore store(loop);
    store.OnCommit([&heard](std::int64_t, const std::vector<EventPtr>&) { heard = true; });
    scope.Spawn(LoopExecutor::Keep(store.Insert(NewPayout("a")), result));
  }
  loop.RunPosted();
  EXPECT_FALSE(heard);
  EXPECT_FALSE(result.has_value());
}

}  // namespace
}  // namespace payout::testing
