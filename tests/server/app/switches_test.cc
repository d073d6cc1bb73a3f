// Operators' pauses under simulated time: nothing is sent, everything else goes on, and a restart
// changes nothing.

#include "server/app/switches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CreateAnswer Answered(CreateAnswerKind kind) {
  CreateAnswer answer;
  answer.kind = kind;
  return answer;
}

absl::Status Set(CoreFixture& fixture, bool paused, std::string merchant = "") {
  auto set = fixture.env.Await(
      fixture.process->gateway.switches().Set({.merchant = MerchantName(std::move(merchant)),
                                               .paused = paused,
                                               .operator_name = "ada",
                                               .note = "maintenance at the bank"}));
  return set ? set->status() : absl::DeadlineExceededError("the switch was not set");
}

void Pause(CoreFixture& fixture) { ASSERT_EQ(Set(fixture, true), absl::OkStatus()); }
void Resume(CoreFixture& fixture) { ASSERT_EQ(Set(fixture, false), absl::OkStatus()); }

MerchantDesk& Desk(CoreFixture& fixture) {
  return *fixture.process->directory.FindMerchant(CoreFixture::kMerchant);
}

TEST(SwitchesTest, WhilePausedNothingIsSentAndEverythingIsRecorded) {
  CoreFixture fixture;
  Pause(fixture);
  for (int i = 0; i < 500; ++i) fixture.Create("P" + std::to_string(i));
  fixture.env.RunFor(absl::Hours(2));
  EXPECT_THAT(fixture.platform.requests, IsEmpty());
  EXPECT_EQ(fixture.Get("P0").status.state, State::kQueued);
  EXPECT_EQ(Desk(fixture).queued(), 500);

  Resume(fixture);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded, absl::Hours(2)));
  }
  for (const auto& [id, payment] : fixture.platform.ledger) EXPECT_EQ(payment.accepted, 1) << id;
}

TEST(SwitchesTest, AfterAPauseInTheMiddleOfABurstNotOneCreateLeaves) {
  // At every moment of the burst: claims that wait for the store, creates in flight, and all else.
  for (int step = 0; step < 60; ++step) {
    SCOPED_TRACE(step);
    CoreFixture fixture({.requests_per_second = 0, .seed = 3});
    for (int i = 0; i < 20; ++i) fixture.Create("P" + std::to_string(i));
    fixture.env.RunFor(absl::Milliseconds(3 * step));
    Pause(fixture);
    const int sent = fixture.platform.Count(Call::kCreate);
    fixture.env.RunFor(absl::Minutes(30));
    EXPECT_EQ(fixture.platform.Count(Call::kCreate), sent);
    for (int i = 0; i < 20; ++i) {
      const State state = fixture.Get("P" + std::to_string(i)).status.state;
      EXPECT_TRUE(state == State::kQueued || state == State::kSucceeded) << StateName(state);
    }
    Resume(fixture);
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded));
    }
    for (const auto& [id, payment] : fixture.platform.ledger) EXPECT_EQ(payment.accepted, 1) << id;
  }
}

TEST(SwitchesTest, ACreateInFlightEndsAndIsFollowedToItsEnd) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(2);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSubmitting, absl::Seconds(10)));
  fixture.env.RunFor(absl::Seconds(1));
  Pause(fixture);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(5)));
}

TEST(SwitchesTest, APauseOutlastsRestartsAndEndsOnlyByAnOperator) {
  CoreFixture fixture;
  Pause(fixture);
  fixture.Create("P1");
  fixture.Restart();
  EXPECT_TRUE(Desk(fixture).operator_paused());
  fixture.env.RunFor(absl::Hours(30));
  fixture.Restart();
  fixture.env.RunFor(absl::Hours(1));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
  Resume(fixture);
  fixture.Restart();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
}

TEST(SwitchesTest, AllAndOneMerchantAreSwitchesOfTheirOwn) {
  CoreFixture fixture;
  ASSERT_TRUE(Set(fixture, true, "main").ok());
  ASSERT_TRUE(Set(fixture, true).ok());
  ASSERT_TRUE(Set(fixture, false).ok());
  EXPECT_TRUE(Desk(fixture).operator_paused()) << "the merchant's own pause holds";
  ASSERT_TRUE(Set(fixture, false, "main").ok());
  EXPECT_FALSE(Desk(fixture).operator_paused());
  EXPECT_EQ(Set(fixture, true, "nobody").code(), absl::StatusCode::kNotFound);
  const auto actions = fixture.env.Await(fixture.store.Actions({}));
  ASSERT_EQ((*actions)->size(), 4u);
  EXPECT_EQ((**actions)[0].details, "submission of main: paused -> running");
  EXPECT_EQ((**actions)[3].details, "submission of main: running -> paused");
}

