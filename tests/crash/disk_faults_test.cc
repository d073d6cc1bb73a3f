// The disk under the real gateway fails. A full one is an answer, and passes; a broken one ends the
// process. Never is a caller told OK for what is not there after a restart.

#include "tests/crash/disk_faults.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/books.h"
#include "tests/crash/callers.h"
#include "tests/crash/world.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using ::testing::IsEmpty;

constexpr std::uint64_t kSeed = 20260101;

std::string MakeTempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "payout-disk-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

class DiskFaultsTest : public ::testing::Test {
 protected:
  DiskFaultsTest() { Start(); }
  ~DiskFaultsTest() override {
    gateway_.reset();
    world_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  void Start() {
    disk_.write_error = disk_.sync_error = disk_.after = disk_.failed = 0;
    gateway_ = world_->StartGateway({"PAYOUT_DISK_FAULTS=" + dir_ + "/disk"});
    channel_ = world_->Connect(*gateway_);
    ASSERT_NE(channel_, nullptr);
    client_ = std::make_unique<client::PayoutClient>(channel_);
  }

  void FailWrites(int error, int after) {
    disk_.after = after;
    disk_.write_error = error;
  }
  void FailSyncs(int after) {
    disk_.after = after;
    disk_.sync_error = EIO;
  }
  void Mend() { disk_.write_error = disk_.sync_error = 0; }

  v1::CreatePayoutRequest Request(const std::string& id) {
    v1::CreatePayoutRequest request;
    request.set_payout_id(id);
    request.mutable_money()->set_amount("42.05");
    request.mutable_money()->set_currency_code("EUR");
    request.mutable_bank_transfer()->set_account_name("Ada Example");
    request.mutable_bank_transfer()->set_account_number("DE00123456780000000000");
    request.mutable_bank_transfer()->set_payment_operator_code("BNK_000");
    return request;
  }

  // Runs callers until they are done or get no answer any more. Some wait for what a full disk
  // holds up.
  void Load(int number, int payouts, int seconds = 20) {
    Callers callers(channel_, book_,
                    {.prefix = "l" + std::to_string(number) + "c",
                     .seed = kSeed + static_cast<std::uint64_t>(number),
                     .payouts = payouts});
    Eventually([&] { return callers.done() || gateway_->ended(); }, seconds);
  }

  // Everything that was asked for is there, settled, and agrees with the ledger; after a restart
  // too.
  void ExpectBooksAgree() {
    std::map<std::string, v1::Payout> payouts;
    EXPECT_TRUE(SettleAll(*client_, book_, 30, &payouts));
    gateway_->Signal(SIGKILL);
    ASSERT_TRUE(gateway_->AwaitEnd(10));
    Start();
    EXPECT_TRUE(CheckAll(*client_, book_, nullptr, &payouts));
    const auto ledger = world_->Ledger();
    ASSERT_TRUE(ledger.ok()) << ledger.status();
    CompareWithLedger(payouts, *ledger, book_);
    gateway_->Signal(SIGTERM);
    ASSERT_TRUE(gateway_->AwaitEnd(10));
    CompareWithStore(world_->store_path(), {}, book_);
    EXPECT_THAT(book_.violations(), IsEmpty());
  }

  const std::string dir_ = MakeTempDir();
  DiskFaultPage& disk_ = MapDiskFaults(dir_ + "/disk");
  std::unique_ptr<CrashWorld> world_ = std::make_unique<CrashWorld>(WorldOptions{
      .bin = std::string(PAYOUT_BINARY_DIR) + "/bin", .dir = dir_, .seed = kSeed, .faults = false});
  std::unique_ptr<ChildProgram> gateway_;
  std::shared_ptr<client::Channel> channel_;
  std::unique_ptr<client::PayoutClient> client_;
  CallBook book_;
};

TEST_F(DiskFaultsTest, AFullDiskRefusesNewPayoutsShowsOldOnesAndPasses) {
  for (const char* id : {"before-1", "before-2"}) {
    book_.Begin(Request(id));
    ASSERT_TRUE(Create(*client_, book_, Request(id), nullptr));
  }
  FailWrites(ENOSPC, 0);
  for (const char* id : {"full-1", "full-2"}) {
    book_.Begin(Request(id));
    const auto answer = client_->CreatePayout(Request(id), {.attempts_max = 1});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().reason, "STORE_UNAVAILABLE") << answer.error().ToString();
    EXPECT_TRUE(answer.error().retry_after.has_value());
  }
  EXPECT_TRUE(CheckAll(*client_, book_, nullptr));
  EXPECT_FALSE(gateway_->ended());
  EXPECT_GT(disk_.failed, 0);
  Mend();
  ExpectBooksAgree();
}

// It fills up and is cleared again and again, somewhere within the writes of a group.
TEST_F(DiskFaultsTest, ADiskThatIsFullNowAndThenLosesNothing) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 15; ++i) {
    FailWrites(ENOSPC, static_cast<int>(random() % 60));
    Load(i, 4, 1);
    Mend();
    Load(100 + i, 1, 1);
    ASSERT_FALSE(gateway_->ended());
  }
  EXPECT_GT(disk_.failed, 0);
  ExpectBooksAgree();
}

TEST_F(DiskFaultsTest, AnErrorOfTheDiskEndsTheProcessAndLosesNothing) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 6; ++i) {
    FailWrites(EIO, static_cast<int>(random() % 60));
    Load(i, 10);
    ASSERT_TRUE(gateway_->AwaitEnd(10));
    EXPECT_EQ(gateway_->killed_by(), SIGABRT);
    Start();
    EXPECT_TRUE(CheckAll(*client_, book_, nullptr));
  }
  ExpectBooksAgree();
}

TEST_F(DiskFaultsTest, AFailedSyncEndsTheProcessAndLosesNothing) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 6; ++i) {
    FailSyncs(static_cast<int>(random() % 30));
    Load(i, 20);
    ASSERT_TRUE(gateway_->AwaitEnd(10));
    EXPECT_EQ(gateway_->killed_by(), SIGABRT);
    Start();
    EXPECT_TRUE(CheckAll(*client_, book_, nullptr));
  }
  ExpectBooksAgree();
}

// Nothing can be written from the beginning: it does not start, and begins with the disk that
// works.
TEST_F(DiskFaultsTest, OnAFullDiskANewStoreIsNotBegun) {
  gateway_->Signal(SIGKILL);
  ASSERT_TRUE(gateway_->AwaitEnd(10));
  const std::string dir = dir_ + "/new";
  ASSERT_TRUE(std::filesystem::create_directory(dir));
  world_ = std::make_unique<CrashWorld>(WorldOptions{
      .bin = std::string(PAYOUT_BINARY_DIR) + "/bin", .dir = dir, .seed = kSeed, .faults = false});
  FailWrites(ENOSPC, 0);
  gateway_ = world_->StartGateway({"PAYOUT_DISK_FAULTS=" + dir_ + "/disk"});
  EXPECT_EQ(world_->Connect(*gateway_), nullptr);
  ASSERT_TRUE(gateway_->AwaitEnd(10));
  EXPECT_EQ(gateway_->exit_code(), 1);
  EXPECT_GT(disk_.failed, 0);
  Start();
  Load(1, 2);
  ExpectBooksAgree();
}

}  // namespace
}  // namespace payout::testing
