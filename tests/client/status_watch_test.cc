#include "client/status_watch.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/client/fake_timing.h"
#include "tests/client/scripted_service.h"

namespace payout::client {
namespace {

using grpc::StatusCode;
using Kind = WatchMessage::Kind;

constexpr auto kQueued = v1::PAYOUT_STATE_QUEUED;
constexpr auto kProcessing = v1::PAYOUT_STATE_PROCESSING;
constexpr auto kSucceeded = v1::PAYOUT_STATE_SUCCEEDED;

class StatusWatchTest : public testing::Test {
 protected:
  StatusWatchTest() { options.timing = timing; }

  static std::shared_ptr<Channel> Open(const std::string& url) {
    ChannelOptions channel;
    channel.target = url;
    return Channel::Open(channel).value();
  }
  std::unique_ptr<StatusWatch> Watch(const v1::StreamStatusRequest& request) {
    return std::make_unique<StatusWatch>(Open(server.url()), request, options);
  }
  static v1::StreamStatusRequest ById() {
    v1::StreamStatusRequest request;
    request.mutable_ids()->add_payout_ids("a");
    return request;
  }
  static v1::StreamStatusRequest Feed() {
    v1::StreamStatusRequest request;
    request.mutable_feed();
    return request;
  }
  // The tokens of the next messages.
  static std::vector<std::string> Tokens(StatusWatch& watch, int count) {
    std::vector<std::string> tokens;
    for (int i = 0; i < count; ++i) {
      const auto item = watch.Next();
      tokens.push_back(item.ok() ? item->message.token() : item.error().ToString());
    }
    return tokens;
  }

  ScriptedServer server;
  std::shared_ptr<FakeTiming> timing = std::make_shared<FakeTiming>();
  WatchOptions options;
};

TEST_F(StatusWatchTest, SnapshotThenEventsThenTheEnd) {
  server->stream.Then(Sends({SnapshotBegin("t1"), SnapshotOf("t2", MakePayout("a", kQueued, 1)),
                             SnapshotEnd("t3", 1), EventOf("t4", MakePayout("a", kProcessing, 2)),
                             EventOf("t5", MakePayout("a", kSucceeded, 3))}));
  const auto watch = Watch(ById());
  for (const Kind kind : {Kind::kSnapshotBegin, Kind::kSnapshotPayout, Kind::kSnapshotEnd,
                          Kind::kEvent, Kind::kEvent, Kind::kEnd, Kind::kEnd}) {
    const auto item = watch->Next();
    ASSERT_TRUE(item.ok()) << item.error().ToString();
    EXPECT_EQ(item->kind, kind);
  }
  EXPECT_EQ(watch->token(), "t5");
  EXPECT_EQ(server->stream.calls(), 1u);
}

TEST_F(StatusWatchTest, TheTokenIsThatOfTheLastMessageDelivered) {
  server->stream.Then(SendsAndHangs({SnapshotBegin("t1"), SnapshotEnd("t2", 0)}));
  auto request = Feed();
  request.set_resume_token("t0");
  const auto watch = Watch(request);
  EXPECT_EQ(watch->token(), "t0");
  ASSERT_TRUE(watch->Next().ok());
  EXPECT_EQ(watch->token(), "t1");
}

TEST_F(StatusWatchTest, BrokenStreamsGoOnFromTheLastToken) {
  server->stream.Then(
      Sends({EventOf("t1", MakePayout("a", kQueued, 1))}, BareError(StatusCode::UNAVAILABLE)));
  server->stream.Then(
      Sends({EventOf("t2", MakePayout("a", kProcessing, 2))},
            MakeError({.code = StatusCode::RESOURCE_EXHAUSTED, .reason = "SLOW_READER"})));
  server->stream.Then(Sends({EventOf("t3", MakePayout("b", kQueued, 1))}));  // a feed does not end
  server->stream.Then(Sends({}, BareError(StatusCode::INTERNAL)));
  server->stream.Then(SendsAndHangs({EventOf("t4", MakePayout("b", kProcessing, 2))}));
  const auto watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 4), (std::vector<std::string>{"t1", "t2", "t3", "t4"}));
  std::vector<std::string> resumed;
  for (const auto& request : server->stream.requests()) resumed.push_back(request.resume_token());
  EXPECT_EQ(resumed, (std::vector<std::string>{"", "t1", "t2", "t3", "t3"}));
  EXPECT_EQ(watch->counters().reconnects, 4);
}