TEST(SwitchesTest, BothKindsOfPauseMayHoldAndNeitherEndsTheOther) {
  CoreFixture fixture;
  fixture.platform.tokens.push_back({.kind = TokenAnswerKind::kForbidden, .http_status = 403});
  fixture.Create("P1");
  fixture.env.RunFor(absl::Seconds(2));
  ASSERT_TRUE(Desk(fixture).paused_until().has_value());
  Pause(fixture);
  fixture.env.RunFor(absl::Hours(1));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
  Resume(fixture);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  EXPECT_FALSE(Desk(fixture).paused_until().has_value());
}

TEST(SwitchesTest, ReadsAndCallbacksGoOn) {
  CoreFixture fixture;
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kProcessing, absl::Seconds(10)));
  Pause(fixture);
  const auto hint = fixture.env.Await(
      fixture.store.RecordHint({CoreFixture::kMerchant, PayoutId("P1")}, fixture.env.Now()));
  ASSERT_TRUE(hint && hint->ok());
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(2)));
}

TEST(SwitchesTest, CancellingAndExpiryGoOn) {
  CoreFixture fixture;
  Pause(fixture);
  IntentDraft draft = BankDraft("expires");
  draft.submit_before = fixture.env.Now() + absl::Minutes(3);
  fixture.Create(draft);
  fixture.Create("cancelled");
  fixture.Create("waits");
  const auto cancelled =
      fixture.env.Await(fixture.process->query.Cancel(CoreFixture::kTenant, "", "cancelled"));
  ASSERT_TRUE(cancelled && cancelled->ok());
  fixture.env.RunFor(absl::Minutes(3) - absl::Seconds(1));
  EXPECT_EQ(fixture.Get("expires").status.state, State::kQueued);
  fixture.env.RunFor(absl::Seconds(6));
  EXPECT_EQ(fixture.Get("expires").status.state, State::kCancelled);
  EXPECT_EQ(fixture.Get("waits").status.state, State::kQueued);
  EXPECT_THAT(fixture.platform.requests, IsEmpty());
}

TEST(SwitchesTest, SendingAgainRestsTooWhileItsReadsGoOn) {
  CoreFixture fixture;
  fixture.platform.creates.push_back({false, Answered(CreateAnswerKind::kMaybeSent)});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kOutcomeUnknown));
  Pause(fixture);
  fixture.env.RunFor(absl::Hours(3));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
  EXPECT_EQ(fixture.Get("P1").status.state, State::kOutcomeUnknown);
  EXPECT_THAT(fixture.Get("P1").status.needs_review, IsEmpty());
  const int reads = fixture.platform.Count(Call::kRead);
  EXPECT_GT(reads, 20);
  EXPECT_LT(reads, 80);
  Resume(fixture);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(10)));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 2);
}

TEST(SwitchesTest, APermissionToSendAgainThatWasGivenBeforeThePauseIsNotUsed) {
  // At every moment around the second create.
  for (int step = 0; step < 40; ++step) {
    CoreFixture fixture;
    fixture.platform.creates.push_back({false, Answered(CreateAnswerKind::kMaybeSent)});
    fixture.Create("P1");
    ASSERT_TRUE(fixture.RunUntilState("P1", State::kOutcomeUnknown));
    ASSERT_TRUE(fixture.env.RunUntil([&] { return fixture.Get("P1").submission.post_next; },
                                     absl::Hours(1)));
    fixture.env.RunFor(absl::Milliseconds(10 * step));
    Pause(fixture);
    const int sent = fixture.platform.Count(Call::kCreate);
    fixture.env.RunFor(absl::Hours(1));
    EXPECT_EQ(fixture.platform.Count(Call::kCreate), sent) << step;
    Resume(fixture);
    ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1))) << step;
    EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
  }
}

TEST(SwitchesTest, ASwitchThatIsNotDurableIsNotEffective) {
  CoreFixture fixture;
  fixture.env.RunFor(absl::Seconds(1));  // Nothing else asks the store now.
  fixture.store.FailNext(absl::UnavailableError("full"), /*after_applying=*/false);
  EXPECT_EQ(Set(fixture, true).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(Desk(fixture).operator_paused());
  EXPECT_EQ(Set(fixture, true), absl::OkStatus());
  EXPECT_TRUE(Desk(fixture).operator_paused());
}

}  // namespace
}  // namespace payout::testing
