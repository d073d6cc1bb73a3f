// More calls than places: refused early, with advice when to come back, while one's own payouts can
// still be read.

#include <future>
#include <string>
#include <vector>

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/integration/gateway_harness.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

// Somebody else writes to the store's file for as long as this lives, so that nothing the gateway
// has to write gets through.
class StuckStore {
 public:
  explicit StuckStore(const std::string& path) {
    EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK);
    sqlite3_busy_timeout(database_, 5000);
    EXPECT_EQ(sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  StuckStore(const StuckStore&) = delete;
  StuckStore& operator=(const StuckStore&) = delete;
  ~StuckStore() { sqlite3_close(database_); }

 private:
  sqlite3* database_ = nullptr;
};

struct Refusal {
  Reply<v1::CreatePayoutResponse> reply;
  std::string pushback;  // trailing metadata
};

Refusal CreateOnce(GatewayHarness& harness, const std::string& id, const std::string& token) {
  Refusal refusal;
  const auto stub = v1::PayoutService::NewStub(harness.Connect());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  context.AddMetadata("authorization", "Bearer " + token);
  refusal.reply.status = stub->CreatePayout(&context, BankPayout(id), &refusal.reply.value);
  if (!refusal.reply.ok()) refusal.reply.error = client::DecodeError(refusal.reply.status);
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("grpc-retry-pushback-ms");
  if (found != trailers.end()) refusal.pushback.assign(found->second.data(), found->second.size());
  return refusal;
}

TEST(OverloadTest, CallsWithoutAPlaceAreRefusedWithAdviceAndOpenPayoutsCanStillBeRead) {
  GatewayHarness harness({.platform = [](sandbox::Options& o) { o.settle_after = absl::Hours(1); },
                          .config = [](Config& c) { c.grpc.calls_max = 4; }});
  ASSERT_TRUE(harness.alpha().Create(BankPayout("open", v1::WAIT_MODE_ACCEPTED)).ok());

  std::vector<std::future<Refusal>> waiting;
  {
    const StuckStore stuck((harness.dir() / "payouts.db").string());
    // Three quarters of the places are all that one tenant gets.
    for (int i = 0; i < 3; ++i) {
      waiting.push_back(std::async(std::launch::async, [&harness, i] {
        return CreateOnce(harness, "stuck-" + std::to_string(i), kAlphaToken);
      }));
    }
    ASSERT_TRUE(Eventually([&] {
      return harness.Metrics().find(
                 "grpc_server_started_total{grpc_method=\"CreatePayout\",grpc_service=\"payout.v1."
                 "PayoutService\",grpc_type=\"unary\"} 4") != std::string::npos;
    })) << harness.Metrics();

    const Refusal refused = CreateOnce(harness, "one-too-many", kAlphaToken);
    EXPECT_EQ(refused.reply.Outcome(), "RESOURCE_EXHAUSTED OVERLOADED");
    EXPECT_EQ(refused.reply.error.retry_after, absl::Milliseconds(200));
    EXPECT_EQ(refused.pushback, "200");

    const auto open = harness.alpha().Get("open");
    EXPECT_TRUE(open.ok()) << open.Outcome();
    EXPECT_EQ(open.value.payout().state(), v1::PAYOUT_STATE_PROCESSING);

    // Another tenant finds a place.
    waiting.push_back(std::async(std::launch::async,
                                 [&harness] { return CreateOnce(harness, "theirs", kBetaToken); }));
    EXPECT_TRUE(Eventually([&] {
      return harness.Metrics().find(
                 "grpc_server_started_total{grpc_method=\"CreatePayout\","
                 "grpc_service=\"payout.v1.PayoutService\",grpc_type=\"unary\"} "
                 "6") != std::string::npos;
    })) << harness.Metrics();
  }
  for (std::future<Refusal>& call : waiting) {
    const Refusal ended = call.get();
    EXPECT_TRUE(ended.reply.ok()) << ended.reply.Outcome();
  }
  EXPECT_TRUE(CreateOnce(harness, "one-too-many", kAlphaToken).reply.ok());
}

TEST(OverloadTest, PlacesOfCallersWhoAreGoneComeBack) {
  GatewayHarness harness({.config = [](Config& c) { c.grpc.calls_max = 4; }});
  // One tenant gets three places, so a single one that is lost each time would show.
  for (int round = 0; round < 4; ++round) {
    const std::string id = "gone-" + std::to_string(round) + "-";
    std::vector<std::future<bool>> gone;
    {
      const StuckStore stuck((harness.dir() / "payouts.db").string());
      for (int i = 0; i < 3; ++i) {
        gone.push_back(
            std::async(std::launch::async, [&harness, payout = BankPayout(id + std::to_string(i))] {
              return Eventually([&] {
                return harness.alpha().Create(payout, 1).Outcome().starts_with("DEADLINE_EXCEEDED");
              });
            }));
      }
      for (std::future<bool>& call : gone) EXPECT_TRUE(call.get()) << round;
    }
    // What was begun goes on without its callers.
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(Eventually([&] { return harness.alpha().Get(id + std::to_string(i)).ok(); }));
    }
  }
}

