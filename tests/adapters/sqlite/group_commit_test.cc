// Groups that run again because a call failed half-way, and the log they are written to.

#include "adapters/sqlite/group_commit.h"

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/adapters/sqlite/store_fixture.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"

namespace payout::sqlite {
namespace {

using testing::At;
using ::testing::ElementsAreArray;
using testing::Key;
using testing::LoopExecutor;
using testing::NewPayout;
using testing::To;

class GroupCommitTest : public testing::StoreFixture {
 protected:
  // Refused by the schema, after the row and its event were written.
  static Change FailsHalfWay(const Payout& row) {
    Change change = To(State::kProcessing, row, At(1));
    change.attempt = Attempt{};
    change.attempt->call = static_cast<payout::Call>(9);
    return change;
  }

  void ExpectStored(const Payout& row) {
    const Payout stored = loop_.Run(store_->Find(row.intent.key))->value();
    EXPECT_EQ(stored.sequence, row.sequence);
    EXPECT_EQ(stored.version, row.version);
    EXPECT_EQ(stored.revision, row.revision);
    EXPECT_EQ(stored.position, row.position);
    EXPECT_EQ(stored.status, row.status);
  }
};

TEST_F(GroupCommitTest, AGroupThatRunsAgainWritesAndTellsEachCallOnce) {
  Open();
  const Payout good = loop_.Run(store_->Insert(NewPayout("good")))->payout;
  const Payout bad = loop_.Run(store_->Insert(NewPayout("bad")))->payout;
  std::vector<std::int64_t> told;
  store_->OnCommit([&told](std::int64_t, std::vector<EventPtr> events) {
    for (const EventPtr& event : events) told.push_back(event->position);
  });
  Change change = To(State::kProcessing, good, At(1));
  change.attempt = Attempt{};
  change.attempt->call = payout::Call::kCreate;

  const WriteCounts before = store_->write_counts();
  std::deque<std::optional<absl::StatusOr<InsertResult>>> inserts;
  std::optional<absl::StatusOr<Payout>> changed;
  std::optional<absl::StatusOr<Payout>> failed;
  TaskScope scope;
  {
    auto blocker = *Database::Open(path_, Database::Access::kReadWrite);
    ASSERT_EQ(blocker->Execute("BEGIN IMMEDIATE"), absl::OkStatus());
    // The writer may take the first of them alone, and waits for the lock then.
    for (int i = 0; i < 3; ++i) {
      scope.Spawn(LoopExecutor::Keep(store_->Insert(NewPayout(absl::StrCat("p", i))),
                                     inserts.emplace_back()));
    }
    scope.Spawn(LoopExecutor::Keep(store_->Apply(change), changed));
    scope.Spawn(LoopExecutor::Keep(store_->Apply(FailsHalfWay(bad)), failed));
  }
  loop_.RunUntil([&scope] { return scope.active() == 0; });
  loop_.RunPosted();

  EXPECT_GT(store_->write_counts().rows - before.rows, 3 * 2 + 3);  // It did run again.
  EXPECT_EQ((*failed).status().code(), absl::StatusCode::kInternal);
  ExpectStored(bad);
  ASSERT_TRUE((*changed).ok()) << (*changed).status();
  EXPECT_EQ((*changed)->version, good.version + 1);
  EXPECT_EQ((*changed)->revision, good.revision + 1);
  ExpectStored(**changed);
  EXPECT_EQ(loop_.Run(store_->Attempts(Key("good")))->size(), 1u);
  for (const auto& insert : inserts) {
    ASSERT_TRUE((*insert).ok()) << (*insert).status();
    ExpectStored((*insert)->payout);
  }
  EXPECT_THAT(told, ElementsAreArray({3, 4, 5, 6}));
  EXPECT_EQ(loop_.Run(store_->LastPosition()).value(), 6);
}

TEST_F(GroupCommitTest, TheClockIsNotedThoughTheGroupRanAgain) {
  Open();
  const Payout bad = loop_.Run(store_->Insert(NewPayout("bad")))->payout;
  Payout later = NewPayout("later");
  later.created_at = later.updated_at = At(600);
  std::optional<absl::StatusOr<InsertResult>> first;
  std::optional<absl::StatusOr<InsertResult>> inserted;
  std::optional<absl::StatusOr<Payout>> failed;
  TaskScope scope;
  {
    auto blocker = *Database::Open(path_, Database::Access::kReadWrite);
    ASSERT_EQ(blocker->Execute("BEGIN IMMEDIATE"), absl::OkStatus());
    scope.Spawn(LoopExecutor::Keep(store_->Insert(NewPayout("first")), first));
    scope.Spawn(LoopExecutor::Keep(store_->Insert(later), inserted));
    scope.Spawn(LoopExecutor::Keep(store_->Apply(FailsHalfWay(bad)), failed));
  }
  loop_.RunUntil([&scope] { return scope.active() == 0; });
  ASSERT_TRUE((*inserted).ok()) << (*inserted).status();
  const auto database = *Database::Open(path_, Database::Access::kReadOnly);
  EXPECT_EQ(database->QueryInt("SELECT value FROM meta WHERE name = 'clock'").value(),
            absl::ToUnixMicros(At(600)));
}

// An analysis or a backup of somebody else.
TEST_F(GroupCommitTest, TheLogStartsAnewOnceAReaderThatStayedOpenIsGone) {
  SqliteOptions options;
  options.checkpoint_pages = 8;
  Open(options);
  const auto insert = [this](const std::string& id) {
    return loop_.Run(store_->Insert(NewPayout(id))).status();
  };
  ASSERT_EQ(insert("first"), absl::OkStatus());
  const auto reader = *Database::Open(path_, Database::Access::kReadOnly);
  ASSERT_EQ(reader->Execute("BEGIN"), absl::OkStatus());
  ASSERT_EQ(reader->QueryInt("SELECT count(*) FROM payouts").value(), 1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(insert(absl::StrCat("while-", i)), absl::OkStatus());
  }
  ASSERT_EQ(reader->Execute("COMMIT"), absl::OkStatus());
  const std::uintmax_t before = std::filesystem::file_size(path_ + "-wal");
  for (int i = 0; i < 600; ++i) {
    ASSERT_EQ(insert(absl::StrCat("after-", i)), absl::OkStatus());
  }
  // Each insert logs ten pages and more: a log that does not start anew would have 24 MB more.
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), before + (12u << 20));
}

}  // namespace
}  // namespace payout::sqlite
