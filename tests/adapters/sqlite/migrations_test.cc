#include "adapters/sqlite/migrations.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/record/record_codec.h"
#include "adapters/sqlite/identity.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"
#include "tests/contract/temp_dir.h"

namespace payout::sqlite {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::LoopExecutor;
using testing::NewPayout;

class MigrationsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> OpenFile() {
    std::ofstream create(path_, std::ios::app);
    create.close();
    return *Database::Open(path_, Database::Access::kReadWrite);
  }

  absl::Status OpenStore() { return SqliteStore::Open(path_, loop_).status(); }

  std::string Contents() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // The schema as released, and a step after it.
  static std::vector<Migration> Next(const char* sql) {
    std::vector<Migration> migrations(SchemaMigrations().begin(), SchemaMigrations().end());
    migrations.push_back({migrations.back().version + 1, sql});
    return migrations;
  }

  static std::int64_t Version(Database& database) {
    return database.QueryInt("SELECT value FROM meta WHERE name = 'schema_version'").value();
  }

  testing::TempDir directory_;
  const std::string path_ = directory_.File("store.db");
  LoopExecutor loop_;
};

TEST_F(MigrationsTest, VersionsCountFromOneWithoutGaps) {
  int expected = 0;
  for (const Migration& migration : SchemaMigrations()) EXPECT_EQ(migration.version, ++expected);
  EXPECT_GE(expected, 1);
}

TEST_F(MigrationsTest, ANewFileGetsAllStepsAndRunningThemAgainChangesNothing) {
  const auto database = OpenFile();
  ASSERT_EQ(Migrate(*database, SchemaMigrations()), absl::OkStatus());
  EXPECT_EQ(Version(*database), SchemaMigrations().back().version);
  const StoreIdentity identity = ReadIdentity(*database).value();
  ASSERT_EQ(Migrate(*database, SchemaMigrations()), absl::OkStatus());
  EXPECT_EQ(ReadIdentity(*database)->store_id, identity.store_id);
}

TEST_F(MigrationsTest, AnOlderFileIsMigratedAndKeepsItsPayouts) {
  {
    const auto store = SqliteStore::Open(path_, loop_).value();
    ASSERT_TRUE(loop_.Run(store->Insert(NewPayout("a"))).ok());
  }
  const auto database = OpenFile();
  ASSERT_EQ(
      Migrate(*database, Next("ALTER TABLE payouts ADD COLUMN note TEXT NOT NULL DEFAULT 'new'")),
      absl::OkStatus());
  EXPECT_EQ(Version(*database), SchemaMigrations().back().version + 1);
  EXPECT_EQ(
      database->QueryInt("SELECT count(*) FROM payouts WHERE payout_id = 'a' AND note = 'new'")
          .value(),
      1);
}

TEST_F(MigrationsTest, QueuedPayoutsOfAnOlderFileExpireInTime) {
  Payout waiting = NewPayout("waiting");
  waiting.intent.submit_before = testing::At(50);
  {
    const auto database = OpenFile();
    ASSERT_EQ(Migrate(*database, SchemaMigrations().first(1)), absl::OkStatus());
    // As the first version wrote it.
    for (const char* id : {"waiting", "open"}) {
      Payout row = waiting;
      row.intent.key = testing::Key(id);
      if (std::string(id) == "open") row.intent.submit_before.reset();
      ASSERT_EQ(database
                    ->Run("INSERT INTO payouts (tenant, merchant, payout_id, amount, currency, "
                          "method, created_at, updated_at, state, needs_review, revision, "
                          "position, version, work, due_at, fingerprint, status, bookkeeping, "
                          "sensitive) VALUES ('alice', 'shop', ?, '1', 'EUR', 'x', 0, 0, 1, 0, 1, "
                          "1, 1, 3, 0, 'f', ?, ?, ?)")
                    .Bind(id)
                    .BindBlob(record::EncodeStatus(row.status))
                    .BindBlob(record::EncodeBookkeeping(row))
                    .BindBlob(record::EncodeSensitive(row.intent, row.rendered))
                    .Finish(),
                absl::OkStatus());
    }
  }
  const auto store = SqliteStore::Open(path_, loop_).value();
  const absl::Time now = testing::At(51);
  const absl::StatusOr<LeaseResult> leased =
      loop_.Run(store->Lease({.merchant = MerchantName("shop"),
                              .work = WorkClass::kCreate,
                              .now = now,
                              .until = now + absl::Seconds(60),
                              .owner = "me",
                              .limit = 10,
                              .expired_only = true}));
  ASSERT_TRUE(leased.ok()) << leased.status();
  ASSERT_EQ(leased->payouts.size(), 1u);
  EXPECT_EQ(leased->payouts[0].intent.key.payout_id.value(), "waiting");
}

TEST_F(MigrationsTest, TheLogOfOperatorActionsOnlyGrows) {
  const auto database = OpenFile();
  ASSERT_EQ(Migrate(*database, SchemaMigrations()), absl::OkStatus());
  ASSERT_EQ(database->Execute("INSERT INTO operator_actions (at, operator, verb, merchant, "
                              "payout_id, note, details) VALUES (1, 'ada', 1, '', '', 'n', 'd')"),
            absl::OkStatus());
  EXPECT_FALSE(database->Execute("UPDATE operator_actions SET note = 'other'").ok());
  EXPECT_FALSE(database->Execute("DELETE FROM operator_actions").ok());
}

TEST_F(MigrationsTest, AStepThatFailsLeavesTheFileAsItWas) {
  const auto database = OpenFile();
  ASSERT_EQ(Migrate(*database, SchemaMigrations()), absl::OkStatus());
  EXPECT_FALSE(
      Migrate(*database, Next("ALTER TABLE payouts ADD COLUMN note TEXT; SELECT nonsense")).ok());
  EXPECT_FALSE(database->InTransaction());
  EXPECT_EQ(Version(*database), SchemaMigrations().back().version);
  EXPECT_EQ(
      database->QueryInt("SELECT count(*) FROM pragma_table_info('payouts') WHERE name = 'note'")
          .value(),
      0);
}

TEST_F(MigrationsTest, AFileOfANewerProgramIsRefusedAndUntouched) {
  {
    const auto database = OpenFile();
    ASSERT_EQ(Migrate(*database, Next("CREATE TABLE later (n INTEGER)")), absl::OkStatus());
  }
  const std::string before = Contents();
  const absl::Status status = OpenStore();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(path_), HasSubstr("schema version 3"), HasSubstr("up to 2"),
                    HasSubstr("newer program")));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MigrationsTest, ADatabaseOfSomethingElseIsRefusedAndUntouched) {
  ASSERT_EQ(OpenFile()->Execute("CREATE TABLE recipes (n INTEGER)"), absl::OkStatus());
  const std::string before = Contents();
  const absl::Status status = OpenStore();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("not a payout store"));
  EXPECT_EQ(Contents(), before);
}

TEST_F(MigrationsTest, AFileThatIsNoDatabaseIsRefusedAndUntouched) {
  std::ofstream(path_) << std::string(5000, 'x');
  const std::string before = Contents();
  EXPECT_EQ(OpenStore().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Contents(), before);
}

TEST_F(MigrationsTest, AStoreWithoutItsIdentityIsNotOpened) {
  {
    const auto database = OpenFile();
    ASSERT_EQ(Migrate(*database, SchemaMigrations()), absl::OkStatus());
    ASSERT_EQ(database->Execute("DELETE FROM meta WHERE name = 'secret'"), absl::OkStatus());
  }
  EXPECT_EQ(OpenStore().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace payout::sqlite
