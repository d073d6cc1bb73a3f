// What is particular to SqliteStore: its file, its lock, its groups, its end. The port's contract
// is tested in tests/contract.

#include "adapters/sqlite/sqlite_store.h"

#include <array>
#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/shared_reader.h"
#include "tests/adapters/sqlite/store_fixture.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"

namespace payout::sqlite {
namespace {

using ::testing::AllOf;
using testing::At;
using ::testing::HasSubstr;
using testing::Key;
using testing::LoopExecutor;
using testing::NewPayout;
using testing::Quiet;
using testing::To;

template <class T>
using Results = std::deque<std::optional<absl::StatusOr<T>>>;

class SqliteStoreTest : public testing::StoreFixture {
 protected:
  template <class T>
  absl::StatusOr<T> Run(Task<absl::StatusOr<T>> task) {
    return loop_.Run(std::move(task));
  }

  // Starts an insert of each of `count` payouts: p0, p1, ...
  void StartInserts(TaskScope& scope, Results<InsertResult>& results, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      Task<absl::StatusOr<InsertResult>> insert =
          store_->Insert(NewPayout(absl::StrCat("p", results.size())));
      scope.Spawn(LoopExecutor::Keep(std::move(insert), results.emplace_back()));
    }
  }

  void Finish(TaskScope& scope) {
    loop_.RunUntil([&scope] { return scope.active() == 0; });
  }

  // All waiting at once. The inserts succeed.
  absl::StatusOr<Payout> ApplyAmongTenInserts(const Change& change) {
    Results<InsertResult> inserts;
    std::optional<absl::StatusOr<Payout>> applied;
    TaskScope scope;
    {
      const auto blocker = BlockWriter();
      StartInserts(scope, inserts, 5);
      scope.Spawn(LoopExecutor::Keep(store_->Apply(change), applied));
      StartInserts(scope, inserts, 5);
    }
    Finish(scope);
    for (const auto& result : inserts) EXPECT_TRUE((*result).ok()) << (*result).status();
    return *std::move(applied);
  }

  // Holds the database's only write lock, so that calls pile up behind it.
  std::unique_ptr<Database> BlockWriter() {
    auto blocker = *Database::Open(path_, Database::Access::kReadWrite);
    EXPECT_EQ(blocker->Execute("BEGIN IMMEDIATE"), absl::OkStatus());
    return blocker;
  }
};

mode_t ModeOf(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST_F(SqliteStoreTest, ItsFilesAreTheOwnersOnly) {
  const mode_t before = umask(0);
  Open();
  ASSERT_TRUE(Run(store_->Insert(NewPayout("a"))).ok());
  umask(before);
  for (const char* suffix : {"", "-wal", "-shm", ".lock", ".epoch"})
    EXPECT_EQ(ModeOf(path_ + suffix), 0600u) << suffix;
}

TEST_F(SqliteStoreTest, TheLastDirectoryOfItsPathIsCreated) {
  EXPECT_TRUE(SqliteStore::Open(directory_.File("new/store.db"), loop_).ok());
  EXPECT_EQ(ModeOf(directory_.File("new")), 0700u);
  const absl::Status status =
      SqliteStore::Open(directory_.File("no/such/store.db"), loop_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no/such"));
}

TEST_F(SqliteStoreTest, CommitsAreDurableAndConnectionsBounded) {
  Open();
  const auto other = *Database::Open(path_, Database::Access::kReadOnly);
  Query mode = other->Run("PRAGMA journal_mode");
  ASSERT_TRUE(mode.Step().value());
  EXPECT_EQ(mode.Bytes(0), "wal");
}

TEST_F(SqliteStoreTest, ASecondStoreOnTheFileIsRefusedNamingTheHolder) {
  Open();
  const absl::Status status = SqliteStore::Open(path_, loop_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(path_ + ".lock"), HasSubstr(absl::StrCat(getpid()))));
  store_.reset();
  Open();
}

TEST_F(SqliteStoreTest, AnotherProcessKeepsTheFileUntilItDies) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto store = SqliteStore::Open(path_, loop_);
    const char byte = store.ok() ? '1' : '0';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, '1');
  const absl::Status status = SqliteStore::Open(path_, loop_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("process ", child)));

  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ready[0]);
  close(ready[1]);
  Open();
}

