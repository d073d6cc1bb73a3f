// Status streams: snapshot, then deltas; resumable after every message; no gap, no duplicate.

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/reason.h"
#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

StreamRequest FeedOf(const TenantName& tenant) {
  StreamRequest request;
  request.filter.tenant = tenant;
  return request;
}

StreamRequest Ids(const std::vector<std::string>& ids) {
  StreamRequest request = FeedOf(CoreFixture::kTenant);
  for (const std::string& id : ids) {
    request.filter.keys.push_back({CoreFixture::kMerchant, PayoutId(id)});
  }
  return request;
}

// "begin", "P1/2" for a payout of the snapshot, "end", "P1:3" for a change.
std::string Describe(const StreamMessage& message) {
  if (std::holds_alternative<SnapshotBegin>(message.content)) return "begin";
  if (std::holds_alternative<SnapshotEnd>(message.content)) return "end";
  if (std::holds_alternative<Progress>(message.content)) return "progress";
  if (const PayoutPtr* payout = std::get_if<PayoutPtr>(&message.content)) {
    return (*payout)->intent.key.payout_id.value() + "/" + std::to_string((*payout)->revision);
  }
  const Event& event = *std::get<EventPtr>(message.content);
  return event.key.payout_id.value() + ":" + std::to_string(event.revision);
}

struct Read {
  absl::Status status;
  std::vector<std::string> messages;  // progress left out
  std::vector<std::string> tokens;    // of `messages`
};

// Reads until the stream ends, or for `duration`.
Read ReadStream(CoreFixture& fixture, StreamRequest request, absl::Duration duration) {
  Read read;
  StatusStream stream(fixture.process->core, fixture.process->feed, std::move(request),
                      {.batch = 3});
  bool done = false;
  TaskScope scope;
  scope.Spawn([](StatusStream& s, Read& out, bool& ended) -> Task<void> {
    out.status = co_await s.Begin();
    while (out.status.ok()) {
      absl::StatusOr<std::vector<StreamMessage>> batch = co_await s.Next();
      out.status = batch.status();
      if (!batch.ok() || batch->empty()) break;
      for (const StreamMessage& message : *batch) {
        if (std::holds_alternative<Progress>(message.content)) continue;
        out.messages.push_back(Describe(message));
        out.tokens.push_back(EncodeToken(message.token));
      }
    }
    ended = true;
  }(stream, read, done));
  fixture.env.RunUntil([&done] { return done; }, duration);
  return read;
}

TEST(StreamTest, StreamByIdsTellsEveryRevisionAndEnds) {
  CoreFixture fixture;
  fixture.Create("P1");
  const Read read = ReadStream(fixture, Ids({"P1"}), absl::Hours(1));
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.messages, ElementsAre("begin", "P1/1", "end", "P1:2", "P1:3", "P1:4"));
}

TEST(StreamTest, SettledPayoutIsShownAndTheStreamEndsAtOnce) {
  CoreFixture fixture;
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  const absl::Duration before = fixture.env.Monotonic();
  const Read read = ReadStream(fixture, Ids({"P1"}), absl::Hours(1));
  EXPECT_THAT(read.messages, ElementsAre("begin", "P1/4", "end"));
  EXPECT_EQ(fixture.env.Monotonic(), before);
}

TEST(StreamTest, ResumingAfterAnyMessageGivesExactlyTheRest) {
  for (const std::size_t tail :
       {std::size_t{1024}, std::size_t{2}}) {  // in step, and from the store
    CoreFixture fixture({.tail_events = tail});
    for (int i = 0; i < 8; ++i) fixture.Create("P" + std::to_string(i));
    const Read whole = ReadStream(fixture, FeedOf(CoreFixture::kTenant), absl::Minutes(10));
    ASSERT_EQ(whole.messages.size(), 10U + 8U * 3U);
    for (std::size_t i = 0; i < whole.tokens.size(); ++i) {
      StreamRequest request = FeedOf(CoreFixture::kTenant);
      request.resume_token = whole.tokens[i];
      const Read rest = ReadStream(fixture, std::move(request), absl::Seconds(1));
      const std::vector<std::string> expected(whole.messages.begin() + static_cast<long>(i) + 1,
                                              whole.messages.end());
      EXPECT_EQ(rest.messages, expected) << "after message " << i << ", tail " << tail;
    }
  }
}

// A stream that is sent away by a shutdown before its first message.
TEST(StreamTest, ATokenOfBeforeTheFirstMessageGivesAllOfTheSnapshot) {
  CoreFixture fixture;
  fixture.Create("P1");
  for (const StreamRequest& target : {Ids({"P1"}), FeedOf(CoreFixture::kTenant)}) {
    StatusStream stream(fixture.process->core, fixture.process->feed, target, {});
    bool begun = false;
    TaskScope scope;
    scope.Spawn([](StatusStream& s, bool& done) -> Task<void> {
      const absl::Status status = co_await s.Begin();
      EXPECT_TRUE(status.ok()) << status;
      done = true;
    }(stream, begun));
    ASSERT_TRUE(fixture.env.RunUntil([&begun] { return begun; }, absl::Seconds(1)));
    stream.Stop();

    StreamRequest resumed = target;
    resumed.resume_token = EncodeToken(stream.token());
    const Read read = ReadStream(fixture, resumed, absl::Milliseconds(1));
    EXPECT_TRUE(read.status.ok()) << read.status;
    EXPECT_THAT(read.messages, ElementsAre("begin", "P1/1", "end"));
  }
}

