// A thousand broken connections: readers of every kind are cut off by themselves, by the wire and
// by restarts of the gateway, resume from tokens, and see what the store has: ordered, unique,
// without a gap, with the same content, and with honest progress.

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/status_stream.h"
#include "tests/crash/books.h"
#include "tests/crash/callers.h"
#include "tests/crash/reader.h"
#include "tests/crash/tcp_gate.h"
#include "tests/integration/gateway_harness.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using ::testing::IsEmpty;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 20260102;
constexpr int kDisconnects = 1000;
constexpr std::chrono::seconds kLimit{40};

constexpr ReaderTarget kTargets[] = {ReaderTarget::kFeedFromOldest,
                                     ReaderTarget::kFeedFromSnapshot,
                                     ReaderTarget::kFeedFromNow,
                                     ReaderTarget::kFeedOfStates,
                                     ReaderTarget::kIds,
                                     ReaderTarget::kSlowFeed};

void Misbehave(GatewayHarness& harness) {
  using sandbox::FaultAction;
  using sandbox::Operation;
  sandbox::Fault fails;
  fails.id = "*-fail";
  fails.action = FaultAction::kSettleAs;
  fails.status = "FAILED";
  fails.failure_reason = "INVALID_ACCOUNT_NUMBER";
  harness.AddFault(fails);
  sandbox::Fault refuses;
  refuses.id = "*-refuse";
  refuses.action = FaultAction::kRefuse;
  refuses.codes = {"BALANCE_INSUFFICIENT"};
  harness.AddFault(refuses);
  sandbox::Fault lost;
  lost.action = FaultAction::kDropAfterApply;
  lost.probability = 0.05;
  harness.AddFault(lost);
  sandbox::Fault token;
  token.on = Operation::kToken;
  token.action = FaultAction::kStatus;
  token.http_status = 503;
  token.probability = 0.05;
  harness.AddFault(token);
}

class StreamChecksTest : public ::testing::Test {
 protected:
  StreamChecksTest()
      : harness_({.platform = [](auto& o) { o.seed = kSeed; },
                  .config =
                      [](Config& c) {
                        // So few that most readers are behind and read the store.
                        c.streams.tail_events = 64;
                        c.streams.progress_interval = absl::Milliseconds(100);
                        c.drain.deadline = absl::Seconds(2);
                      }}) {
    std::cout << "seed " << kSeed << "\n";
    Misbehave(harness_);
    for (const ReaderTarget target : kTargets) {
      gates_.push_back(std::make_unique<TcpGate>(harness_.config().grpc.listen.port));
      readers_.push_back(std::make_unique<Reader>(
          target, book_, random_(), ReaderOptions{.messages_max = 15, .reconnects = true}));
    }
  }
  ~StreamChecksTest() override {
    for (const auto& reader : readers_) reader->Stop();
  }

  std::shared_ptr<client::Channel> Open(int port) {
    auto channel = client::Channel::Open(
        {.target = "grpc://127.0.0.1:" + std::to_string(port), .token = kAlphaToken});
    EXPECT_TRUE(channel.ok());
    return *channel;
  }

  int Disconnects() const {
    int count = 0;
    for (const auto& reader : readers_) count += reader->disconnects();
    return count;
  }

  std::mt19937_64 random_{kSeed};
  GatewayHarness harness_;
  CallBook book_;
  std::vector<std::unique_ptr<TcpGate>> gates_;
  std::vector<std::unique_ptr<Reader>> readers_;
};

TEST_F(StreamChecksTest, AThousandDisconnectsLeaveNoReaderWithAGapOrARepetition) {
  for (std::size_t i = 0; i < readers_.size(); ++i) readers_[i]->Start(Open(gates_[i]->port()));

  const auto end = Clock::now() + kLimit;
  int cuts = 0;
  int restarts = 0;
  const auto restart_is_due = [&] { return Disconnects() > (restarts + 1) * kDisconnects / 4; };
  for (int turn = 0; Disconnects() < kDisconnects && Clock::now() < end; ++turn) {
    Callers callers(Open(harness_.config().grpc.listen.port), book_,
                    {.prefix = "t" + std::to_string(turn) + "c", .seed = random_(), .payouts = 30});
    Eventually(
        [&] {
          // Every few milliseconds the connection of one reader breaks.
          if (random_() % 3 == 0) cuts += gates_[random_() % gates_.size()]->CutAll(random_() % 2);
          return callers.done() || restart_is_due();
        },
        5);
    callers.Stop();
    if (restart_is_due()) {
      harness_.Restart();
      ++restarts;
    }
  }
  EXPECT_GE(Disconnects(), kDisconnects);
  EXPECT_GE(restarts, 3);
  EXPECT_GT(cuts, 50);

  // Then everything settles, and every reader reads to the end.
  const auto channel = Open(harness_.config().grpc.listen.port);
  const client::PayoutClient client(channel);
  std::map<std::string, v1::Payout> payouts;
  ASSERT_TRUE(SettleAll(client, book_, 30, &payouts));
  v1::StreamStatusRequest now;
  now.mutable_feed();
  now.set_start(v1::STREAM_START_NOW);
  client::StatusStream stream(*channel, now);
  v1::StreamStatusResponse progress;
  ASSERT_EQ(stream.Wait(absl::Seconds(10), &progress), client::StatusStream::Outcome::kMessage);
  const std::int64_t last = PositionOf(progress.token()).value_or(0);
  ASSERT_GT(last, 0);
  for (const auto& reader : readers_) reader->ReadUpTo(last);
  for (const auto& reader : readers_) {
    EXPECT_TRUE(Eventually([&] { return reader->CaughtUp(); }, 20));
    reader->Stop();
  }
  harness_.Stop();

  std::vector<Reader*> readers;
  for (const auto& reader : readers_) readers.push_back(reader.get());
  CompareWithStore((harness_.dir() / "payouts.db").string(), readers, book_);
  EXPECT_THAT(book_.violations(), IsEmpty());
  for (const auto& reader : readers_) {
    RecordProperty("changes", static_cast<int>(reader->history().events().size()));
  }
  std::cout << Disconnects() << " disconnects, " << cuts << " by the wire, " << restarts
            << " restarts, " << last << " changes of " << book_.intents() << " payouts\n";
}

}  // namespace
}  // namespace payout::testing
