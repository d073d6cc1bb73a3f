// Status streams over the wire: snapshots, resumption, isolation, limits, drains.

#include <algorithm>
#include <thread>

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "tests/integration/gateway_harness.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void SettleLate(sandbox::Options& options) { options.settle_after = absl::Minutes(1); }

TEST(StreamTest, AFeedShowsOnesOwnPayoutsOnly) {
  GatewayHarness harness({.platform = SettleLate});
  ASSERT_TRUE(harness.alpha().Create(BankPayout("a1", v1::WAIT_MODE_ACCEPTED)).ok());
  ASSERT_TRUE(harness.beta().Create(BankPayout("b1", v1::WAIT_MODE_ACCEPTED)).ok());
  const auto alpha = harness.alpha().Open(Feed());
  const auto beta = harness.beta().Open(Feed());
  const std::vector<v1::Payout> of_alpha = alpha->Snapshot();
  const std::vector<v1::Payout> of_beta = beta->Snapshot();
  ASSERT_EQ(of_alpha.size(), 1u);
  ASSERT_EQ(of_beta.size(), 1u);
  EXPECT_EQ(of_alpha[0].payout_id(), "a1");
  EXPECT_EQ(of_beta[0].payout_id(), "b1");

  ASSERT_TRUE(harness.platform().Settle("b1", "FAILED", "PAYMENT_EXPIRED").ok());
  ASSERT_TRUE(harness.platform().Settle("a1", "SUCCESS").ok());
  v1::StreamStatusResponse message;
  ASSERT_TRUE(alpha->Next(&message));
  EXPECT_EQ(message.event().payout().payout_id(), "a1");
  EXPECT_EQ(message.event().payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
  ASSERT_TRUE(beta->Next(&message));
  EXPECT_EQ(message.event().payout().payout_id(), "b1");
  EXPECT_EQ(message.event().payout().state(), v1::PAYOUT_STATE_FAILED);
}

TEST(StreamTest, AnotherTenantsIdIsUnknownAndUnknownIdsAreNamed) {
  GatewayHarness harness;
  ASSERT_TRUE(harness.alpha().Create(BankPayout("a1")).ok());
  ASSERT_TRUE(harness.beta().Create(BankPayout("b1")).ok());
  const auto stream = harness.alpha().Open(StreamOf({"a1", "b1", "nobodys"}));
  EXPECT_TRUE(stream->Rest().empty());
  const auto end = stream->Finish();
  EXPECT_EQ(end.Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  std::string named;
  for (const auto& [key, value] : end.error.metadata) named += key + "=" + value + ";";
  EXPECT_THAT(named, HasSubstr("b1"));
  EXPECT_THAT(named, HasSubstr("nobodys"));
  EXPECT_EQ(named.find("a1"), std::string::npos) << named;
}

// "kind id revision", or "kind" alone.
std::string Describe(const v1::StreamStatusResponse& message) {
  if (message.has_snapshot_begin()) return "begin";
  if (message.has_snapshot_end()) {
    return "end " + std::to_string(message.snapshot_end().payout_count());
  }
  const v1::Payout& payout =
      message.has_event() ? message.event().payout() : message.snapshot_payout().payout();
  return (message.has_event() ? "event " : "payout ") + payout.payout_id() + " " +
         std::to_string(payout.revision());
}

TEST(StreamTest, ResumingAfterAnyMessageGivesExactlyTheRest) {
  GatewayHarness harness({.platform = SettleLate});
  const std::vector<std::string> ids = {"p1", "p2", "p3"};
  for (const std::string& id : ids) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout(id, v1::WAIT_MODE_ACCEPTED)).ok());
  }
  const auto whole = harness.alpha().Open(StreamOf(ids));
  std::vector<v1::StreamStatusResponse> messages;
  v1::StreamStatusResponse message;
  while (whole->Next(&message)) {
    messages.push_back(message);
    if (!message.has_snapshot_end()) continue;
    for (const std::string& id : ids) {
      ASSERT_TRUE(harness.platform().Settle(id, "SUCCESS").ok());
    }
  }
  ASSERT_EQ(whole->Finish().Outcome(), "OK");
  ASSERT_EQ(messages.size(), 1u + 3u + 1u + 3u);

  std::vector<std::string> rest;
  for (const auto& each : messages) rest.push_back(Describe(each));
  for (const v1::StreamStatusResponse& from : messages) {
    rest.erase(rest.begin());
    const auto resumed = harness.alpha().Open(StreamOf(ids, from.token()));
    std::vector<std::string> got;
    for (const auto& each : resumed->Rest()) got.push_back(Describe(each));
    EXPECT_EQ(got, rest) << "after " << Describe(from);
    EXPECT_EQ(resumed->Finish().Outcome(), "OK");
  }
}