TEST_F(StatusWatchTest, ARestartedServerIsFoundAgain) {
  auto first = std::make_unique<ScriptedServer>();
  const int port = first->port();
  (*first)->stream.Always(SendsAndHangs({EventOf("t1", MakePayout("a", kQueued, 1))}));
  options.timing = nullptr;  // the connection itself needs real time
  StatusWatch watch(Open(first->url()), Feed(), options);
  ASSERT_TRUE(watch.Next().ok());
  first.reset();
  ScriptedServer second(nullptr, port);
  second->stream.Always(SendsAndHangs({EventOf("t2", MakePayout("a", kProcessing, 2))}));
  EXPECT_EQ(Tokens(watch, 1), std::vector<std::string>{"t2"});
  EXPECT_EQ(second->stream.requests()[0].resume_token(), "t1");
}

TEST_F(StatusWatchTest, AClosingMessageSaysWhenToComeBack) {
  server->stream.Then(
      Sends({EventOf("t1", MakePayout("a", kQueued, 1)), ClosingAt("t2", 9)},
            MakeError({.code = StatusCode::UNAVAILABLE, .reason = "SERVER_DRAINING"})));
  server->stream.Then(Sends({EventOf("t3", MakePayout("a", kSucceeded, 2))}));
  const auto watch = Watch(ById());
  EXPECT_EQ(Tokens(*watch, 2), (std::vector<std::string>{"t1", "t3"}));
  EXPECT_EQ(server->stream.requests()[1].resume_token(), "t2");
  EXPECT_EQ(timing->pauses(), std::vector<absl::Duration>{absl::Seconds(9)});
}

TEST_F(StatusWatchTest, OkAfterAClosingMessageIsNotTheEnd) {
  server->stream.Then(Sends({ClosingAt("t1", 0)}));
  server->stream.Then(Sends({EventOf("t2", MakePayout("a", kSucceeded, 2))}));
  const auto watch = Watch(ById());
  EXPECT_EQ(Tokens(*watch, 1), std::vector<std::string>{"t2"});
  EXPECT_EQ(watch->Next()->kind, Kind::kEnd);
}

TEST_F(StatusWatchTest, ATokenThatIsLostFailsByDefault) {
  for (const char* reason :
       {"RESUME_TOKEN_TOO_OLD", "RESUME_TOKEN_OTHER_EPOCH", "RESUME_TOKEN_FROM_FUTURE"}) {
    server->stream.ThenFail(MakeError({.code = StatusCode::OUT_OF_RANGE, .reason = reason}));
    auto request = Feed();
    request.set_resume_token("old");
    const auto watch = Watch(request);
    for (int i = 0; i < 2; ++i) {
      const auto item = watch->Next();
      ASSERT_FALSE(item.ok());
      EXPECT_EQ(item.error().reason, reason);
    }
  }
  EXPECT_EQ(server->stream.calls(), 3u);
}

