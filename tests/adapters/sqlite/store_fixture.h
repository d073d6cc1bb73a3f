// StoreFixture: a store in a directory that goes away, on a loop that runs when the test says so.
//
// Used by: tests of SqliteStore and its parts.

#ifndef PAYOUT_TESTS_ADAPTERS_SQLITE_STORE_FIXTURE_H_
#define PAYOUT_TESTS_ADAPTERS_SQLITE_STORE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "absl/status/statusor.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/temp_dir.h"

namespace payout::testing {

class StoreFixture : public ::testing::Test {
 protected:
  ~StoreFixture() override { Close(); }

  // Closes it first, if it is open.
  void Open(const SqliteOptions& options = {}) {
    store_.reset();
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, loop_, options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Close() {
    store_.reset();
    loop_.RunPosted();
  }

  TempDir directory_;
  const std::string path_ = directory_.File("store.db");
  LoopExecutor loop_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_ADAPTERS_SQLITE_STORE_FIXTURE_H_
