#include "adapters/sqlite/database.h"

#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/temp_dir.h"

namespace payout::sqlite {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    std::ofstream create(directory_.File("a.db"));
    create.close();
    database_ = *Database::Open(directory_.File("a.db"), Database::Access::kReadWrite);
    EXPECT_EQ(database_->Execute("CREATE TABLE t (n INTEGER, s TEXT, b BLOB) STRICT"),
              absl::OkStatus());
  }

  testing::TempDir directory_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWereBound) {
  const std::string bytes("\0\xff\1", 3);
  ASSERT_EQ(database_->Run("INSERT INTO t VALUES (?, ?, ?)")
                .Bind(-5)
                .Bind("text")
                .BindBlob(bytes)
                .Finish(),
            absl::OkStatus());
  ASSERT_EQ(database_->Run("INSERT INTO t VALUES (?, ?, ?)")
                .Bind(std::optional<std::int64_t>())
                .Bind(std::string_view())
                .BindBlob({})
                .Finish(),
            absl::OkStatus());
  Query query = database_->Run("SELECT n, s, b FROM t ORDER BY rowid");
  ASSERT_TRUE(query.Step().value());
  EXPECT_EQ(query.Int(0), -5);
  EXPECT_EQ(query.Bytes(1), "text");
  EXPECT_EQ(query.Bytes(2), bytes);
  ASSERT_TRUE(query.Step().value());
  EXPECT_EQ(query.OptionalInt(0), std::nullopt);
  EXPECT_FALSE(query.IsNull(1));  // Empty is not NULL.
  EXPECT_FALSE(query.IsNull(2));
  EXPECT_FALSE(query.Step().value());
}

TEST_F(DatabaseTest, AStatementStartsAnewEachTime) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(database_->Run("INSERT INTO t (n) VALUES (?)").Bind(i).Finish(), absl::OkStatus());
  }
  for (int round = 0; round < 2; ++round) {
    Query query = database_->Run("SELECT n FROM t WHERE n >= ? ORDER BY n");
    ASSERT_TRUE(query.Bind(1).Step().value());
    EXPECT_EQ(query.Int(0), 1);  // Left in the middle.
  }
}

TEST_F(DatabaseTest, OneTextCannotBeUsedTwiceAtATime) {
  Query first = database_->Run("SELECT 1");
  ASSERT_TRUE(first.Step().ok());
  Query second = database_->Run("SELECT 1");
  EXPECT_EQ(second.Step().status().code(), absl::StatusCode::kInternal);
}

TEST_F(DatabaseTest, AWrongStatementIsAnErrorOfItsRun) {
  Query query = database_->Run("SELECT nothing FROM nowhere");
  EXPECT_EQ(query.Bind(1).Step().status().code(), absl::StatusCode::kInternal);
}

TEST_F(DatabaseTest, ManyDifferentStatementsAreNotKeptForEver) {
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(database_->QueryInt(absl::StrCat("SELECT ", i)).value(), i);
  int statements = 0;
  for (sqlite3_stmt* s = sqlite3_next_stmt(database_->handle(), nullptr); s != nullptr;
       s = sqlite3_next_stmt(database_->handle(), s)) {
    ++statements;
  }
  EXPECT_LE(statements, 200);
}

TEST_F(DatabaseTest, AReadOnlyConnectionCannotWrite) {
  const auto reader = *Database::Open(directory_.File("a.db"), Database::Access::kReadOnly);
  EXPECT_EQ(reader->Execute("INSERT INTO t (n) VALUES (1)").code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace payout::sqlite
