// Submission and tracking under faults: nothing is paid twice, nothing is lost, nothing is guessed.

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CreateAnswer Answered(CreateAnswerKind kind, int status = 0) {
  CreateAnswer answer;
  answer.kind = kind;
  answer.http_status = status;
  return answer;
}

TEST(SubmitTest, LostAnswerOfAnAppliedCreateIsAdoptedAndNotSentAgain) {
  CoreFixture fixture;
  fixture.platform.creates.push_back({true, Answered(CreateAnswerKind::kMaybeSent)});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kOutcomeUnknown));
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
}

TEST(SubmitTest, LostRequestIsSentAgainWithTheSameBytesOnlyAfterSettledAbsence) {
  CoreFixture fixture;
  fixture.platform.creates.push_back({false, Answered(CreateAnswerKind::kMaybeSent)});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
  EXPECT_THAT(fixture.platform.bodies["P1"], SizeIs(1));
  std::vector<absl::Duration> creates;
  for (const auto& request : fixture.platform.requests) {
    if (request.call == Call::kCreate) creates.push_back(request.at);
  }
  ASSERT_THAT(creates, SizeIs(2));
  EXPECT_GE(creates[1] - creates[0], absl::Seconds(240));
}

TEST(SubmitTest, SurelyUnsentCreateGoesBackToTheQueueAndIsSentLater) {
  CoreFixture fixture;
  fixture.platform.creates.push_back({false, Answered(CreateAnswerKind::kSurelyNotSent)});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(5)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(SubmitTest, RefusalIsRefusedAtOnceWithItsReasons) {
  CoreFixture fixture;
  CreateAnswer refusal = Answered(CreateAnswerKind::kRefused, 406);
  refusal.refusals = {{.code = "BALANCE_INSUFFICIENT", .category = ReasonCategory::kBalance}};
  fixture.platform.creates.push_back({false, refusal});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kRefused, absl::Seconds(5)));
  const Payout payout = fixture.Get("P1");
  ASSERT_THAT(payout.status.reasons, SizeIs(1));
  EXPECT_EQ(payout.status.reasons[0].code, "BALANCE_INSUFFICIENT");
  EXPECT_THAT(fixture.platform.ledger, IsEmpty());
}

TEST(SubmitTest, ConflictOnAPayoutThatIsNotOursIsLeftToAPerson) {
  CoreFixture fixture;
  fixture.platform.ledger["P1"] = {.money = {*Decimal::Parse("99"), "EUR"},
                                   .method = "BANK_TRANSFER",
                                   .created_at = fixture.env.Now()};
  fixture.Create("P1");
  fixture.env.RunFor(absl::Hours(48));
  const Payout payout = fixture.Get("P1");
  EXPECT_EQ(payout.status.state, State::kOutcomeUnknown);
  EXPECT_THAT(payout.status.needs_review, ElementsAre(Review::kIdUsedElsewhere));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
}

TEST(SubmitTest, ProcessThatDiesWhileSubmittingIsFollowedByAReadNotByACreate) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(20);
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSubmitting));
  // The create has reached the platform; its answer never comes back.
  fixture.env.RunFor(absl::Seconds(1));
  ASSERT_EQ(fixture.platform.Count(Call::kCreate), 1);
  fixture.platform.latency = absl::Milliseconds(40);
  fixture.Restart();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(5)));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 1);
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(SubmitTest, EveryOpenPayoutIsPickedUpAfterARestartAtAnyMoment) {
  for (int moment = 0; moment < 60; ++moment) {
    CoreFixture fixture;
    for (int i = 0; i < 3; ++i) fixture.Create("P" + std::to_string(i));
    fixture.env.RunFor(absl::Milliseconds(37 * moment));
    fixture.Restart();
    for (int i = 0; i < 3; ++i) {
      const std::string id = "P" + std::to_string(i);
      ASSERT_TRUE(fixture.RunUntilState(id, State::kSucceeded, absl::Hours(1))) << moment;
      ASSERT_EQ(fixture.platform.ledger[id].accepted, 1) << moment;
      ASSERT_THAT(fixture.platform.bodies[id], SizeIs(1)) << moment;
    }
  }
}

TEST(SubmitTest, WrongCredentialsPauseTheMerchantAndNeverFailAPayout) {
  CoreFixture fixture;
  TokenAnswer forbidden;
  forbidden.kind = TokenAnswerKind::kForbidden;
  forbidden.http_status = 403;
  fixture.platform.tokens.assign(20, forbidden);
  for (int i = 0; i < 30; ++i) fixture.Create("P" + std::to_string(i));
  fixture.env.RunFor(absl::Minutes(5));
  EXPECT_LE(fixture.platform.Count(Call::kToken), 10) << "one call a minute finds out";
  EXPECT_EQ(fixture.Get("P0").status.state, State::kQueued);
  fixture.platform.tokens.clear();  // The secret was mended.
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded, absl::Hours(1)));
  }
}