TEST(OverloadTest, CreatesThatWaitDoNotTakeThePlacesOfThoseThatDoNot) {
  GatewayHarness harness({.platform = [](sandbox::Options& o) { o.settle_after = absl::Hours(1); },
                          .config = [](Config& c) { c.grpc.calls_max = 4; }});
  std::vector<std::future<Reply<v1::CreatePayoutResponse>>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::async(std::launch::async, [&harness, i] {
      return harness.alpha().Create(BankPayout("waits-" + std::to_string(i), v1::WAIT_MODE_SETTLED),
                                    4);
    }));
  }
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(harness.alpha().Reaches("waits-" + std::to_string(i), v1::PAYOUT_STATE_PROCESSING));
  }
  // The places of those that wait are taken: this one is recorded, and answered at once.
  const auto fourth = harness.alpha().Create(BankPayout("fourth", v1::WAIT_MODE_SETTLED), 60);
  ASSERT_TRUE(fourth.ok()) << fourth.Outcome();
  EXPECT_NE(fourth.value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
  EXPECT_TRUE(harness.alpha().Create(BankPayout("plain")).ok());
  // A read that would wait for the platform has no place either; a plain one has.
  EXPECT_EQ(harness.alpha().Get("fourth", /*max_staleness_seconds=*/5).Outcome(),
            "RESOURCE_EXHAUSTED OVERLOADED");
  EXPECT_TRUE(harness.alpha().Get("fourth").ok());
  for (auto& call : waiting) {
    const auto ended = call.get();
    EXPECT_TRUE(ended.ok()) << ended.Outcome();
  }
}

TEST(OverloadTest, FullBacklogCarriesThePushback) {
  // A platform that answers nothing, and room for less than one payout.
  GatewayHarness harness({.config = [](Config& c) {
    c.platform.requests_per_second = 1;
    c.limits.backlog = absl::Seconds(3);
    c.platform.url = "http://127.0.0.1:1";
  }});
  Refusal last;
  for (int i = 0; i < 10 && last.pushback.empty(); ++i) {
    last = CreateOnce(harness, "p-" + std::to_string(i), kAlphaToken);
  }
  EXPECT_EQ(last.reply.Outcome(), "RESOURCE_EXHAUSTED BACKLOG_FULL");
  ASSERT_TRUE(last.reply.error.retry_after.has_value());
  EXPECT_EQ(last.pushback,
            std::to_string(absl::ToInt64Milliseconds(*last.reply.error.retry_after)));
  EXPECT_GE(*last.reply.error.retry_after, absl::Seconds(5));
}

}  // namespace
}  // namespace payout::testing
