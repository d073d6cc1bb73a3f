// A backup is put back in place of the store: nobody is paid twice, whatever it has forgotten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TokenAnswer NoToken() {
  TokenAnswer answer;
  answer.kind = TokenAnswerKind::kServerError;
  answer.http_status = 503;
  return answer;
}

Task<void> Keep(Task<absl::Status> task, std::optional<absl::Status>& result) {
  result = co_await task;
}

std::vector<absl::Duration> CallsOf(const CoreFixture& fixture, Call call, const std::string& id) {
  std::vector<absl::Duration> times;
  for (const ModelPlatform::Request& request : fixture.platform.requests) {
    if (request.call == call && request.payout_id == id) times.push_back(request.at);
  }
  return times;
}

TEST(RestoreTest, WhatIsQueuedInTheBackupAndWasSentSinceIsNotSentAgain) {
  CoreFixture fixture;
  fixture.Create("P1");
  const auto backup = fixture.store.Backup();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.RestartOn(*backup);
  EXPECT_EQ(fixture.Get("P1").status.state, State::kOutcomeUnknown);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  EXPECT_THAT(CallsOf(fixture, Call::kCreate, "P1"), SizeIs(1));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, WhatWasNeverSentIsReadUntilAbsenceIsSettledAndThenSentWithTheSameBytes) {
  CoreFixture fixture;
  fixture.platform.tokens.assign(3, NoToken());
  fixture.Create("P1");
  fixture.RestartOn(*fixture.store.Backup());
  const absl::Duration restored = fixture.env.Monotonic();
  fixture.platform.tokens.clear();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
  const std::vector<absl::Duration> creates = CallsOf(fixture, Call::kCreate, "P1");
  ASSERT_THAT(creates, SizeIs(1));
  EXPECT_GE(creates[0] - restored, absl::Seconds(240));
  const std::vector<absl::Duration> reads = CallsOf(fixture, Call::kRead, "P1");
  EXPECT_GE(std::ranges::count_if(reads, [&](absl::Duration at) { return at < creates[0]; }), 3);
  EXPECT_THAT(fixture.platform.bodies["P1"], SizeIs(1));
}

TEST(RestoreTest, ACallersRepeatOfAPayoutThatIsForgottenIsAdopted) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.env.RunFor(absl::Hours(5));
  fixture.RestartOn(*backup);
  fixture.env.RunFor(absl::Hours(100));
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  EXPECT_THAT(fixture.Get("P1").status.needs_review, IsEmpty());
  EXPECT_THAT(CallsOf(fixture, Call::kCreate, "P1"), SizeIs(2)) << "the second one is told 409";
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, ARepeatAfterSubmitBeforeIsAdoptedAndNotSent) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  IntentDraft draft = BankDraft("P1");
  draft.submit_before = fixture.env.Now() + absl::Minutes(1);
  fixture.Create(draft);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.env.RunFor(absl::Hours(1));
  fixture.RestartOn(*backup);
  fixture.Create(draft);
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  EXPECT_THAT(fixture.Get("P1").status.needs_review, IsEmpty());
  EXPECT_THAT(CallsOf(fixture, Call::kCreate, "P1"), SizeIs(1)) << "that of before the restore";
}

TEST(RestoreTest, WhatComesAfterSubmitBeforeAndIsNotThereIsLeftToAPersonAndNeverSent) {
  CoreFixture fixture;
  fixture.RestartOn(*fixture.store.Backup());
  IntentDraft draft = BankDraft("P1");
  draft.submit_before = fixture.env.Now() - absl::Minutes(1);
  fixture.Create(draft);
  fixture.env.RunFor(absl::Hours(2));
  EXPECT_EQ(fixture.Get("P1").status.state, State::kOutcomeUnknown);
  EXPECT_THAT(fixture.Get("P1").status.needs_review, ElementsAre(Review::kResubmitNotAllowed));
  EXPECT_THAT(CallsOf(fixture, Call::kCreate, "P1"), IsEmpty());

  // Outside of recovery it is refused, and nothing is stored.
  CoreFixture whole;
  CreateCommand command = whole.Command("P1");
  command.draft.submit_before = whole.env.Now() - absl::Minutes(1);
  EXPECT_TRUE(absl::IsInvalidArgument(whole.TryCreate(command).status()));
}