TEST(StreamTest, AFeedFromTheOldestShowsTheWholeHistory) {
  GatewayHarness harness;
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  const auto stream = harness.alpha().Open(Feed(v1::STREAM_START_OLDEST));
  std::vector<v1::PayoutState> states;
  v1::StreamStatusResponse message;
  while (states.size() < 4 && stream->Next(&message)) {
    ASSERT_TRUE(message.has_event());
    states.push_back(message.event().payout().state());
  }
  EXPECT_THAT(states, ElementsAre(v1::PAYOUT_STATE_QUEUED, v1::PAYOUT_STATE_SUBMITTING,
                                  v1::PAYOUT_STATE_PROCESSING, v1::PAYOUT_STATE_SUCCEEDED));
}

TEST(StreamTest, AStateFilterShowsOnlyChangesIntoThoseStates) {
  GatewayHarness harness;
  v1::StreamStatusRequest request = Feed();
  request.mutable_feed()->add_states(v1::PAYOUT_STATE_SUCCEEDED);
  const auto stream = harness.alpha().Open(request);
  EXPECT_TRUE(stream->Snapshot().empty());
  for (const char* id : {"p1", "p2"}) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout(id, v1::WAIT_MODE_SETTLED)).ok());
    v1::StreamStatusResponse message;
    ASSERT_TRUE(stream->Next(&message));
    EXPECT_EQ(message.event().payout().payout_id(), id);
    EXPECT_EQ(message.event().payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
  }
}

TEST(StreamTest, ATokenOfAnotherTargetIsRefused) {
  GatewayHarness harness;
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
  const auto feed = harness.alpha().Open(Feed());
  feed->Snapshot();
  const auto by_id = harness.alpha().Open(StreamOf({"p1"}, feed->token()));
  EXPECT_TRUE(by_id->Rest().empty());
  EXPECT_EQ(by_id->Finish().Outcome(), "FAILED_PRECONDITION RESUME_TOKEN_OTHER_FILTER");
  const auto of_beta = harness.beta().Open(Feed(v1::STREAM_START_UNSPECIFIED, feed->token()));
  EXPECT_TRUE(of_beta->Rest().empty());
  EXPECT_EQ(of_beta->Finish().Outcome(), "FAILED_PRECONDITION RESUME_TOKEN_OTHER_FILTER");
}

TEST(StreamTest, ASilentStreamShowsProgressWithATokenThatResumes) {
  GatewayHarness harness(
      {.config = [](Config& c) { c.streams.progress_interval = absl::Milliseconds(50); }});
  const auto stream = harness.alpha().Open(Feed(v1::STREAM_START_NOW));
  v1::StreamStatusResponse message;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Next(&message));
    ASSERT_TRUE(message.has_progress()) << message.DebugString();
  }
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  const auto resumed = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, stream->token()));
  ASSERT_TRUE(resumed->Next(&message));
  EXPECT_EQ(message.event().payout().revision(), 1);
}

TEST(StreamTest, ADrainClosesStreamsWithATokenAndAReason) {
  GatewayHarness harness({.platform = SettleLate});
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED)).ok());
  const auto stream = harness.alpha().Open(Feed());
  ASSERT_EQ(stream->Snapshot().size(), 1u);
  std::thread drain([&] { harness.Stop(); });
  const std::vector<v1::StreamStatusResponse> rest = stream->Rest();
  const auto end = stream->Finish();
  drain.join();
  ASSERT_EQ(rest.size(), 1u);
  ASSERT_TRUE(rest[0].has_closing());
  EXPECT_GT(rest[0].closing().retry_after().nanos() + rest[0].closing().retry_after().seconds(), 0);
  EXPECT_EQ(end.Outcome(), "UNAVAILABLE SERVER_DRAINING");
  EXPECT_TRUE(end.error.retry_after.has_value());

  harness.Start();
  ASSERT_TRUE(harness.platform().Settle("p1", "SUCCESS").ok());
  const auto resumed = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, rest[0].token()));
  v1::StreamStatusResponse message;
  ASSERT_TRUE(resumed->Next(&message));
  EXPECT_EQ(message.event().payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
}

// A caller whose connection takes a few messages and no more until they are read.
Caller Narrow(const GatewayHarness& harness) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const std::string address = "127.0.0.1:" + std::to_string(harness.config().grpc.listen.port);
  return Caller(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments),
                kAlphaToken);
}

constexpr int kManyPayouts = 400;
constexpr std::size_t kManyEvents = 3 * kManyPayouts;  // QUEUED, SUBMITTING, PROCESSING

void CreateMany(GatewayHarness& harness) {
  for (int i = 0; i < kManyPayouts; ++i) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout("p" + std::to_string(i))).ok());
  }
  for (int i = 0; i < kManyPayouts; ++i) {
    ASSERT_TRUE(harness.alpha().Reaches("p" + std::to_string(i), v1::PAYOUT_STATE_PROCESSING));
  }
}

