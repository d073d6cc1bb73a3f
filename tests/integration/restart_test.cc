// The gateway ends and starts again on the same file, with payouts in every state that is open.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/status_watch.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using sandbox::FaultAction;
using sandbox::Operation;
using ::testing::HasSubstr;

sandbox::Fault For(const std::string& id, Operation on, FaultAction action) {
  sandbox::Fault fault;
  fault.id = id;
  fault.on = on;
  fault.action = action;
  return fault;
}

TEST(RestartTest, PayoutsInEveryOpenStateSettleAndArePaidOnce) {
  GatewayHarness harness({.config = [](Config& c) {
    c.platform.create_timeout = absl::Seconds(5);
    c.drain.deadline = absl::Milliseconds(200);
  }});
  sandbox::Fault down = For("queued", Operation::kToken, FaultAction::kStatus);
  down.http_status = 503;
  harness.AddFault(down);
  // Applied, but the answer comes after the gateway has ended.
  sandbox::Fault slow = For("submitting", Operation::kCreate, FaultAction::kDelayAnswer);
  slow.delay = absl::Seconds(4);
  harness.AddFault(slow);
  harness.AddFault(For("unknown", Operation::kCreate, FaultAction::kDropAfterApply));
  sandbox::Fault lost = For("processing", Operation::kCallback, FaultAction::kCallbackLost);
  lost.first = 1;
  harness.AddFault(lost);

  Caller& before = harness.alpha();
  for (const char* id : {"queued", "submitting", "unknown", "processing", "settled"}) {
    ASSERT_TRUE(before.Create(BankPayout(id)).ok());
  }
  ASSERT_TRUE(before.Reaches("submitting", v1::PAYOUT_STATE_SUBMITTING));
  ASSERT_TRUE(before.Reaches("unknown", v1::PAYOUT_STATE_OUTCOME_UNKNOWN));
  ASSERT_TRUE(before.Reaches("processing", v1::PAYOUT_STATE_PROCESSING));
  ASSERT_TRUE(before.Reaches("settled", v1::PAYOUT_STATE_SUCCEEDED));
  ASSERT_EQ(before.Stored("queued").state(), v1::PAYOUT_STATE_QUEUED);
  ASSERT_TRUE(
      Eventually([&] { return harness.platform().Ledger().Find("submitting") != nullptr; }));
  harness.Stop();
  harness.platform().ClearFaults();
  harness.Start();

  Caller& after = harness.alpha();
  EXPECT_EQ(after.Get("processing", 5).value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
  for (const char* id : {"queued", "submitting", "unknown", "settled"}) {
    EXPECT_TRUE(after.Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
  }
  const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
  EXPECT_EQ(ledger.payments.size(), 5u);
  for (const sandbox::LedgerEntry& entry : ledger.payments) EXPECT_EQ(entry.creates.count, 1);
}

TEST(RestartTest, AStreamGoesOnAfterTheRestartExactlyWhereItWas) {
  GatewayHarness harness;
  const auto stream = harness.alpha().Open(Feed());
  EXPECT_TRUE(stream->Snapshot().empty());
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  v1::StreamStatusResponse message;
  ASSERT_TRUE(stream->Next(&message));
  ASSERT_EQ(message.event().payout().revision(), 1);
  const std::string token = stream->token();
  harness.Restart();
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p2", v1::WAIT_MODE_SETTLED)).ok());

  const auto resumed = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, token));
  std::vector<std::string> seen;
  while (seen.size() < 7 && resumed->Next(&message)) {
    ASSERT_TRUE(message.has_event()) << message.DebugString();
    const v1::Payout& payout = message.event().payout();
    seen.push_back(payout.payout_id() + ":" + std::to_string(payout.revision()));
  }
  EXPECT_THAT(seen, ::testing::ElementsAre("p1:2", "p1:3", "p1:4", "p2:1", "p2:2", "p2:3", "p2:4"));
}

TEST(RestartTest, TheClientsWatchDoesNotNoticeTheRestart) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Minutes(1); }});
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED)).ok());
  auto channel =
      client::Channel::Open({.target = "grpc://" + harness.target(), .token = kAlphaToken});
  ASSERT_TRUE(channel.ok()) << channel.error().ToString();
  client::StatusWatch watch(*channel, StreamOf({"p1"}));
  auto next = watch.Next();
  while (next.ok() && next->kind != client::WatchMessage::Kind::kSnapshotEnd) next = watch.Next();
  ASSERT_TRUE(next.ok()) << next.error().ToString();
  harness.Restart();
  ASSERT_TRUE(harness.platform().Settle("p1", "SUCCESS").ok());
  std::vector<v1::PayoutState> states;
  for (next = watch.Next(); next.ok() && next->kind != client::WatchMessage::Kind::kEnd;
       next = watch.Next()) {
    if (next->kind == client::WatchMessage::Kind::kEvent) {
      states.push_back(next->message.event().payout().state());
    }
  }
  ASSERT_TRUE(next.ok()) << next.error().ToString();
  EXPECT_THAT(states, ::testing::ElementsAre(v1::PAYOUT_STATE_SUCCEEDED));
  EXPECT_EQ(watch.counters().missing_revisions, 0);
  EXPECT_EQ(watch.counters().repeated_events, 0);
}

TEST(RestartTest, CallbacksOfPayoutsFromBeforeAKeyWasConfiguredStillCount) {
  bool configured = false;
  GatewayHarness harness(
      {.platform = [](auto& o) { o.settle_after = absl::Minutes(1); },
       .config = {},
       .secrets =
           [&configured](Secrets& secrets) {
             if (!configured) return;
             secrets.callback_keys = {{"k1", SecretString("a-callback-key-of-32-characters-1")}};
           }});
  ASSERT_TRUE(harness.alpha().Create(BankPayout("before", v1::WAIT_MODE_ACCEPTED)).ok());
  configured = true;
  harness.Restart();
  ASSERT_TRUE(harness.alpha().Create(BankPayout("after", v1::WAIT_MODE_ACCEPTED)).ok());
  EXPECT_THAT(harness.platform().Ledger().Find("after")->callback_url, HasSubstr("/k1/"));
  for (const char* id : {"before", "after"}) {
    ASSERT_TRUE(harness.platform().Settle(id, "SUCCESS").ok());
    EXPECT_TRUE(harness.alpha().Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
  }
}

TEST(RestartTest, ATokenOfAnotherStoreIsRefused) {
  GatewayHarness harness;
  GatewayHarness other;
  const auto stream = other.alpha().Open(Feed());
  stream->Snapshot();
  const auto refused = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, stream->token()));
  EXPECT_TRUE(refused->Rest().empty());
  EXPECT_EQ(refused->Finish().Outcome(), "FAILED_PRECONDITION RESUME_TOKEN_OTHER_EPOCH");
}

TEST(RestartTest, ASecondGatewayOnTheSameFileIsRefusedWithAClearMessage) {
  GatewayHarness harness;
  Config config = harness.config();
  config.grpc.listen.port = config.callbacks.listen.port = 0;
  const auto second = GatewayProcess::Start(config, harness.MakeSecrets());
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().ToString(), HasSubstr("payouts.db"));
  EXPECT_THAT(second.status().ToString(), HasSubstr("process"));
  EXPECT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
}

}  // namespace
}  // namespace payout::testing
