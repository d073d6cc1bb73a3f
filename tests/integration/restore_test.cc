// A backup of the store is put back under a real gateway: the platform's ledger has each payment
// once, whatever the backup has forgotten.

#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/database.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/http_call.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using sandbox::FaultAction;
using sandbox::Operation;
using ::testing::HasSubstr;
using ::testing::Not;

sandbox::Fault For(const std::string& id, Operation on, FaultAction action) {
  sandbox::Fault fault;
  fault.id = id;
  fault.on = on;
  fault.action = action;
  return fault;
}

class RestoreTest : public ::testing::Test {
 protected:
  std::filesystem::path Store() const { return harness_.dir() / "payouts.db"; }

  // While the gateway runs, as `sqlite3 … ".backup …"` does it.
  std::filesystem::path Backup() {
    const std::filesystem::path to = harness_.dir() / "backup.db";
    const auto database =
        *sqlite::Database::Open(Store().string(), sqlite::Database::Access::kReadOnly);
    EXPECT_EQ(database->Execute("VACUUM INTO '" + to.string() + "'"), absl::OkStatus());
    return to;
  }
  void PutBack(const std::filesystem::path& backup) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(Store().string() + suffix);
    }
    std::filesystem::copy_file(backup, Store());
  }
  GatewayHarness harness_{
      {.config = [](Config& c) { c.platform.create_timeout = absl::Seconds(1); }}};
};

TEST_F(RestoreTest, EveryPayoutIsPaidOnceThoughTheBackupHasForgottenHalfOfThem) {
  Caller& before = harness_.alpha();
  // QUEUED in the backup and sent afterwards; settled before it; unknown to it.
  sandbox::Fault down = For("queued-*", Operation::kToken, FaultAction::kStatus);
  down.http_status = 503;
  harness_.AddFault(down);
  for (const char* id : {"queued-1", "queued-2"}) {
    ASSERT_TRUE(before.Create(BankPayout(id)).ok());
  }
  for (const char* id : {"settled-1", "settled-2"}) {
    ASSERT_TRUE(before.Create(BankPayout(id, v1::WAIT_MODE_SETTLED)).ok());
  }
  const auto stream = before.Open(Feed());
  stream->Snapshot();
  const std::filesystem::path backup = Backup();
  harness_.platform().ClearFaults();
  for (const char* id : {"queued-1", "queued-2"}) {
    ASSERT_TRUE(before.Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
  }
  for (const char* id : {"lost-1", "lost-2"}) {
    ASSERT_TRUE(before.Create(BankPayout(id, v1::WAIT_MODE_SETTLED)).ok());
  }
  const std::string token = stream->token();
  stream->Cancel();
  EXPECT_THAT(harness_.Metrics(), HasSubstr("payout_recovery_mode 0"));
  harness_.Stop();
  PutBack(backup);
  harness_.Start();

  Caller& after = harness_.alpha();
  EXPECT_EQ(after.Stored("lost-1").payout_id(), "") << "the backup has forgotten it";
  for (const char* id :
       {"queued-1", "queued-2", "settled-1", "settled-2", "lost-1", "lost-2", "new-1"}) {
    ASSERT_TRUE(after.Create(BankPayout(id)).ok()) << id;
  }
  for (const char* id :
       {"queued-1", "queued-2", "settled-1", "settled-2", "lost-1", "lost-2", "new-1"}) {
    EXPECT_TRUE(after.Reaches(id, v1::PAYOUT_STATE_SUCCEEDED)) << id;
    EXPECT_EQ(after.Stored(id).needs_review_size(), 0) << id;
  }
  const sandbox::LedgerSnapshot ledger = harness_.platform().Ledger();
  EXPECT_EQ(ledger.payments.size(), 7u);
  for (const sandbox::LedgerEntry& entry : ledger.payments) {
    // What the backup knew was asked for before anything was sent; what it did not know was sent
    // again, and answered with 409.
    EXPECT_EQ(entry.creates.count, entry.id.starts_with("lost-") ? 2 : 1) << entry.id;
    EXPECT_EQ(std::set(entry.creates.body_sha256.begin(), entry.creates.body_sha256.end()).size(),
              1u)
        << entry.id;
  }

  const auto resumed = after.Open(Feed(v1::STREAM_START_UNSPECIFIED, token));
  EXPECT_TRUE(resumed->Rest().empty());
  EXPECT_EQ(resumed->Finish().Outcome(), "FAILED_PRECONDITION RESUME_TOKEN_OTHER_EPOCH");
}

TEST_F(RestoreTest, TheRestoreShowsAndARestartDoesNotEndIt) {
  ASSERT_TRUE(harness_.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  const std::filesystem::path backup = Backup();
  ASSERT_TRUE(harness_.alpha().Create(BankPayout("p2", v1::WAIT_MODE_SETTLED)).ok());
  EXPECT_THAT(HttpGet(harness_.gateway().admin_port(), "/version").body(),
              HasSubstr("\"restored_at\":\"\""));
  EXPECT_THAT(HttpGet(harness_.gateway().admin_port(), "/readyz").body(),
              Not(HasSubstr("recovery")));
  harness_.Stop();
  PutBack(backup);
  harness_.Start();
  for (int i = 0; i < 2; ++i) {
    const int port = harness_.gateway().admin_port();
    EXPECT_THAT(HttpGet(port, "/version").body(), HasSubstr("\"restored_at\":\"20"));
    EXPECT_TRUE(Eventually([port] {
      const auto ready = HttpGet(port, "/readyz");
      return ready.status == 200 && ready.body().find("a backup was restored") != std::string::npos;
    }));
    EXPECT_TRUE(Eventually(
        [this] { return harness_.Metrics().find("payout_recovery_mode 1") != std::string::npos; }));
    harness_.Restart();
  }
}

}  // namespace
}  // namespace payout::testing