TEST_F(SqliteStoreTest, ConcurrentInsertsShareCommitsAndAreAllThereAfterwards) {
  Open();
  int commits = 0;
  store_->OnCommit([&commits](std::int64_t, const std::vector<EventPtr>&) { ++commits; });
  Results<InsertResult> results;
  TaskScope scope;
  StartInserts(scope, results, 2000);
  Finish(scope);
  EXPECT_GE(commits, 1);
  EXPECT_LT(commits, 1000);

  Open();
  for (const auto& result : results) {
    ASSERT_TRUE((*result).ok()) << (*result).status();
    const auto found = Run(store_->Find((*result)->payout.intent.key));
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->position, (*result)->payout.position);
  }
  EXPECT_EQ(Run(store_->LastPosition()).value(), 2000);
}

// Each thread goes on to the next payout when it has seen the one before, whole.
TEST_F(SqliteStoreTest, AReaderOnAnyThreadSeesPayoutsAsTheyAreCommitted) {
  constexpr int kPayouts = 200;
  Open();
  PayoutReader& reader = *store_->reader();
  std::array<int, 2 * SharedReader::kConnections> seen = {};
  std::atomic<bool> all_written = false;
  std::vector<std::thread> threads;
  for (int& mine : seen) {
    threads.emplace_back([&] {
      while (mine < kPayouts) {
        const bool last_chance = all_written;
        const PayoutKey key = Key(absl::StrCat("p", mine));
        const auto found = reader.Find(key);
        if (absl::IsUnavailable(found.status())) continue;  // the others have all connections
        if (!found.ok() || (last_chance && !*found)) return;
        if (!*found) continue;
        if ((*found)->revision != 1 || (*found)->intent.key != key) return;
        ++mine;
      }
    });
  }
  TaskScope scope;
  Results<InsertResult> results;
  StartInserts(scope, results, kPayouts);
  Finish(scope);
  all_written = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, ::testing::Each(kPayouts));
  const auto none = reader.Find(Key("nobody-has-it"));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_value());
}

TEST_F(SqliteStoreTest, CallsThatWaitTogetherAreCountedAsOneCommit) {
  Open();
  ASSERT_TRUE(Run(store_->Insert(NewPayout("a"))).ok());
  const WriteCounts before = store_->write_counts();
  EXPECT_EQ(before.commits, 1);
  EXPECT_EQ(before.calls, 1);
  auto blocker = BlockWriter();
  TaskScope scope;
  Results<InsertResult> results;
  // The writer may take the first of them alone, and waits for the lock then.
  StartInserts(scope, results, 11);
  blocker.reset();
  Finish(scope);
  const WriteCounts after = store_->write_counts();
  EXPECT_EQ(after.calls - before.calls, 11);
  EXPECT_LE(after.commits - before.commits, 2);
  EXPECT_EQ(after.rows - before.rows, 22);  // a payout and an event each
}

TEST_F(SqliteStoreTest, ACallThatFailsIsRolledBackAloneWithinItsGroup) {
  Open();
  const Payout row = Run(store_->Insert(NewPayout("a")))->payout;
  // Refused by the schema, after the row and its event were written.
  Change bad = To(State::kProcessing, row, At(1));
  bad.attempt = Attempt{};
  bad.attempt->call = static_cast<Call>(9);

  EXPECT_EQ(ApplyAmongTenInserts(bad).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Run(store_->Find(Key("a")))->value().status.state, State::kQueued);
  const EventPage events = Run(store_->ReadEvents(0, 100)).value();
  ASSERT_EQ(events.events.size(), 11u);
  for (std::size_t i = 0; i < 11; ++i)
    EXPECT_EQ(events.events[i].position, static_cast<std::int64_t>(i) + 1);
}

TEST_F(SqliteStoreTest, ACallThatIsRefusedBeforeItWritesDoesNotRunItsGroupAgain) {
  Open();
  const Payout row = Run(store_->Insert(NewPayout("a")))->payout;
  Change stale = To(State::kProcessing, row, At(1));
  ++stale.expected_version;
  const WriteCounts before = store_->write_counts();

  EXPECT_EQ(ApplyAmongTenInserts(stale).status().code(), absl::StatusCode::kAborted);
  // Rows of a first run that was undone would count, too.
  EXPECT_EQ(store_->write_counts().rows - before.rows, 20);
}