TEST_F(StatusWatchTest, ATokenThatIsLostRestartsWithASnapshotWhenAskedAndSaysSo) {
  server->stream.Then(
      Sends({EventOf("t1", MakePayout("a", kProcessing, 5))}, BareError(StatusCode::UNAVAILABLE)));
  server->stream.ThenFail(
      MakeError({.code = StatusCode::OUT_OF_RANGE, .reason = "RESUME_TOKEN_TOO_OLD"}));
  server->stream.Then(
      SendsAndHangs({SnapshotBegin("n1"), SnapshotOf("n2", MakePayout("a", kProcessing, 5))}));
  options.restart_when_lost = true;
  auto request = Feed();
  request.set_start(v1::STREAM_START_NOW);
  const auto watch = Watch(request);
  EXPECT_EQ(Tokens(*watch, 1), std::vector<std::string>{"t1"});
  const auto restarted = watch->Next();
  ASSERT_TRUE(restarted.ok());
  EXPECT_EQ(restarted->kind, Kind::kRestarted);
  EXPECT_EQ(restarted->lost->reason, "RESUME_TOKEN_TOO_OLD");
  EXPECT_EQ(watch->token(), "");
  EXPECT_EQ(Tokens(*watch, 2), (std::vector<std::string>{"n1", "n2"}));
  const auto last = server->stream.requests().back();
  EXPECT_EQ(last.resume_token(), "");
  EXPECT_EQ(last.start(), v1::STREAM_START_SNAPSHOT);
}

TEST_F(StatusWatchTest, WhatReconnectingCannotMendIsFinal) {
  options.restart_when_lost = true;
  const ErrorSpec specs[] = {
      {.code = StatusCode::FAILED_PRECONDITION, .reason = "RESUME_TOKEN_OTHER_FILTER"},
      {.code = StatusCode::NOT_FOUND, .reason = "PAYOUT_NOT_FOUND"},
      {.code = StatusCode::UNAUTHENTICATED, .reason = "CREDENTIALS_INVALID"},
      {.code = StatusCode::INVALID_ARGUMENT, .reason = "STREAM_TARGET_INVALID"}};
  for (const ErrorSpec& spec : specs) {
    server->stream.ThenFail(MakeError(spec));
    const auto watch = Watch(ById());
    const auto item = watch->Next();
    ASSERT_FALSE(item.ok());
    EXPECT_EQ(item.error().reason, spec.reason);
  }
  EXPECT_EQ(server->stream.calls(), std::size(specs));
}

TEST_F(StatusWatchTest, PausesGrowWithFailuresAndStartAnewAfterProgress) {
  timing->random = 700'000;  // taken modulo each bound, in microseconds
  options.backoff = {absl::Milliseconds(100), absl::Seconds(10)};
  std::vector<StatusCode> reported;
  options.on_reconnect = [&](const CallError& why, absl::Duration) {
    reported.push_back(why.code);
  };
  for (int i = 0; i < 3; ++i) server->stream.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->stream.Then(Sends({ProgressAt("t1")}, BareError(StatusCode::UNAVAILABLE)));
  server->stream.Then(SendsAndHangs({EventOf("t2", MakePayout("a"))}));
  const auto watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 1), std::vector<std::string>{"t2"});
  const auto pauses = timing->pauses();
  ASSERT_EQ(pauses.size(), 4u);
  EXPECT_EQ(pauses[0], absl::Microseconds(700'000 % 100'001));
  EXPECT_EQ(pauses[1], absl::Microseconds(700'000 % 200'001));
  EXPECT_EQ(pauses[2], absl::Microseconds(700'000 % 400'001));
  EXPECT_EQ(pauses[3], pauses[0]) << "progress resets the bound";
  EXPECT_EQ(reported, std::vector<StatusCode>(4, StatusCode::UNAVAILABLE));
}

TEST_F(StatusWatchTest, ItGivesUpAfterFailuresInARowWhenToldTo) {
  options.failures_max = 3;
  server->stream.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->stream.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->stream.Then(Sends({ProgressAt("t1")}, BareError(StatusCode::UNAVAILABLE)));
  server->stream.AlwaysFail(BareError(StatusCode::UNAVAILABLE));
  const auto watch = Watch(Feed());
  const auto item = watch->Next();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, StatusCode::UNAVAILABLE);
  EXPECT_EQ(server->stream.calls(), 5u) << "the message in between starts the count anew";
}

