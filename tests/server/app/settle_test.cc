// The whole core on one thread under simulated time: payouts go from the call to settled.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

CallbackCall CallOf(const std::string& url, const std::string& id) {
  // http://host/callbacks/v1/{merchant}/{key_id}/{mac}
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= url.size();) {
    const std::size_t end = std::min(url.find('/', from), url.size());
    parts.push_back(url.substr(from, end - from));
    from = end + 1;
  }
  const std::size_t n = parts.size();
  return {parts[n - 3], parts[n - 2], parts[n - 1], id};
}

// Delivers the platform's callbacks to the running process.
void DeliverCallbacks(CoreFixture& fixture) {
  fixture.platform.callback = [&fixture](const std::string& url, const std::string& id) {
    fixture.process->scope.Spawn([](CoreFixture& f, CallbackCall call) -> Task<void> {
      const CallbackVerdict verdict = co_await f.process->accept.Handle(std::move(call));
      EXPECT_EQ(verdict, CallbackVerdict::kAccepted);
    }(fixture, CallOf(url, id)));
  };
}

TEST(SettleTest, PayoutSettlesSoonAfterItsCallback) {
  CoreFixture fixture;
  DeliverCallbacks(fixture);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Seconds(10)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
  // One token, one create, one read: the callback made the only read worth making.
  EXPECT_EQ(fixture.platform.requests.size(), 3U);
  EXPECT_EQ(fixture.Get("P1").revision, 4);  // QUEUED, SUBMITTING, PROCESSING, SUCCEEDED
}

TEST(SettleTest, PayoutSettlesWhenEveryCallbackIsLost) {
  CoreFixture fixture;
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(2)));
}

// Three days ahead when rows were written, right again afterwards.
TEST(SettleTest, OnlyAnAnswerOfThePlatformMakesAStatusFresh) {
  CoreFixture fixture;
  fixture.platform.settle_after = absl::Hours(24);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kProcessing));
  const auto get = [&fixture](absl::Duration max_staleness) {
    return *fixture.env.Await(
        fixture.process->query.Get(CoreFixture::kTenant, "main", "P1", max_staleness,
                                   fixture.env.Monotonic() + absl::Seconds(30)));
  };
  fixture.env.RunFor(absl::Minutes(10));
  for (const ReadAnswerKind kind :
       {ReadAnswerKind::kServerError, ReadAnswerKind::kNoAnswer, ReadAnswerKind::kFoundUnreadable,
        ReadAnswerKind::kUnlisted, ReadAnswerKind::kRateLimited}) {
    for (int i = 0; i < 2; ++i) {
      ReadAnswer answer;
      answer.kind = kind;
      fixture.platform.reads = {answer};
      EXPECT_EQ(DetailsOf(get(absl::Seconds(5)).status())->reason, Reason::kPlatformReadFailed)
          << ReadAnswerName(kind);
      fixture.platform.reads.clear();
    }
    fixture.env.RunFor(absl::Minutes(10));
  }
  const int before = fixture.platform.Count(Call::kRead);
  EXPECT_TRUE(get(absl::Seconds(5)).ok());
  EXPECT_EQ(fixture.platform.Count(Call::kRead), before + 1);
  EXPECT_TRUE(get(absl::Seconds(5)).ok());
  EXPECT_EQ(fixture.platform.Count(Call::kRead), before + 1) << "that answer is fresh";
}

TEST(SettleTest, AClockThatIsSetBackByDaysStrandsNothing) {
  for (const bool restarted : {false, true}) {
    SCOPED_TRACE(restarted ? "found at the next start" : "noticed by the running process");
    CoreFixture fixture;
    fixture.env.JumpWallClock(absl::Hours(72));
    fixture.platform.settle_after = absl::Minutes(2);
    fixture.Create("sent");
    ASSERT_TRUE(fixture.RunUntilState("sent", State::kProcessing));
    fixture.platform.down = {Call::kToken};
    fixture.Create("queued");
    fixture.env.RunFor(absl::Seconds(1));
    if (restarted) fixture.Kill();
    fixture.env.JumpWallClock(-absl::Hours(72));
    fixture.platform.down.clear();
    if (restarted) fixture.Restart();
    ASSERT_TRUE(fixture.RunUntilState("queued", State::kSucceeded, absl::Minutes(15)));
    ASSERT_TRUE(fixture.RunUntilState("sent", State::kSucceeded, absl::Minutes(15)));
  }
}

TEST(SettleTest, HundredPayoutsSettleWithinTheRequestBudget) {
  CoreFixture fixture;
  DeliverCallbacks(fixture);
  for (int i = 0; i < 100; ++i) fixture.Create("P" + std::to_string(i));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded, absl::Hours(1)));
  }
  const auto& requests = fixture.platform.requests;
  for (std::size_t i = 5; i < requests.size(); ++i) {
    EXPECT_GE(requests[i].at - requests[i - 5].at, absl::Seconds(1)) << "more than 5 in a second";
  }
  for (const auto& [id, payment] : fixture.platform.ledger) EXPECT_EQ(payment.accepted, 1) << id;
  EXPECT_EQ(fixture.platform.ledger.size(), 100U);
}

TEST(SettleTest, SameSeedGivesTheSameHistory) {
  const auto run = [] {
    CoreFixture fixture({.seed = 7});
    DeliverCallbacks(fixture);
    for (int i = 0; i < 20; ++i) fixture.Create("P" + std::to_string(i));
    fixture.env.RunFor(absl::Minutes(5));
    std::vector<std::string> history;
    for (const auto& request : fixture.platform.requests) {
      history.push_back(request.payout_id + "@" + absl::FormatDuration(request.at));
    }
    return history;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace payout::testing
