// SqliteStore keeps the contract of PayoutStore. What is particular to it is tested in
// tests/adapters/sqlite.

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/contract/payout_store_contract.h"
#include "tests/contract/temp_dir.h"

namespace payout::testing {
namespace {

class SqliteStoreUnderTest final : public StoreUnderTest {
 public:
  SqliteStoreUnderTest() { Open(); }
  ~SqliteStoreUnderTest() override {
    store_.reset();
    loop_.RunPosted();
  }

  PayoutStore& store() override { return *store_; }
  LoopExecutor& loop() override { return loop_; }
  bool Reopen() override {
    store_.reset();
    Open();
    return true;
  }
  void Restore(absl::Time now) override {
    store_.reset();
    SqliteOptions options;
    options.restored = true;
    options.now = now;
    Open(options);
  }
  std::int64_t Parked(const PayoutKey& key) override {
    auto database = sqlite::Database::Open(path_, sqlite::Database::Access::kReadOnly);
    sqlite::Query query = (*database)->Run(
        "SELECT callbacks FROM parked_callbacks WHERE merchant = ? AND payout_id = ?");
    const absl::StatusOr<bool> found =
        query.Bind(key.merchant.value()).Bind(key.payout_id.value()).Step();
    return found.value() ? query.Int(0) : 0;
  }

 private:
  void Open(const SqliteOptions& options = {}) {
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, loop_, options);
    store_ = *std::move(store);  // Ends the test program, with the status, when there is none.
  }

  TempDir directory_;
  const std::string path_ = directory_.File("store.db");
  LoopExecutor loop_;
  std::unique_ptr<SqliteStore> store_;
};

const StoreFactory kSqlite = [] { return std::make_unique<SqliteStoreUnderTest>(); };

PAYOUT_INSTANTIATE_STORE_CONTRACT(Sqlite, kSqlite);

}  // namespace
}  // namespace payout::testing