TEST(StreamTest, ResumedStreamByIdsEndsWhenAllAreSettled) {
  CoreFixture fixture;
  fixture.Create("P1");
  fixture.Create("P2");
  const Read whole = ReadStream(fixture, Ids({"P1", "P2"}), absl::Hours(1));
  for (std::size_t i = 0; i < whole.tokens.size(); ++i) {
    StreamRequest request = Ids({"P2", "P1"});  // The order of the ids does not matter.
    request.resume_token = whole.tokens[i];
    const absl::Duration before = fixture.env.Monotonic();
    const Read rest = ReadStream(fixture, std::move(request), absl::Hours(1));
    EXPECT_TRUE(rest.status.ok()) << rest.status;
    EXPECT_EQ(rest.messages.size(), whole.messages.size() - i - 1);
    EXPECT_EQ(fixture.env.Monotonic(), before) << "the stream must end, not wait";
  }
}

TEST(StreamTest, FeedSnapshotLeavesOutWhatIsSettled) {
  CoreFixture fixture;
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  fixture.platform.latency = absl::Hours(1);
  fixture.Create("P2");
  const Read read = ReadStream(fixture, FeedOf(CoreFixture::kTenant), absl::Seconds(1));
  EXPECT_THAT(read.messages, ElementsAre("begin", "P2/1", "end"));
}

TEST(StreamTest, ProgressIsToldHoweverBusyTheTenantIsWithWhatTheStreamDoesNotWant) {
  CoreFixture fixture;
  StreamRequest request = FeedOf(CoreFixture::kTenant);
  request.start = StreamStart::kNow;
  request.filter.states = {State::kCancelled};
  StatusStream stream(fixture.process->core, fixture.process->feed, request,
                      {.progress_interval = absl::Seconds(10)});
  int progress = 0;
  TaskScope scope;
  scope.Spawn([](StatusStream& s, int& count) -> Task<void> {
    const absl::Status begun = co_await s.Begin();
    EXPECT_TRUE(begun.ok()) << begun;
    for (;;) {
      const absl::StatusOr<std::vector<StreamMessage>> messages = co_await s.Next();
      if (!messages.ok() || messages->empty()) co_return;
      for (const StreamMessage& message : *messages) {
        if (std::holds_alternative<Progress>(message.content)) ++count;
      }
    }
  }(stream, progress));
  for (int second = 0; second < 60; ++second) {
    fixture.Create("P" + std::to_string(second));
    fixture.env.RunUntil([] { return false; }, absl::Seconds(1));
  }
  EXPECT_GE(progress, 3);
}

TEST(StreamTest, OtherTenantsSeeNothing) {
  CoreFixture fixture;
  fixture.Create("P1");
  const Read read = ReadStream(fixture, FeedOf(TenantName("other")), absl::Minutes(5));
  EXPECT_THAT(read.messages, ElementsAre("begin", "end"));
}

TEST(StreamTest, TokensAreBoundToTheirTargetTheirStoreAndItsHistory) {
  CoreFixture fixture;
  fixture.Create("P1");
  const Read read = ReadStream(fixture, FeedOf(CoreFixture::kTenant), absl::Seconds(1));
  const auto reason = [&fixture](StreamRequest request) {
    const Read resumed = ReadStream(fixture, std::move(request), absl::Seconds(1));
    EXPECT_THAT(resumed.messages, IsEmpty());
    return DetailsOf(resumed.status).value_or(ErrorDetails()).reason;
  };
  StreamRequest other_target = Ids({"P1"});
  other_target.resume_token = read.tokens.back();
  EXPECT_EQ(reason(other_target), Reason::kResumeTokenOtherFilter);

  StreamRequest other_tenant = FeedOf(TenantName("other"));
  other_tenant.resume_token = read.tokens.back();
  EXPECT_EQ(reason(other_tenant), Reason::kResumeTokenOtherFilter);

  StreamToken token = *DecodeToken(read.tokens.back());
  StreamRequest request = FeedOf(CoreFixture::kTenant);
  token.position += 1000;
  request.resume_token = EncodeToken(token);
  EXPECT_EQ(reason(request), Reason::kResumeTokenFromFuture);
  token.epoch += 1;
  request.resume_token = EncodeToken(token);
  EXPECT_EQ(reason(request), Reason::kResumeTokenOtherEpoch);
  request.resume_token = read.tokens.back() + "A";
  EXPECT_EQ(reason(request), Reason::kResumeTokenInvalid);
}

TEST(StreamTest, UnknownIdsAreNamed) {
  CoreFixture fixture;
  fixture.Create("P1");
  const Read read = ReadStream(fixture, Ids({"P1", "P8", "P9"}), absl::Seconds(1));
  EXPECT_TRUE(absl::IsNotFound(read.status));
  EXPECT_EQ(DetailsOf(read.status)->metadata.at("payout_ids"), "P8,P9");
}

}  // namespace
}  // namespace payout::testing