// Reads `count` changes.
std::vector<std::string> ReadChanges(Stream& stream, std::size_t count) {
  std::vector<std::string> changes;
  v1::StreamStatusResponse message;
  while (changes.size() < count && stream.Next(&message)) {
    if (message.has_event()) changes.push_back(Describe(message));
  }
  return changes;
}

TEST(StreamTest, AReaderThatTakesNothingIsEndedAndLosesNothing) {
  GatewayHarness harness({.platform = SettleLate, .config = [](Config& c) {
                            c.streams.write_timeout = absl::Milliseconds(300);
                          }});
  CreateMany(harness);
  Caller narrow = Narrow(harness);
  const auto stream = narrow.Open(Feed(v1::STREAM_START_OLDEST));
  std::vector<std::string> changes = ReadChanges(*stream, 1);
  ASSERT_EQ(changes.size(), 1u);
  // Others go on meanwhile.
  const auto other = harness.alpha().Open(Feed(v1::STREAM_START_OLDEST));
  const std::vector<std::string> all = ReadChanges(*other, kManyEvents);
  ASSERT_EQ(all.size(), kManyEvents);
  EXPECT_TRUE(Eventually(
      [&] { return harness.Metrics().find("payout_streams_open 1\n") != std::string::npos; }));

  for (const auto& message : stream->Rest()) changes.push_back(Describe(message));
  EXPECT_EQ(stream->Finish().Outcome(), "RESOURCE_EXHAUSTED SLOW_READER");
  EXPECT_LT(changes.size(), kManyEvents);
  const auto resumed = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, stream->token()));
  for (const std::string& change : ReadChanges(*resumed, kManyEvents - changes.size())) {
    changes.push_back(change);
  }
  EXPECT_EQ(changes, all);
}

TEST(StreamTest, TheTokenOfAClosingIsNeverAheadOfWhatWasWritten) {
  GatewayHarness harness({.platform = SettleLate});
  CreateMany(harness);
  std::vector<std::string> all;
  {
    const auto whole = harness.alpha().Open(Feed(v1::STREAM_START_OLDEST));
    all = ReadChanges(*whole, kManyEvents);
    ASSERT_EQ(all.size(), kManyEvents);
  }
  Caller narrow = Narrow(harness);
  const auto stream = narrow.Open(Feed(v1::STREAM_START_OLDEST));
  std::vector<std::string> changes = ReadChanges(*stream, 1);
  std::thread drain([&] { harness.Stop(); });
  const std::vector<v1::StreamStatusResponse> rest = stream->Rest();
  const auto end = stream->Finish();
  drain.join();
  ASSERT_FALSE(rest.empty());
  ASSERT_TRUE(rest.back().has_closing());
  EXPECT_EQ(end.Outcome(), "UNAVAILABLE SERVER_DRAINING");
  for (auto message = rest.begin(); message + 1 != rest.end(); ++message) {
    changes.push_back(Describe(*message));
  }
  EXPECT_LT(changes.size(), kManyEvents);

  harness.Start();
  const auto resumed = harness.alpha().Open(Feed(v1::STREAM_START_UNSPECIFIED, stream->token()));
  for (const std::string& change : ReadChanges(*resumed, kManyEvents - changes.size())) {
    changes.push_back(change);
  }
  EXPECT_EQ(changes, all);
}

TEST(StreamTest, TooManyStreamsAreRefusedUntilOneEnds) {
  GatewayHarness harness({.config = [](Config& c) { c.grpc.streams_max = 2; }});
  auto first = harness.alpha().Open(Feed());
  first->Snapshot();
  const auto second = harness.alpha().Open(Feed());
  second->Snapshot();
  const auto third = harness.alpha().Open(Feed());
  EXPECT_TRUE(third->Rest().empty());
  const auto end = third->Finish();
  EXPECT_EQ(end.Outcome(), "RESOURCE_EXHAUSTED TOO_MANY_STREAMS");
  EXPECT_TRUE(end.error.retry_after.has_value());
  first.reset();
  EXPECT_TRUE(Eventually([&] {
    v1::StreamStatusResponse message;
    return harness.alpha().Open(Feed())->Next(&message);
  }));
}

TEST(StreamTest, MoreThanAThousandIdsAreRefused) {
  GatewayHarness harness;
  std::vector<std::string> ids;
  for (int i = 0; i < 1001; ++i) ids.push_back("p" + std::to_string(i));
  const auto stream = harness.alpha().Open(StreamOf(ids));
  EXPECT_TRUE(stream->Rest().empty());
  EXPECT_EQ(stream->Finish().Outcome(), "INVALID_ARGUMENT STREAM_TARGET_INVALID");
}

}  // namespace
}  // namespace payout::testing