TEST_F(SqliteStoreTest, BeyondTheBoundOfWaitingCallsAnswersAreUnavailable) {
  SqliteOptions options;
  options.queue_limit = 10;
  options.group_limit = 4;
  Open(options);
  Results<InsertResult> results;
  TaskScope scope;
  {
    const auto blocker = BlockWriter();
    StartInserts(scope, results, 100);
  }
  Finish(scope);
  int written = 0;
  for (const auto& result : results) {
    if ((*result).ok()) {
      ++written;
    } else {
      EXPECT_EQ((*result).status().code(), absl::StatusCode::kUnavailable);
    }
  }
  EXPECT_GE(written, 10);
  EXPECT_LE(written, 14);
  EXPECT_TRUE(Run(store_->Insert(NewPayout("afterwards"))).ok());
}

TEST_F(SqliteStoreTest, ClosingFinishesWhatIsQueuedAndThenPostsNothing) {
  Open();
  int commits = 0;
  store_->OnCommit([&commits](std::int64_t, const std::vector<EventPtr>&) { ++commits; });
  Results<InsertResult> results;
  TaskScope scope;
  StartInserts(scope, results, 500);
  store_.reset();
  const std::size_t posted = loop_.posted();
  EXPECT_GE(posted, 1u);
  Finish(scope);
  EXPECT_EQ(loop_.posted(), 0u);
  EXPECT_EQ(commits, 0);  // Whoever listened may be gone with the store.
  Open();
  for (const auto& result : results) {
    ASSERT_TRUE((*result).ok()) << (*result).status();
    EXPECT_TRUE(Run(store_->Find((*result)->payout.intent.key))->has_value());
  }
}

TEST_F(SqliteStoreTest, ClosingLeavesASingleFileAndTheLock) {
  Open();
  ASSERT_TRUE(Run(store_->Insert(NewPayout("a"))).ok());
  store_.reset();
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-shm"));
  EXPECT_TRUE(std::filesystem::exists(path_ + ".lock"));
}

TEST_F(SqliteStoreTest, TheLogIsCheckpointedWhileTheStoreIsOpen) {
  SqliteOptions options;
  options.checkpoint_pages = 8;
  Open(options);
  std::uintmax_t longest = 0;
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(Run(store_->Insert(NewPayout(absl::StrCat("p", i)))).ok());
    longest = std::max(longest, std::filesystem::file_size(path_ + "-wal"));
  }
  // Each insert logs ten pages and more: without checkpoints it would be over 24 MB.
  EXPECT_LT(longest, 12u << 20);
}

TEST_F(SqliteStoreTest, AStoreThatIsInUseIsRefusedThroughALinkToo) {
  Open();
  const std::string link = path_ + ".link";
  std::filesystem::create_symlink(path_, link);
  const absl::Status status = SqliteStore::Open(link, loop_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("in use by process"));
}

TEST_F(SqliteStoreTest, AStoreWithTwoNamesIsRefused) {
  Open();
  store_.reset();
  const std::string name = path_ + ".second";
  std::filesystem::create_hard_link(path_, name);
  for (const std::string& path : {path_, name}) {
    const absl::Status status = SqliteStore::Open(path, loop_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("hard links"));
  }
}

TEST_F(SqliteStoreTest, AFileThatMayNotGrowIsUnavailableForNewPayoutsUntilItMay) {
  SqliteOptions small;
  small.max_pages = 60;
  Open(small);
  Results<InsertResult> results;
  TaskScope scope;
  StartInserts(scope, results, 2000);
  Finish(scope);
  std::size_t written = 0;
  for (const auto& result : results) {
    if ((*result).ok()) {
      ++written;
    } else {
      EXPECT_EQ((*result).status().code(), absl::StatusCode::kUnavailable) << (*result).status();
    }
  }
  EXPECT_GT(written, 0u);
  EXPECT_LT(written, 2000u);
  // Whatever was acknowledged is there, whatever was not is not, and reads go on.
  EXPECT_EQ(Run(store_->ReadEvents(0, 10'000))->events.size(), written);

  Open();
  EXPECT_TRUE(Run(store_->Insert(NewPayout("afterwards"))).ok());
  EXPECT_EQ(Run(store_->LastPosition()).value(), static_cast<std::int64_t>(written) + 1);
  const auto database = *Database::Open(path_, Database::Access::kReadOnly);
  Query check = database->Run("PRAGMA integrity_check");
  ASSERT_TRUE(check.Step().value());
  EXPECT_EQ(check.Bytes(0), "ok");
}

}  // namespace
}  // namespace payout::sqlite