TEST_F(StatusWatchTest, ASilentStreamIsReplaced) {
  options.silence_max = absl::Milliseconds(100);
  server->stream.Then(SendsAndHangs({EventOf("t1", MakePayout("a", kQueued, 1))}));
  server->stream.Then(SendsAndHangs({EventOf("t2", MakePayout("a", kProcessing, 2))}));
  const auto watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 2), (std::vector<std::string>{"t1", "t2"}));
  EXPECT_EQ(server->stream.requests()[1].resume_token(), "t1");
}

TEST_F(StatusWatchTest, ProgressMovesTheTokenAndIsShownOnlyWhenAskedFor) {
  server->stream.Always([](grpc::ServerContext& context, const auto&, StreamWriter& writer) {
    writer.Write(ProgressAt("t1"));
    writer.Write(EventOf("t2", MakePayout("a")));
    writer.Write(ProgressAt("t3"));
    WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  });
  auto watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 1), std::vector<std::string>{"t2"});
  options.deliver_progress = true;
  watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 3), (std::vector<std::string>{"t1", "t2", "t3"}));
}

TEST_F(StatusWatchTest, RepeatedEventsAreSuppressedAndGapsAreReported) {
  server->stream.Then(SendsAndHangs(
      {EventOf("t1", MakePayout("a", kQueued, 1)), EventOf("t2", MakePayout("a", kQueued, 1)),
       EventOf("t3", MakePayout("a", kProcessing, 4)), EventOf("t4", MakePayout("b", kQueued, 7)),
       EventOf("t5", MakePayout("a", kProcessing, 3)),
       EventOf("t6", MakePayout("b", kQueued, 8))}));
  const auto watch = Watch(Feed());
  EXPECT_EQ(watch->Next()->message.token(), "t1");
  const auto with_gap = watch->Next();
  EXPECT_EQ(with_gap->message.token(), "t3");
  EXPECT_EQ(with_gap->missing_revisions, 2);
  const auto first_sight = watch->Next();
  EXPECT_EQ(first_sight->message.token(), "t4");
  EXPECT_EQ(first_sight->missing_revisions, 0);
  EXPECT_EQ(watch->Next()->message.token(), "t6");
  EXPECT_EQ(watch->counters().repeated_events, 2);
  EXPECT_EQ(watch->counters().missing_revisions, 2);
}

TEST_F(StatusWatchTest, AFeedFilteredByStateHasNoGaps) {
  server->stream.Then(SendsAndHangs(
      {EventOf("t1", MakePayout("a", kQueued, 1)), EventOf("t2", MakePayout("a", kSucceeded, 4))}));
  auto request = Feed();
  request.mutable_feed()->add_states(kQueued);
  request.mutable_feed()->add_states(kSucceeded);
  const auto watch = Watch(request);
  ASSERT_TRUE(watch->Next().ok());
  EXPECT_EQ(watch->Next()->missing_revisions, 0);
}

TEST_F(StatusWatchTest, MessagesOfAnUnknownKindArePassedOver) {
  v1::StreamStatusResponse unknown;
  unknown.set_token("t1");
  server->stream.Then(SendsAndHangs({unknown, EventOf("t2", MakePayout("a"))}));
  const auto watch = Watch(Feed());
  EXPECT_EQ(Tokens(*watch, 1), std::vector<std::string>{"t2"});
  EXPECT_EQ(watch->counters().malformed, 1);
}

TEST_F(StatusWatchTest, CancelEndsABlockedNext) {
  server->stream.Always(SendsAndHangs({EventOf("t1", MakePayout("a"))}));
  const auto watch = Watch(Feed());
  ASSERT_TRUE(watch->Next().ok());
  std::thread canceller([&watch] { watch->Cancel(); });
  const auto item = watch->Next();
  canceller.join();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, StatusCode::CANCELLED);
  EXPECT_FALSE(watch->Next().ok());
  EXPECT_EQ(watch->token(), "t1");
}