TEST(SubmitTest, ExpiredTokenIsReplacedOnceAndTheCreateSentOnce) {
  CoreFixture fixture;
  fixture.platform.creates.push_back({false, Answered(CreateAnswerKind::kUnauthenticated, 401)});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  EXPECT_EQ(fixture.platform.Count(Call::kToken), 2);
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(SubmitTest, StoreThatLosesTheAcknowledgementOfAClaimSendsNothing) {
  CoreFixture fixture;
  fixture.Create("P1");
  // The claim is the first Apply after the token came.
  ASSERT_TRUE(fixture.env.RunUntil([&] { return fixture.platform.Count(Call::kToken) == 1; },
                                   absl::Seconds(5)));
  fixture.store.FailNext(absl::UnavailableError("lost"), /*after_applying=*/true);
  fixture.env.RunFor(absl::Seconds(30));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(SubmitTest, DrainBeginsNoCallAndWaitsOnlyForThoseInFlight) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(2);
  for (int i = 0; i < 40; ++i) fixture.Create("P" + std::to_string(i));
  fixture.env.RunFor(absl::Seconds(3));
  const std::size_t requests = fixture.platform.requests.size();
  fixture.process->gateway.Drain();
  ASSERT_TRUE(
      fixture.env.RunUntil([&] { return fixture.process->gateway.idle(); }, absl::Seconds(5)));
  fixture.env.RunFor(absl::Minutes(1));
  EXPECT_EQ(fixture.platform.requests.size(), requests);
  fixture.Restart();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded, absl::Hours(1)));
  }
}

TEST(SubmitTest, PayoutIsCancelledWhenItsTimePassesNotAtTheNextTry) {
  CoreFixture fixture;
  fixture.platform.creates.assign(50, {false, Answered(CreateAnswerKind::kSurelyNotSent)});
  IntentDraft draft = BankDraft("P1");
  draft.submit_before = fixture.env.Now() + absl::Seconds(100);
  fixture.Create(draft);
  fixture.env.RunFor(absl::Seconds(102));
  EXPECT_EQ(fixture.Get("P1").status.state, State::kCancelled);
}

TEST(SubmitTest, PayoutWhoseTimeHasPassedIsCancelledAndNeverSent) {
  CoreFixture fixture;
  TokenAnswer forbidden;
  forbidden.kind = TokenAnswerKind::kForbidden;
  fixture.platform.tokens.assign(1, forbidden);
  IntentDraft draft = BankDraft("P1");
  draft.submit_before = fixture.env.Now() + absl::Seconds(10);
  fixture.Create(draft);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kCancelled, absl::Minutes(5)));
  EXPECT_EQ(fixture.Get("P1").status.reasons.at(0).code, "SUBMIT_BEFORE_PASSED");
  EXPECT_THAT(fixture.platform.ledger, IsEmpty());
}

// The lease of its row would keep it for ten minutes.
TEST(SubmitTest, AClaimThatTheStoreDidNotTakeIsMadeAgainAsSoonAsItDoes) {
  CoreFixture fixture;
  fixture.Create("P1");
  while (fixture.platform.Count(Call::kToken) == 0) fixture.env.RunFor(absl::Milliseconds(1));
  fixture.store.FailNext(absl::UnavailableError("the disk is full"), /*after_applying=*/false);
  fixture.env.RunFor(absl::Seconds(1));
  EXPECT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(5)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

// One payout finds out that credentials are right again; the others do not wait for the next look.
TEST(SubmitTest, AfterAPauseEverythingThatWaitsIsSentAtOnce) {
  CoreFixture fixture;
  TokenAnswer forbidden;
  forbidden.kind = TokenAnswerKind::kForbidden;
  forbidden.http_status = 403;
  fixture.platform.tokens.push_back(forbidden);
  fixture.Create("P1");
  fixture.env.RunFor(absl::Seconds(1));
  for (const char* id : {"P2", "P3", "P4"}) fixture.Create(id);
  fixture.env.RunFor(absl::Seconds(50));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 0);
  fixture.env.RunFor(absl::Seconds(40));
  EXPECT_EQ(fixture.platform.Count(Call::kCreate), 4);
}

}  // namespace
}  // namespace payout::testing
