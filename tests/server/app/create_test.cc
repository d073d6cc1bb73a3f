// CreatePayout, GetPayout and CancelPayout as use cases.

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/reason.h"
#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::IsEmpty;

Reason ReasonOf(const absl::Status& status) {
  return DetailsOf(status).value_or(ErrorDetails()).reason;
}

TEST(CreateTest, SameIdSameContentIsReplayed) {
  CoreFixture fixture;
  fixture.Create("P1");
  CreateCommand again = fixture.Command("P1");
  again.draft.amount = "10";  // The same amount.
  again.draft.labels = {{"note", "labels do not count"}};
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(again));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_TRUE(outcome->replayed);
}

TEST(CreateTest, SameIdDifferentAmountIsRejected) {
  CoreFixture fixture;
  fixture.Create("P1");
  CreateCommand again = fixture.Command("P1");
  again.draft.amount = "10.01";
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(again));
  ASSERT_TRUE(absl::IsAlreadyExists(outcome.status()));
  EXPECT_EQ(ReasonOf(outcome.status()), Reason::kPayoutContentDiffers);
  EXPECT_EQ(DetailsOf(outcome.status())->metadata.at("differing_fields"), "money.amount");
}

TEST(CreateTest, IdOfAnotherTenantIsTakenWithoutDetails) {
  CoreFixture fixture;
  fixture.process->directory.AddTenant({TenantName("other"), {CoreFixture::kMerchant}, ""});
  fixture.Create("P1");
  CreateCommand theirs = fixture.Command("P1");
  theirs.tenant = TenantName("other");
  theirs.draft.amount = "1";
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(theirs));
  EXPECT_EQ(ReasonOf(outcome.status()), Reason::kPayoutIdTaken);
  EXPECT_THAT(DetailsOf(outcome.status())->metadata, IsEmpty());
}

TEST(CreateTest, ReplayIsAnsweredEvenIfTheRulesHaveChanged) {
  CoreFixture fixture;
  fixture.Create("P1");
  fixture.process->directory.AddTenant(
      {CoreFixture::kTenant, {CoreFixture::kMerchant}, "new-prefix-"});
  const absl::StatusOr<CreateOutcome> again = fixture.TryCreate(fixture.Command("P1"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(ReasonOf(fixture.TryCreate(fixture.Command("P2")).status()),
            Reason::kPayoutIdPrefixRequired);
}

TEST(CreateTest, ValidateOnlyStoresAndSendsNothing) {
  CoreFixture fixture;
  CreateCommand command = fixture.Command("P1");
  command.validate_only = true;
  ASSERT_TRUE(fixture.TryCreate(std::move(command)).ok());
  fixture.env.RunFor(absl::Minutes(1));
  EXPECT_THAT(fixture.platform.requests, IsEmpty());
  auto found = fixture.env.Await(fixture.store.Find({CoreFixture::kMerchant, PayoutId("P1")}));
  EXPECT_FALSE((**found).has_value());
}

TEST(CreateTest, WaitingEndsWhenThePlatformHasAnswered) {
  CoreFixture fixture;
  CreateCommand command = fixture.Command("P1");
  command.wait = WaitMode::kAccepted;
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(command));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->payout.status.state, State::kProcessing);
}

TEST(CreateTest, WaitingEndsInTimeWithTheCurrentState) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(30);
  CreateCommand command = fixture.Command("P1");
  command.wait = WaitMode::kSettled;
  command.wait_until = fixture.env.Monotonic() + absl::Seconds(2);
  const absl::StatusOr<CreateOutcome> outcome = fixture.TryCreate(std::move(command));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->payout.status.state, State::kQueued);
  EXPECT_EQ(fixture.env.Monotonic(), absl::Seconds(2));
}

TEST(CreateTest, FullBacklogRefusesNewPayoutsAndStillAnswersReplays) {
  CoreFixture fixture({.create = {.queued_max = 3}});
  fixture.platform.latency = absl::Minutes(10);
  for (int i = 0; i < 3; ++i) fixture.Create("P" + std::to_string(i));
  const absl::Status refused = fixture.TryCreate(fixture.Command("P9")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_EQ(ReasonOf(refused), Reason::kBacklogFull);
  EXPECT_TRUE(DetailsOf(refused)->retry_after.has_value());
  EXPECT_TRUE(fixture.TryCreate(fixture.Command("P1")).ok());
}

TEST(CreateTest, FailingStoreIsUnavailableAndNothingIsSent) {
  CoreFixture fixture;
  fixture.env.RunFor(absl::Seconds(1));  // The work loops have asked the store and sleep.
  fixture.store.FailNext(absl::UnavailableError("full"), /*after_applying=*/false);
  const absl::Status status = fixture.TryCreate(fixture.Command("P1")).status();
  EXPECT_EQ(ReasonOf(status), Reason::kStoreUnavailable);
  fixture.env.RunFor(absl::Minutes(1));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
}

TEST(CancelTest, QueuedPayoutIsCancelledAndNeverSent) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(5);  // The token takes its time.
  fixture.Create("P1");
  auto cancelled = fixture.env.Await(fixture.process->query.Cancel(CoreFixture::kTenant, "", "P1"),
                                     absl::Seconds(2));
  ASSERT_TRUE(cancelled && cancelled->ok());
  EXPECT_EQ((*cancelled)->status.state, State::kCancelled);
  fixture.env.RunFor(absl::Minutes(10));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
}

