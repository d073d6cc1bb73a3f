// Reads that keep their transaction: they miss no commit, and they do not keep the log.

#include "adapters/sqlite/shared_reader.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/sqlite_store.h"
#include "tests/adapters/sqlite/store_fixture.h"
#include "tests/contract/payout_builder.h"

namespace payout::sqlite {
namespace {

using testing::At;
using testing::Key;
using testing::NewPayout;
using testing::To;

class SharedReaderTest : public testing::StoreFixture {
 protected:
  Payout Insert(const std::string& id) { return loop_.Run(store_->Insert(NewPayout(id)))->payout; }
  // Calls `read` over and over on other threads until the result is destroyed.
  static std::vector<std::jthread> KeepReading(const std::function<void()>& read) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < SharedReader::kConnections - 1; ++i) {
      threads.emplace_back([read](const std::stop_token& stop) {
        while (!stop.stop_requested()) read();
      });
    }
    return threads;
  }
};

TEST_F(SharedReaderTest, EachCommitIsSeenByTheNextRead) {
  Open();
  Payout row = Insert("a");
  for (int i = 1; i <= 300; ++i) {
    // Some are changes that callers are told of, some the gateway's own notes.
    const State next = i % 2 == 1 ? State::kSubmitting : State::kQueued;
    row = loop_.Run(store_->Apply(To(next, row, At(i)))).value();
    const auto found = store_->reader()->Find(Key("a"));
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_EQ((*found)->version, row.version);
    ASSERT_EQ((*found)->status, row.status);
    const std::string id = absl::StrCat("b", i);
    ASSERT_EQ(store_->reader()->Find(Key(id)).value(), std::nullopt);
    Insert(id);
    ASSERT_NE(store_->reader()->Find(Key(id)).value(), std::nullopt);
  }
}

// Others see a commit a moment before the writer can tell of it.
TEST_F(SharedReaderTest, NoReadGoesBackBehindAnother) {
  Open();
  Payout row = Insert("a");
  std::atomic<std::int64_t> newest = 0;
  std::atomic<int> reads = 0;
  std::atomic<int> went_back = 0;
  const std::vector<std::jthread> readers = KeepReading([&] {
    const std::int64_t seen = newest;
    const auto found = store_->reader()->Find(Key("a"));
    if (!found.ok()) return;  // All connections are in use.
    ++reads;
    const std::int64_t version = (*found)->version;
    if (version < seen) ++went_back;
    std::int64_t before = newest;
    while (before < version && !newest.compare_exchange_weak(before, version)) {
    }
  });
  for (int i = 1; i <= 400; ++i) {
    const State next = i % 2 == 1 ? State::kSubmitting : State::kQueued;
    row = loop_.Run(store_->Apply(To(next, row, At(i)))).value();
    const auto found = store_->reader()->Find(Key("a"));
    if (absl::IsUnavailable(found.status())) continue;
    ++reads;
    ASSERT_EQ((*found)->version, row.version);
  }
  EXPECT_GT(reads, 0);
  EXPECT_EQ(went_back, 0);
}

TEST_F(SharedReaderTest, TheLogStartsAnewAlthoughAReadIsKept) {
  SqliteOptions options;
  options.checkpoint_pages = 8;
  Open(options);
  Insert("first");
  for (int i = 0; i < 600; ++i) {
    if (i % 100 == 0) {
      ASSERT_NE(store_->reader()->Find(Key("first")).value(), std::nullopt);
    }
    Insert(absl::StrCat("p", i));
  }
  // Each insert logs ten pages and more: a log that does not start anew would have 24 MB.
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 12u << 20);
}

// Without the store, whose own checkpointer has a clock.
class KeptReadTest : public SharedReaderTest {
 protected:
  KeptReadTest() {
    Open();
    Insert("a");
    Close();
    SharedReader::Connections connections;
    for (auto& connection : connections) {
      connection = *Database::Open(path_, Database::Access::kReadOnly);
    }
    reader_.emplace(std::move(connections));
    writer_ = *Database::Open(path_, Database::Access::kReadWrite);
    EXPECT_EQ(writer_->Execute("PRAGMA busy_timeout = 0"), absl::OkStatus());
  }

  void Write(const std::string& set = "updated_at = updated_at + 1") {
    ASSERT_EQ(writer_->Execute("UPDATE payouts SET " + set), absl::OkStatus());
  }
  void Read() { ASSERT_NE(reader_->Find(Key("a")).value(), std::nullopt); }
  bool LogIsKept() { return writer_->Checkpoint(SQLITE_CHECKPOINT_RESTART)->busy; }
  bool LogIsMoved() {
    const Database::LogState state = *writer_->Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    return state.done == state.pages;
  }

  std::optional<SharedReader> reader_;
  std::unique_ptr<Database> writer_;
};

TEST_F(KeptReadTest, AReadIsKeptUntilNothingIsToBe) {
  Write();
  Read();
  EXPECT_TRUE(LogIsKept());
  {
    const SharedReader::NothingKept nothing_kept(*reader_);
    EXPECT_FALSE(LogIsKept());
    Write();
    Read();
    EXPECT_FALSE(LogIsKept());
    Write();
  }
  Read();
  EXPECT_TRUE(LogIsKept());
}

// It needs the database as it is, and none of the log.
TEST_F(KeptReadTest, AReadOfAnEmptyLogIsNoLongerKeptEither) {
  Write();
  ASSERT_FALSE(LogIsKept());
  Read();
  Write();
  EXPECT_FALSE(LogIsMoved());
  const SharedReader::NothingKept nothing_kept(*reader_);
  EXPECT_TRUE(LogIsMoved());
}

TEST_F(KeptReadTest, ReadsOfManyThreadsLeaveNothingKept) {
  Write();
  std::vector<std::jthread> readers =
      KeepReading([this] { (void)reader_->Find(Key("a")).status(); });
  for (int i = 0; i < 20; ++i) const SharedReader::NothingKept nothing_kept(*reader_);
  const SharedReader::NothingKept nothing_kept(*reader_);
  readers.clear();
  EXPECT_FALSE(LogIsKept());
}

TEST_F(KeptReadTest, ACommitEndsTheReadBeforeIt) {
  Write();
  Read();
  {
    const SharedReader::Committing committing(*reader_);
    Write("revision = 7");
    EXPECT_EQ(reader_->Find(Key("a")).value()->revision, 7);
    Write("revision = 8");
    EXPECT_EQ(reader_->Find(Key("a")).value()->revision, 8);
    Write("revision = 9");
  }
  EXPECT_EQ(reader_->Find(Key("a")).value()->revision, 9);
}

TEST_F(KeptReadTest, AReadThatFailsIsNotKept) {
  Write("amount = '?'");
  EXPECT_EQ(reader_->Find(Key("a")).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(LogIsKept());
}

TEST_F(KeptReadTest, AClosedReaderKeepsNothing) {
  Write();
  Read();
  reader_->Close();
  EXPECT_FALSE(LogIsKept());
  EXPECT_EQ(reader_->Find(Key("a")).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace payout::sqlite
