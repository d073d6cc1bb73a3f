// A backup that is put back is recognised; a crash, a kill or a power failure is not taken for one.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/epoch_file.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"
#include "tests/contract/temp_dir.h"

namespace payout::sqlite {
namespace {

using testing::At;
using ::testing::HasSubstr;
using testing::LoopExecutor;
using testing::NewPayout;

class RestoreTest : public ::testing::Test {
 protected:
  ~RestoreTest() override { Close(); }

  void Open(bool restored = false) {
    Close();
    SqliteOptions options;
    options.restored = restored;
    options.now = At(++opened_);
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, loop_, options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void Close() {
    store_.reset();
    loop_.RunPosted();
  }
  void Insert(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat("p", inserted_++);
      ASSERT_TRUE(loop_.Run(store_->Insert(NewPayout(id))).ok());
    }
  }
  void Pause() {
    const OperatorAction action{
        .at = At(1), .operator_name = "ann", .verb = OperatorVerb::kPause, .note = "incident"};
    const PauseSwitch value{
        .paused = true, .at = At(1), .operator_name = "ann", .note = "incident"};
    ASSERT_TRUE(loop_.Run(store_->SetSwitch(value, action)).ok());
  }
  // A consistent copy, as SQLite's own means make it, of the open or closed store.
  std::string Backup() {
    const std::string to = directory_.File(absl::StrCat("backup-", ++backups_));
    const auto database = *Database::Open(path_, Database::Access::kReadOnly);
    EXPECT_EQ(database->Execute(absl::StrCat("VACUUM INTO '", to, "'")), absl::OkStatus());
    return to;
  }
  void PutBack(const std::string& backup) {
    Close();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
    std::filesystem::copy_file(backup, path_);
  }
  bool IsRestored() const {
    return store_->identity().restored_at == At(opened_);  // by the last Open
  }
  std::size_t RestoredRows() { return loop_.Run(store_->RestoredRows(0, 1000))->size(); }
  EpochReading Noted() const { return ReadEpochFile(file_).value(); }
  std::string Contents(const std::string& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void Overwrite(const std::string& path, const std::string& contents) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
  }

