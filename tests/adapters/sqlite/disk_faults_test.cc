// What SqliteStore does when the disk fails: a full disk is an answer, a failing one ends the
// process.
//
// The faults sit between SQLite and the system: its writes go through a replaced system call, and
// this program has an fsync and an fdatasync of its own.

#include <atomic>
#include <cerrno>
#include <deque>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/epoch_file.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"
#include "tests/contract/temp_dir.h"

namespace {

std::atomic<int> write_error{0};
std::atomic<int> sync_error{0};
std::atomic<int> note_error{0};  // of the epoch file, which is not SQLite's
thread_local int read_error = 0;

ssize_t FaultyWrite(int descriptor, const void* data, size_t size) {
  if (const int error = write_error.load()) {
    errno = error;
    return -1;
  }
  return write(descriptor, data, size);
}

ssize_t FaultyPwrite(int descriptor, const void* data, size_t size, off_t offset) {
  if (const int error = write_error.load()) {
    errno = error;
    return -1;
  }
  return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

ssize_t FaultyPread(int descriptor, void* data, size_t size, off_t offset) {
  if (read_error != 0) {
    errno = read_error;
    return -1;
  }
  return pread(descriptor, data, size, offset);
}

int FaultySync(long call, int descriptor) {
  if (const int error = sync_error.load()) {
    errno = error;
    return -1;
  }
  return static_cast<int>(syscall(call, descriptor));
}

}  // namespace

extern "C" ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  if (const int error = note_error.load()) {
    errno = error;
    return -1;
  }
  return syscall(SYS_pwrite64, descriptor, data, size, offset);
}
extern "C" int fsync(int descriptor) { return FaultySync(SYS_fsync, descriptor); }
extern "C" int fdatasync(int descriptor) { return FaultySync(SYS_fdatasync, descriptor); }

namespace payout::sqlite {
namespace {

using testing::Key;
using testing::LoopExecutor;
using testing::NewPayout;

class DiskFaultsTest : public ::testing::Test {
 protected:
  DiskFaultsTest() {
    ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    for (const char* name : {"write"}) {
      EXPECT_EQ(vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(FaultyWrite)),
                SQLITE_OK);
    }
    for (const char* name : {"pwrite", "pwrite64"}) {
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(FaultyPwrite));
    }
    for (const char* name : {"pread", "pread64"}) {
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(FaultyPread));
    }
    absl::StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, loop_);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  ~DiskFaultsTest() override {
    write_error = 0;
    sync_error = 0;
    note_error = 0;
    read_error = 0;
    store_.reset();
    loop_.RunPosted();
  }

  absl::Status Insert(const std::string& id) {
    return loop_.Run(store_->Insert(NewPayout(id))).status();
  }

  testing::TempDir directory_;
  const std::string path_ = directory_.File("store.db");
  LoopExecutor loop_;
  std::unique_ptr<SqliteStore> store_;
};

// Reads that fail change nothing that was acknowledged.
TEST_F(DiskFaultsTest, AReadOfTheCallersThreadThatFailsIsAnAnswer) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  read_error = EIO;
  EXPECT_FALSE(store_->reader()->Find(Key("a")).ok());
  read_error = 0;
  ASSERT_EQ(Insert("b"), absl::OkStatus());
  EXPECT_NE(store_->reader()->Find(Key("b")).value(), std::nullopt);
}

TEST_F(DiskFaultsTest, AFullDiskFailsTheWholeGroupAndNothingElse) {
  ASSERT_EQ(Insert("before"), absl::OkStatus());
  write_error = ENOSPC;
  std::deque<std::optional<absl::StatusOr<InsertResult>>> results(50);
  TaskScope scope;
  for (std::size_t i = 0; i < results.size(); ++i) {
    scope.Spawn(LoopExecutor::Keep(store_->Insert(NewPayout(absl::StrCat("p", i))), results[i]));
  }
  loop_.RunUntil([&scope] { return scope.active() == 0; });
  for (const auto& result : results)
    EXPECT_EQ((*result).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(loop_.Run(store_->Find(Key("before")))->has_value());
  EXPECT_FALSE(loop_.Run(store_->Find(Key("p0")))->has_value());

  write_error = 0;
  EXPECT_EQ(Insert("p0"), absl::OkStatus());
  EXPECT_EQ(loop_.Run(store_->LastPosition()).value(),
            2);  // Positions of what never happened are not skipped.
}

TEST_F(DiskFaultsTest, AFullDiskLeavesTheEpochFileBehindAndTheCommitHolds) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  note_error = ENOSPC;
  ASSERT_EQ(Insert("b"), absl::OkStatus());
  EXPECT_EQ(ReadEpochFile(path_ + ".epoch")->mark->reach.position, 1);
  note_error = 0;
  ASSERT_EQ(Insert("c"), absl::OkStatus());
  EXPECT_EQ(ReadEpochFile(path_ + ".epoch")->mark->reach.position, 3);
}

using DiskFaultsDeathTest = DiskFaultsTest;

TEST_F(DiskFaultsDeathTest, AnErrorOfTheEpochFileEndsTheProcess) {
  ASSERT_EQ(Insert("before"), absl::OkStatus());
  EXPECT_DEATH(
      {
        note_error = EIO;
        Insert("a").IgnoreError();
      },
      "");
}

TEST_F(DiskFaultsDeathTest, AnErrorOfTheDiskEndsTheProcess) {
  ASSERT_EQ(Insert("before"), absl::OkStatus());
  EXPECT_DEATH(
      {
        write_error = EIO;
        Insert("a").IgnoreError();
      },
      "");
}

TEST_F(DiskFaultsDeathTest, AFailedSyncEndsTheProcess) {
  ASSERT_EQ(Insert("before"), absl::OkStatus());
  EXPECT_DEATH(
      {
        sync_error = EIO;
        Insert("a").IgnoreError();
      },
      "");
}

}  // namespace
}  // namespace payout::sqlite
