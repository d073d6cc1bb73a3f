// A platform that does not answer, or asks for less: calls rest, intents are taken, and everything
// goes on by itself.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/reason.h"
#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

std::string IdOf(int i) { return "P" + std::to_string(i); }

MerchantDesk& DeskOf(CoreFixture& fixture) {
  return *fixture.process->directory.FindMerchant(CoreFixture::kMerchant);
}

// Requests of the platform's last `span`.
int Recent(CoreFixture& fixture, absl::Duration span) {
  int count = 0;
  for (const auto& request : fixture.platform.requests) {
    if (request.at > fixture.env.Monotonic() - span) ++count;
  }
  return count;
}

TEST(OutageTest, EachOperationThatDoesNotAnswerIsProbedOnly) {
  for (const Call call : {Call::kToken, Call::kCreate}) {
    CoreFixture fixture({.requests_per_second = 20});
    for (int i = 0; i < 400; ++i) fixture.Create(IdOf(i));
    fixture.platform.down = {call};
    ASSERT_TRUE(fixture.env.RunUntil([&] { return DeskOf(fixture).breaker(call).open(); },
                                     absl::Minutes(2)));
    fixture.env.RunFor(absl::Minutes(2));
    const int before = fixture.platform.Count(call);
    fixture.env.RunFor(absl::Minutes(1));
    const int probes = fixture.platform.Count(call) - before;
    EXPECT_GE(probes, 10);
    EXPECT_LE(probes, 13) << "one each five seconds";

    fixture.platform.down.clear();
    fixture.env.RunFor(absl::Hours(2));
    for (int i = 0; i < 400; ++i) {
      ASSERT_EQ(fixture.Get(IdOf(i)).status.state, State::kSucceeded) << i;
      ASSERT_EQ(fixture.platform.ledger[IdOf(i)].accepted, 1) << i;
    }
  }
}

TEST(OutageTest, QueuedPayoutsStayQueuedAndUnleasedWhileCreatesRest) {
  CoreFixture fixture({.requests_per_second = 20});
  for (int i = 0; i < 300; ++i) fixture.Create(IdOf(i));
  fixture.platform.down = {Call::kCreate, Call::kRead};
  fixture.env.RunFor(absl::Minutes(3));
  ASSERT_TRUE(DeskOf(fixture).breaker(Call::kCreate).open());
  int queued = 0;
  for (int i = 0; i < 300; ++i) {
    const State state = fixture.Get(IdOf(i)).status.state;
    queued += state == State::kQueued ? 1 : 0;
    EXPECT_TRUE(state == State::kQueued || state == State::kOutcomeUnknown ||
                state == State::kSubmitting);
  }
  EXPECT_GE(queued, 200);
  auto leased = fixture.env.Await(fixture.store.Lease({.merchant = CoreFixture::kMerchant,
                                                       .work = WorkClass::kCreate,
                                                       .now = fixture.env.Now(),
                                                       .until = fixture.env.Now(),
                                                       .owner = "nobody",
                                                       .limit = 1000}));
  EXPECT_GE(static_cast<int>((*leased)->payouts.size()), queued - 1) << "no row is held back";
}

TEST(OutageTest, ReadsThatRestKeepTheirPlaceInTheScheduleAndANextTime) {
  CoreFixture fixture({.requests_per_second = 20});
  fixture.platform.settle_after = absl::Hours(24);
  for (int i = 0; i < 100; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Seconds(30));
  fixture.platform.down = {Call::kRead};
  fixture.env.RunFor(absl::Hours(6));
  int untouched = 0;
  for (int i = 0; i < 100; ++i) {
    const Payout payout = fixture.Get(IdOf(i));
    ASSERT_EQ(payout.status.state, State::kProcessing);
    ASSERT_TRUE(payout.schedule.due_at.has_value());
    untouched += payout.schedule.step <= 5 ? 1 : 0;
  }
  EXPECT_GE(untouched, 90);
}

TEST(OutageTest, CallbacksAndIntentsAreTakenWhileEverythingRests) {
  CoreFixture fixture({.requests_per_second = 20});
  for (int i = 0; i < 100; ++i) fixture.Create(IdOf(i));
  fixture.platform.down = {Call::kToken, Call::kCreate, Call::kRead};
  fixture.env.RunFor(absl::Minutes(2));
  const absl::Duration before = fixture.env.Monotonic();
  EXPECT_EQ(fixture.Create("new").status.state, State::kQueued);
  auto hinted = fixture.env.Await(
      fixture.store.RecordHint({CoreFixture::kMerchant, PayoutId("P0")}, fixture.env.Now()));
  EXPECT_TRUE(hinted->ok());
  EXPECT_EQ(fixture.env.Monotonic(), before);
}