TEST(CancelTest, SentPayoutCannotBeCancelled) {
  CoreFixture fixture;
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kProcessing));
  auto cancelled = fixture.env.Await(fixture.process->query.Cancel(CoreFixture::kTenant, "", "P1"));
  EXPECT_EQ(ReasonOf(cancelled->status()), Reason::kNotCancellable);
}

TEST(GetTest, ManyCallersWhoInsistOnAFreshStateShareOneRead) {
  CoreFixture fixture;
  fixture.platform.settle_after = absl::Hours(1);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kProcessing));
  const int before = fixture.platform.Count(Call::kRead);
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    fixture.process->scope.Spawn([](CoreFixture& f, int& count) -> Task<void> {
      absl::StatusOr<Payout> payout = co_await f.process->query.Get(
          CoreFixture::kTenant, "", "P1", absl::Seconds(10), absl::InfiniteDuration());
      if (payout.ok()) ++count;
    }(fixture, answered));
  }
  fixture.env.RunFor(absl::Seconds(5));
  EXPECT_EQ(answered, 100);
  EXPECT_EQ(fixture.platform.Count(Call::kRead), before + 1);
}

TEST(GetTest, AReadOfBeforeTheClockWasSetBackIsNotFresh) {
  CoreFixture fixture;
  fixture.platform.settle_after = absl::Hours(1);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kProcessing));
  const auto get = [&fixture] {
    return fixture.env.Await(fixture.process->query.Get(
        CoreFixture::kTenant, "", "P1", absl::Seconds(10), absl::InfiniteDuration()));
  };
  ASSERT_TRUE(get()->ok());
  const int before = fixture.platform.Count(Call::kRead);
  ASSERT_TRUE(get()->ok());
  EXPECT_EQ(fixture.platform.Count(Call::kRead), before);
  fixture.env.JumpWallClock(-absl::Hours(48));
  ASSERT_TRUE(get()->ok());
  EXPECT_EQ(fixture.platform.Count(Call::kRead), before + 1);
}

TEST(GetTest, PayoutOfAnotherTenantDoesNotExist) {
  CoreFixture fixture;
  fixture.process->directory.AddTenant({TenantName("other"), {CoreFixture::kMerchant}, ""});
  fixture.Create("P1");
  auto theirs = fixture.env.Await(
      fixture.process->query.Get(TenantName("other"), "", "P1", std::nullopt, absl::Hours(1)));
  auto missing = fixture.env.Await(
      fixture.process->query.Get(CoreFixture::kTenant, "", "P2", std::nullopt, absl::Hours(1)));
  EXPECT_TRUE(absl::IsNotFound(theirs->status()));
  EXPECT_EQ(theirs->status().message(), missing->status().message());
}

TEST(GetTest, AtOnceItAnswersAsTheLongWayDoes) {
  CoreFixture fixture;
  fixture.process->directory.AddTenant({TenantName("other"), {CoreFixture::kMerchant}, ""});
  fixture.Create("P1");
  const QueryPayouts& query = fixture.process->query;
  const auto own = query.GetAtOnce(CoreFixture::kTenant, "", "P1");
  ASSERT_TRUE(own.has_value() && own->ok());
  EXPECT_EQ((*own)->revision, fixture.Get("P1").revision);
  const auto theirs = query.GetAtOnce(TenantName("other"), "", "P1");
  const auto missing = query.GetAtOnce(CoreFixture::kTenant, "", "P2");
  EXPECT_TRUE(absl::IsNotFound(theirs->status()));
  EXPECT_EQ(theirs->status().message(), missing->status().message());
  EXPECT_EQ(ReasonOf(query.GetAtOnce(CoreFixture::kTenant, "", "no spaces")->status()),
            Reason::kPayoutIdInvalid);
  EXPECT_EQ(ReasonOf(query.GetAtOnce(CoreFixture::kTenant, "nobody", "P1")->status()),
            Reason::kMerchantUnknown);
}

TEST(GetTest, AReaderThatCannotTellLeavesItToTheLongWay) {
  CoreFixture fixture;
  fixture.Create("P1");
  fixture.store.FailNext(absl::UnavailableError("busy"), false);
  EXPECT_FALSE(fixture.process->query.GetAtOnce(CoreFixture::kTenant, "", "P1").has_value());
  EXPECT_TRUE(fixture.process->query.GetAtOnce(CoreFixture::kTenant, "", "P1")->ok());
}

}  // namespace
}  // namespace payout::testing