TEST(RestoreTest, ARepeatThatIsRefusedBeforeItsIdIsLookedAtIsAdoptedAllTheSame) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.RestartOn(*backup);
  CreateAnswer refusal;
  refusal.kind = CreateAnswerKind::kRefused;
  refusal.http_status = 406;
  refusal.refusals = {{.code = "BALANCE_INSUFFICIENT", .category = ReasonCategory::kBalance}};
  fixture.platform.creates = {{.apply = false, .answer = refusal}};
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, ARepeatWithAnotherAmountIsLeftToAPerson) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.RestartOn(*backup);
  IntentDraft other = BankDraft("P1");
  other.amount = "11.00";
  fixture.Create(other);
  fixture.env.RunFor(absl::Hours(48));
  const Payout payout = fixture.Get("P1");
  EXPECT_EQ(payout.status.state, State::kOutcomeUnknown);
  EXPECT_THAT(payout.status.needs_review, ElementsAre(Review::kIdUsedElsewhere));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, AfterTheWindowAnIdThatIsTakenIsSomebodyElsesAgain) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.RestartOn(*backup);
  EXPECT_TRUE(fixture.process->core.Recovering());
  fixture.env.RunFor(absl::Hours(100));
  fixture.Restart();
  EXPECT_TRUE(fixture.process->core.Recovering()) << "a restart does not end it";
  fixture.env.RunFor(absl::Hours(69));
  EXPECT_FALSE(fixture.process->core.Recovering());
  fixture.Create("P1");
  fixture.env.RunFor(absl::Minutes(5));
  EXPECT_THAT(fixture.Get("P1").status.needs_review, ElementsAre(Review::kIdUsedElsewhere));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, NewPayoutsFlowAtOnce) {
  CoreFixture fixture;
  fixture.platform.tokens.assign(1000, NoToken());
  for (int i = 0; i < 20; ++i) fixture.Create("Q" + std::to_string(i));
  fixture.RestartOn(*fixture.store.Backup());
  fixture.platform.tokens.clear();
  fixture.Create("N1");
  ASSERT_TRUE(fixture.RunUntilState("N1", State::kProcessing, absl::Seconds(5)));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("Q" + std::to_string(i), State::kSucceeded, absl::Hours(2)));
  }
}

TEST(RestoreTest, APayoutThatWasCancelledBeforeTheBackupStaysSo) {
  CoreFixture fixture;
  fixture.platform.tokens.assign(3, NoToken());
  fixture.Create("P1");
  const auto cancelled =
      fixture.env.Await(fixture.process->query.Cancel(CoreFixture::kTenant, "", "P1"));
  ASSERT_TRUE(cancelled && cancelled->ok());
  fixture.RestartOn(*fixture.store.Backup());
  fixture.env.RunFor(absl::Hours(2));
  EXPECT_EQ(fixture.Get("P1").status.state, State::kCancelled);
  EXPECT_THAT(fixture.platform.ledger, IsEmpty());
}

TEST(RestoreTest, APaidPayoutThatTheBackupForgotIsNotCancelledEvenIfTheClockWasSetBack) {
  CoreFixture fixture;
  const auto backup = fixture.store.Backup();
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Minutes(3)));
  fixture.RestartOn(*backup);
  fixture.env.JumpWallClock(-absl::Minutes(20));
  fixture.platform.tokens.assign(3, NoToken());
  fixture.Create("P1");
  const auto cancelled =
      fixture.env.Await(fixture.process->query.Cancel(CoreFixture::kTenant, "", "P1"));
  ASSERT_TRUE(cancelled);
  EXPECT_TRUE(absl::IsFailedPrecondition(cancelled->status())) << cancelled->status();
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded, absl::Hours(1)));
  EXPECT_EQ(fixture.platform.ledger["P1"].accepted, 1);
}