TEST(OutageTest, FullBacklogTellsWhenToComeBackAlsoDuringAnOutage) {
  CoreFixture fixture({.requests_per_second = 20, .create = {.queued_max = 200}});
  fixture.platform.down = {Call::kToken};
  for (int i = 0; i < 200; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Minutes(1));
  ASSERT_TRUE(DeskOf(fixture).breaker(Call::kToken).open());
  for (int i = 0; i < 20; ++i) {
    const absl::Status refused = fixture.TryCreate(fixture.Command("more")).status();
    const ErrorDetails details = DetailsOf(refused).value_or(ErrorDetails());
    EXPECT_EQ(details.reason, Reason::kBacklogFull);
    EXPECT_GE(details.retry_after.value_or(absl::ZeroDuration()), absl::Seconds(5));
    EXPECT_LE(details.retry_after.value_or(absl::ZeroDuration()), absl::Minutes(2));
  }
}

TEST(OutageTest, PayoutWhoseTimePassesDuringAnOutageIsCancelledAndNeverSent) {
  CoreFixture fixture({.requests_per_second = 20});
  fixture.platform.down = {Call::kToken};
  IntentDraft draft = BankDraft("hurry");
  draft.submit_before = fixture.env.Now() + absl::Seconds(90);
  for (int i = 0; i < 50; ++i) fixture.Create(IdOf(i));
  fixture.Create(draft);
  for (int i = 50; i < 100; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Minutes(10));
  EXPECT_EQ(fixture.Get("hurry").status.state, State::kCancelled);
}

TEST(RateLimitTest, PlatformThatLimitsIsAskedLessAndFullSpeedReturnsWithinAMinute) {
  CoreFixture fixture;
  for (int i = 0; i < 800; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Seconds(20));
  EXPECT_GE(Recent(fixture, absl::Seconds(10)), 45);
  fixture.platform.limited = {Call::kToken, Call::kCreate, Call::kRead};
  fixture.env.RunFor(absl::Seconds(60));
  EXPECT_LE(Recent(fixture, absl::Seconds(20)), 20) << "an eighth of 100 would be 12";
  fixture.platform.limited.clear();
  fixture.env.RunFor(absl::Seconds(60));
  EXPECT_GE(Recent(fixture, absl::Seconds(10)), 45);
  fixture.env.RunFor(absl::Hours(6));
  for (int i = 0; i < 800; ++i) {
    ASSERT_EQ(fixture.Get(IdOf(i)).status.state, State::kSucceeded) << i;
    ASSERT_EQ(fixture.platform.ledger[IdOf(i)].accepted, 1) << i;
  }
}

TEST(OverloadTest, ReadsOfCallersWhoHaveGoneCostNothing) {
  CoreFixture fixture;
  fixture.platform.settle_after = absl::Hours(1);
  for (int i = 0; i < 60; ++i) fixture.Create(IdOf(i));
  ASSERT_TRUE(
      fixture.env.RunUntil([&] { return fixture.platform.ledger.size() == 60; }, absl::Minutes(2)));
  fixture.env.RunFor(absl::Seconds(11));
  const int before = fixture.platform.Count(Call::kRead);
  int ended = 0;
  for (int i = 0; i < 60; ++i) {
    fixture.process->scope.Spawn([](CoreFixture& f, std::string id, int& count) -> Task<void> {
      [[maybe_unused]] const absl::StatusOr<Payout> payout = co_await f.process->query.Get(
          CoreFixture::kTenant, "", id, absl::Seconds(10), f.env.Monotonic() + absl::Seconds(2));
      ++count;
    }(fixture, IdOf(i), ended));
  }
  fixture.env.RunFor(absl::Seconds(3));
  EXPECT_EQ(ended, 60);
  fixture.env.RunFor(absl::Seconds(10));
  EXPECT_LE(fixture.platform.Count(Call::kRead) - before, 14) << "what fits into two seconds";
}

TEST(FairnessTest, TenantWithAThousandQueuedPayoutsDoesNotDelayAnother) {
  CoreFixture fixture;
  fixture.process->directory.AddTenant({TenantName("other"), {CoreFixture::kMerchant}, ""});
  for (int i = 0; i < 1000; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Seconds(30));
  CreateCommand theirs = fixture.Command("theirs");
  theirs.tenant = TenantName("other");
  theirs.wait = WaitMode::kAccepted;
  const absl::Duration before = fixture.env.Monotonic();
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(theirs));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->payout.status.state, State::kProcessing);
  // Its token and its create: two of its turns, while creates have a share of the budget only.
  EXPECT_LE(fixture.env.Monotonic() - before, absl::Seconds(5));
}

}  // namespace
}  // namespace payout::testing