TEST_F(StatusWatchTest, CancelEndsAPause) {
  options.timing = nullptr;
  server->stream.AlwaysFail(MakeError({.code = StatusCode::RESOURCE_EXHAUSTED,
                                       .reason = "TOO_MANY_STREAMS",
                                       .retry_after = absl::Hours(1)}));
  StatusWatch* watched = nullptr;
  std::thread canceller;
  options.on_reconnect = [&](const CallError&, absl::Duration) {
    canceller = std::thread([&] { watched->Cancel(); });
  };
  const auto watch = Watch(Feed());
  watched = watch.get();
  const auto item = watch->Next();
  canceller.join();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, StatusCode::CANCELLED);
}

TEST_F(StatusWatchTest, ItCanBeDroppedAtAnyMoment) {
  server->stream.Always(SendsAndHangs({EventOf("t1", MakePayout("a", kQueued, 1)),
                                       EventOf("t2", MakePayout("a", kProcessing, 2))}));
  for (int messages = 0; messages <= 2; ++messages) {
    const auto watch = Watch(Feed());
    for (int i = 0; i < messages; ++i) ASSERT_TRUE(watch->Next().ok());
  }
}

// The promise as a whole: a server with a log of events breaks the stream in random ways after a
// random number of messages, and the reader still sees the log exactly once and in order.
TEST_F(StatusWatchTest, NothingIsLostOrRepeatedAcrossRandomDisconnects) {
  constexpr int kEvents = 1500;
  // The server's, which outlives the test's body: a handler may still run while the next one does,
  // or when the test is over.
  struct Script {
    std::mutex mutex;
    const unsigned seed = std::random_device{}();
    std::mt19937 random{seed};
    std::vector<v1::StreamStatusResponse> log;
    unsigned Draw() {
      const std::lock_guard lock(mutex);
      return static_cast<unsigned>(random());
    }
  };
  const auto script = std::make_shared<Script>();
  SCOPED_TRACE("seed " + std::to_string(script->seed));
  std::map<std::string, int64_t> revisions;
  for (int position = 1; position <= kEvents; ++position) {
    const std::string id = "p-" + std::to_string(script->Draw() % 20);
    script->log.push_back(
        EventOf(std::to_string(position), MakePayout(id, kProcessing, ++revisions[id])));
  }
  server->stream.Always([script](grpc::ServerContext&, const v1::StreamStatusRequest& request,
                                 StreamWriter& writer) {
    const std::vector<v1::StreamStatusResponse>& log = script->log;
    const size_t start = request.resume_token().empty() ? 0 : std::stoul(request.resume_token());
    const size_t count = script->Draw() % 40;
    for (size_t i = start; i < std::min(log.size(), start + count); ++i) writer.Write(log[i]);
    switch (script->Draw() % 5) {
      case 0:
        return BareError(StatusCode::UNAVAILABLE);
      case 1:
        return BareError(StatusCode::INTERNAL);
      case 2:
        return MakeError({.code = StatusCode::RESOURCE_EXHAUSTED, .reason = "SLOW_READER"});
      case 3:
        writer.Write(ClosingAt(std::to_string(std::min(log.size(), start + count)), 1));
        return BareError(StatusCode::UNAVAILABLE);
      default:
        return grpc::Status::OK;
    }
  });
  const auto watch = Watch(Feed());
  for (int position = 1; position <= kEvents; ++position) {
    const auto item = watch->Next();
    ASSERT_TRUE(item.ok()) << item.error().ToString();
    ASSERT_EQ(item->message.token(), std::to_string(position));
    ASSERT_EQ(item->missing_revisions, 0);
  }
  EXPECT_EQ(watch->counters().repeated_events, 0);
  EXPECT_GT(watch->counters().reconnects, kEvents / 100);
}

}  // namespace
}  // namespace payout::client