  testing::TempDir directory_;
  const std::string path_ = directory_.File("store.db");
  const std::string file_ = path_ + ".epoch";
  LoopExecutor loop_;
  std::unique_ptr<SqliteStore> store_;
  int opened_ = 0;
  int inserted_ = 0;
  int backups_ = 0;
};

TEST_F(RestoreTest, ANewStoreIsNotRestoredAndItsFileIsTheOwnersOnly) {
  const mode_t before = umask(0);
  Open();
  umask(before);
  EXPECT_EQ(store_->identity().restored_at, std::nullopt);
  struct stat info = {};
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(Noted().mark, (EpochMark{store_->identity().store_id, store_->identity().epoch, {}}));
}

TEST_F(RestoreTest, EveryCommitIsNotedBeforeItIsAnswered) {
  Open();
  for (int i = 1; i <= 20; ++i) {
    Insert(1);
    ASSERT_EQ(Noted().mark->reach.position, i);
  }
  EXPECT_EQ(std::filesystem::file_size(file_), Contents(file_).size());
}

TEST_F(RestoreTest, ClosingAndOpeningIsNoRestore) {
  Open();
  const std::uint64_t epoch = store_->identity().epoch;
  for (int i = 0; i < 5; ++i) {
    Insert(i);
    Open();
    EXPECT_EQ(store_->identity().epoch, epoch);
    EXPECT_FALSE(IsRestored());
  }
}

TEST_F(RestoreTest, AProcessThatIsKilledIsNoRestore) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Open();
    Insert(30);
    const char byte = '1';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(Noted().mark->reach.position, 30);
  Open();
  EXPECT_FALSE(IsRestored());
  EXPECT_EQ(loop_.Run(store_->LastPosition()).value(), 30);
}

// After a power failure the file may hold any earlier note; the database holds every commit.
TEST_F(RestoreTest, AFileThatIsBehindTheDatabaseIsNoRestore) {
  Open();
  Insert(3);
  const std::string early = Contents(file_);
  Insert(7);
  Close();
  Overwrite(file_, early);
  Open();
  EXPECT_FALSE(IsRestored());
  EXPECT_EQ(Noted().mark->reach.position, 10);
}

TEST_F(RestoreTest, ABackupThatWasTakenDuringTheRunAndPutBackIsRecognised) {
  Open();
  Insert(3);
  const StoreIdentity before = store_->identity();
  const std::string backup = Backup();
  Insert(2);
  PutBack(backup);
  Open();
  EXPECT_TRUE(IsRestored());
  EXPECT_NE(store_->identity().epoch, before.epoch);
  EXPECT_EQ(store_->identity().store_id, before.store_id);
  EXPECT_EQ(RestoredRows(), 3u);
  EXPECT_EQ(Noted().mark, (EpochMark{before.store_id, store_->identity().epoch, {.position = 3}}));

  const std::uint64_t epoch = store_->identity().epoch;
  Open();
  EXPECT_EQ(store_->identity().epoch, epoch) << "once";
  EXPECT_EQ(store_->identity().restored_at, At(2)) << "and remembered";
}

TEST_F(RestoreTest, OneCommitLessIsRecognised) {
  Open();
  Insert(3);
  const std::string backup = Backup();
  Insert(1);
  PutBack(backup);
  Open();
  EXPECT_TRUE(IsRestored());
}

// Whoever forgets that submission is paused pays.
TEST_F(RestoreTest, ABackupThatOnlyMissesWhatAnOperatorDidIsRecognised) {
  Open();
  Insert(3);
  Pause();
  const std::string backup = Backup();
  Pause();
  EXPECT_EQ(Noted().mark->reach, (Reach{.position = 3, .action = 2}));
  PutBack(backup);
  Open();
  EXPECT_TRUE(IsRestored());
  EXPECT_EQ(Noted().mark->reach, (Reach{.position = 3, .action = 1}));
}

TEST_F(RestoreTest, ACopyOfWhatIsThereIsNoRestore) {
  Open();
  Insert(3);
  const std::string backup = Backup();
  PutBack(backup);
  Open();
  EXPECT_FALSE(IsRestored()) << "nothing is missing";
}

TEST_F(RestoreTest, TheSameBackupPutBackAgainAndAnOlderOneAreRecognised) {
  Open();
  Insert(2);
  const std::string older = Backup();
  Insert(2);
  const std::string backup = Backup();
  Insert(2);
  for (const std::string& put : {backup, backup, older, backup}) {
    PutBack(put);
    Open();
    EXPECT_TRUE(IsRestored());
    Insert(1);
  }
}

TEST_F(RestoreTest, ABackupOfAfterARestoreIsRecognisedToo) {
  Open();
  Insert(2);
  PutBack(Backup());
  Open(/*restored=*/true);
  const std::string backup = Backup();
  Insert(2);
  PutBack(backup);
  Open();
  EXPECT_TRUE(IsRestored());
}

TEST_F(RestoreTest, AStoreWithoutItsFileIsTakenForRestored) {
  Open();
  Insert(3);
  Close();
  std::filesystem::remove(file_);
  Open();
  EXPECT_TRUE(IsRestored());
  EXPECT_EQ(RestoredRows(), 3u);
}

TEST_F(RestoreTest, AStoreThatNobodyHasWrittenToNeedsNone) {
  Open();
  Close();
  std::filesystem::remove(file_);
  Open();
  EXPECT_FALSE(IsRestored()) << "its first start was cut off";
}

TEST_F(RestoreTest, TheFileOfAnotherStoreDoesNotVouchForThisOne) {
  Open();
  Insert(3);
  PutBack(Backup());
  const std::string database = Backup();
  std::filesystem::remove(path_);
  std::filesystem::remove(file_);
  Open();
  Insert(1);
  PutBack(database);
  Open();
  EXPECT_TRUE(IsRestored());
}

TEST_F(RestoreTest, AStoreThatWasMadeAnewBesideAnOldFileHasForgottenEverything) {
  Open();
  Insert(3);
  Close();
  std::filesystem::remove(path_);
  Open();
  EXPECT_TRUE(IsRestored());
  EXPECT_EQ(RestoredRows(), 0u);
}

TEST_F(RestoreTest, AFileThatSaysNothingReadableIsTakenForNone) {
  Open();
  Insert(3);
  const std::string good = Contents(file_);
  std::string letters = good;
  letters[letters.size() - 2] = 'x';
  for (const std::string& bad : {std::string(), good.substr(0, good.size() - 1), good + "\n",
                                 std::string(good.size(), '\0'), letters, "X" + good.substr(1)}) {
    Close();
    Overwrite(file_, bad);
    Open();
    EXPECT_TRUE(IsRestored()) << bad;
  }
}

TEST_F(RestoreTest, TheFlagTellsWhatCannotBeSeen) {
  Open();
  Insert(3);
  const std::string backup = Backup();
  const std::string file = Contents(file_);
  Insert(2);
  PutBack(backup);
  Overwrite(file_, file);  // It came along in the backup.
  Open();
  EXPECT_FALSE(IsRestored());
  Open(/*restored=*/true);
  EXPECT_TRUE(IsRestored());
  EXPECT_EQ(RestoredRows(), 3u);
}

TEST_F(RestoreTest, ACrashBetweenDatabaseAndFileIsARestoreOnceMoreAndThenNone) {
  Open();
  Insert(3);
  const std::string backup = Backup();
  Insert(1);
  const std::string file = Contents(file_);
  PutBack(backup);
  Open();
  ASSERT_TRUE(IsRestored());
  const std::uint64_t epoch = store_->identity().epoch;
  Close();
  Overwrite(file_, file);  // The new epoch is in the database, and not yet in the file.
  Open();
  EXPECT_TRUE(IsRestored());
  EXPECT_NE(store_->identity().epoch, epoch);
  EXPECT_EQ(RestoredRows(), 3u);
  Open();
  EXPECT_FALSE(IsRestored());
}

TEST_F(RestoreTest, ADamagedBackupIsRefusedAndLeftAsItIs) {
  Open();
  Insert(200);
  const std::string backup = Backup();
  Insert(1);
  PutBack(backup);
  // In the middle of a page of rows.
  std::string contents = Contents(path_);
  for (std::size_t page = 4096 * 8; page + 4096 <= contents.size(); page += 4096) {
    std::fill_n(contents.begin() + static_cast<std::ptrdiff_t>(page), 64, '\x5a');
  }
  Overwrite(path_, contents);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = SqliteStore::Open(path_, loop_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  }
  PutBack(backup);
  Open();
  EXPECT_TRUE(IsRestored());
}

TEST_F(RestoreTest, AFileThatCannotBeReadOrWrittenKeepsTheStoreClosed) {
  Open();
  Insert(1);
  Close();
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  const absl::Status status = SqliteStore::Open(path_, loop_).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(file_));
}

TEST_F(RestoreTest, WhatIsLeftOfAnInterruptedWriteIsReplaced) {
  Open();
  Insert(1);
  Close();
  Overwrite(file_ + ".new", "half a li");
  Open();
  EXPECT_FALSE(IsRestored());
  EXPECT_FALSE(std::filesystem::exists(file_ + ".new"));
}

}  // namespace
}  // namespace payout::sqlite