TEST(RestoreTest, AProcessThatDiesWhileTakingOverLeavesTheRestToTheNext) {
  CoreFixture fixture;
  fixture.platform.tokens.assign(1000, NoToken());
  for (int i = 0; i < 5; ++i) fixture.Create("P" + std::to_string(i));
  const auto backup = fixture.store.Backup();
  fixture.platform.tokens.clear();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(fixture.RunUntilState("P" + std::to_string(i), State::kSucceeded, absl::Hours(1)));
  }
  fixture.Kill();
  fixture.store.Restore(*backup, fixture.env.Now());
  {
    CoreFixture::Process dying(fixture, 100);
    int commits = 0;
    fixture.store.OnCommit([&commits](std::int64_t, const std::vector<EventPtr>&) { ++commits; });
    std::optional<absl::Status> started;
    dying.scope.Spawn(Keep(dying.gateway.Start(), started));
    ASSERT_TRUE(fixture.env.RunUntil([&commits] { return commits == 2; }, absl::Seconds(1)));
    ASSERT_FALSE(started);
    fixture.env.Forget();
  }
  fixture.store.OnCommit(nullptr);
  fixture.Restart();
  for (int i = 0; i < 5; ++i) {
    const std::string id = "P" + std::to_string(i);
    ASSERT_TRUE(fixture.RunUntilState(id, State::kSucceeded, absl::Hours(1)));
    EXPECT_EQ(fixture.Get(id).revision, 3) << "QUEUED, taken over once, found";
    EXPECT_THAT(CallsOf(fixture, Call::kCreate, id), SizeIs(1));
  }
}

TEST(RestoreTest, AStoreThatFailsWhileTakingOverKeepsTheGatewayFromStarting) {
  CoreFixture fixture;
  fixture.platform.tokens.assign(100, NoToken());
  fixture.Create("P1");
  fixture.Create("P2");
  const auto backup = fixture.store.Backup();
  fixture.Kill();
  fixture.store.Restore(*backup, fixture.env.Now());
  {
    CoreFixture::Process failing(fixture, 100);
    fixture.store.OnCommit([&store = fixture.store](std::int64_t, const std::vector<EventPtr>&) {
      store.FailNext(absl::UnavailableError("full"), /*after_applying=*/false);
    });
    const auto started = fixture.env.Await(failing.gateway.Start());
    ASSERT_TRUE(started);
    EXPECT_TRUE(absl::IsUnavailable(*started)) << *started;
  }
  fixture.store.OnCommit(nullptr);
  fixture.platform.tokens.clear();
  fixture.Restart();
  for (const char* id : {"P1", "P2"}) {
    ASSERT_TRUE(fixture.RunUntilState(id, State::kSucceeded, absl::Hours(1)));
    EXPECT_THAT(CallsOf(fixture, Call::kCreate, id), SizeIs(1));
  }
}

// Backup and restore at any moment, with callers who ask for everything again afterwards.
TEST(RestoreTest, WheneverTheBackupWasTakenEveryPayoutIsPaidOnce) {
  for (int moment = 0; moment < 60; ++moment) {
    CoreFixture fixture({.seed = static_cast<std::uint64_t>(moment) + 1});
    if (moment % 3 == 1)
      fixture.platform.creates.assign(2,
                                      {true, CreateAnswer{.kind = CreateAnswerKind::kMaybeSent}});
    if (moment % 3 == 2)
      fixture.platform.creates.assign(2,
                                      {false, CreateAnswer{.kind = CreateAnswerKind::kMaybeSent}});
    const auto create = [&fixture] {
      for (int i = 0; i < 4; ++i) fixture.Create("P" + std::to_string(i));
    };
    fixture.Create("P0");
    fixture.Create("P1");
    fixture.env.RunFor(absl::Milliseconds(211 * moment));
    const auto backup = fixture.store.Backup();
    create();
    fixture.env.RunFor(absl::Seconds(7 * (moment % 7)));
    fixture.RestartOn(*backup);
    create();
    for (int i = 0; i < 4; ++i) {
      const std::string id = "P" + std::to_string(i);
      ASSERT_TRUE(fixture.RunUntilState(id, State::kSucceeded, absl::Hours(2))) << moment;
      ASSERT_EQ(fixture.platform.ledger[id].accepted, 1) << moment;
      ASSERT_THAT(fixture.platform.bodies[id], SizeIs(1)) << moment;
      ASSERT_THAT(fixture.Get(id).status.needs_review, IsEmpty()) << moment;
    }
  }
}

}  // namespace
}  // namespace payout::testing
