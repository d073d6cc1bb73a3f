// DecideCreate: every answer of a create call, after a clean history and after a create that may
// have been applied.

#include <ostream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;

// SUBMITTING for the first time.
Story Clean() { return Story().Claim(); }

// SUBMITTING again: the first create was perhaps applied, and absence has settled since.
Story MaybeApplied() {
  Story story;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kCreate);
  return story.Claim();
}

struct Cell {
  CreateAnswerKind answer;
  const char* clean;
  const char* maybe_applied;
};
void PrintTo(const Cell& cell, std::ostream* out) { *out << CreateAnswerName(cell.answer); }

const Cell kCells[] = {
    {C::kAccepted, "PROCESSING; poll in 60 s; acknowledged confirmed",
     "PROCESSING; poll in 60 s; maybe acknowledged confirmed"},
    {C::kAcceptedUnreadable,
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe acknowledged; alarm answer_unreadable",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe acknowledged; alarm answer_unreadable"},
    {C::kAcceptedMismatch, "OUTCOME_UNKNOWN; resolve in 2 s; maybe acknowledged; alarm mismatch",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe acknowledged; alarm mismatch"},
    {C::kRefused, "REFUSED; rests; no flags", "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused"},
    {C::kRefusedUnreadable,
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused; alarm answer_unreadable",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused; alarm answer_unreadable"},
    {C::kRejected,
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused fast; alarm rejected_by_platform",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused; alarm rejected_by_platform"},
    {C::kRejectedUnreadable,
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused; alarm answer_unreadable",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe refused; alarm answer_unreadable"},
    {C::kUnauthenticated, "QUEUED; create in 0 s; no flags; drop token",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; drop token"},
    {C::kForbidden, "QUEUED; create in 1 s; no flags; pause; alarm credentials; drop token",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; pause; alarm credentials; drop token"},
    {C::kRouteMissing, "OUTCOME_UNKNOWN; resolve in 2 s; maybe; pause; alarm route",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; pause; alarm route"},
    {C::kConflict, "OUTCOME_UNKNOWN; resolve in 2 s; acknowledged conflict",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe acknowledged"},
    {C::kGone, "OUTCOME_UNKNOWN; resolve in 2 s; maybe; alarm answer_unlisted",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; alarm answer_unlisted"},
    {C::kRateLimited, "QUEUED; create in 1 s; no flags; slow down",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; slow down"},
    {C::kServerError, "OUTCOME_UNKNOWN; resolve in 2 s; maybe",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe"},
    {C::kUnlisted, "OUTCOME_UNKNOWN; resolve in 2 s; maybe; alarm answer_unlisted",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe; alarm answer_unlisted"},
    {C::kSurelyNotSent, "QUEUED; create in 1 s; no flags",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe"},
    {C::kMaybeSent, "OUTCOME_UNKNOWN; resolve in 2 s; maybe",
     "OUTCOME_UNKNOWN; resolve in 2 s; maybe"},
};

class CreateCellTest : public ::testing::TestWithParam<Cell> {};

TEST_P(CreateCellTest, ACleanHistoryLeadsHere) {
  Story story = Clean();
  story.Create(GetParam().answer);
  EXPECT_EQ(Describe(story.last, story.moment.now), GetParam().clean);
  EXPECT_TRUE(story.last.emits_event) << "every answer ends SUBMITTING, which callers see";
  EXPECT_EQ(story.last.rule, CreateEffectName(RuleFor(GetParam().answer).clean));
}

TEST_P(CreateCellTest, AMaybeAppliedHistoryLeadsHere) {
  Story story = MaybeApplied();
  story.Create(GetParam().answer);
  EXPECT_EQ(Describe(story.last, story.moment.now), GetParam().maybe_applied);
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.last.rule, CreateEffectName(RuleFor(GetParam().answer).maybe_applied));
}

INSTANTIATE_TEST_SUITE_P(All, CreateCellTest, ::testing::ValuesIn(kCells), [](const auto& cell) {
  return std::string(CreateAnswerName(cell.param.answer));
});

TEST(DecideCreateTest, EveryAnswerIsInTheTableAbove) {
  std::set<CreateAnswerKind> kinds;
  for (const Cell& cell : kCells) kinds.insert(cell.answer);
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kCreateAnswerKinds));
}

TEST(DecideClaimTest, SubmittingIsWrittenBeforeTheCall) {
  Story story;
  EXPECT_EQ(story.next(), NextCall::kCreate);
  story.Wait(absl::Seconds(10)).Claim();
  EXPECT_EQ(Describe(story.last, story.moment.now), "SUBMITTING; resolve in 120 s; no flags");
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.row.submission.creates, 1);
  EXPECT_EQ(story.row.submission.resubmits, 0);
  EXPECT_EQ(story.row.submission.first_claim_at, kDawn + absl::Seconds(10));
  EXPECT_EQ(story.next(), NextCall::kLost);
}

TEST(DecideClaimTest, TheFirstClaimIsRememberedForEver) {
  Story story;
  story.Post(C::kRateLimited).Wait(absl::Hours(1)).Claim();
  EXPECT_EQ(story.row.submission.creates, 2);
  EXPECT_EQ(story.row.submission.resubmits, 0) << "nothing was sent twice";
  EXPECT_EQ(story.row.submission.first_claim_at, kDawn);
}

TEST(DecideCreateTest, AcceptanceTakesOverTheReferences) {
  Story story = Clean();
  story.Create(C::kAccepted);
  EXPECT_EQ(story.row.status.platform_reference, "ref-9");
  EXPECT_EQ(story.row.status.transaction_reference, "tx-9");
}

TEST(DecideCreateTest, MissingReferencesAndMethodAreTolerated) {
  CreateAnswer answer = Answered(C::kAccepted);
  answer.echo->platform_reference.clear();
  answer.echo->transaction_reference.clear();
  answer.echo->method_code.clear();
  answer.echo->segment_code.clear();
  Story story = Clean();
  story.Create(answer);
  EXPECT_EQ(story.state(), State::kProcessing);
}

TEST(DecideCreateTest, A201WithoutAnEchoIsNoAcceptance) {
  Story story = Clean();
  story.Create(CreateAnswer{.kind = C::kAccepted});
  EXPECT_EQ(story.state(), State::kOutcomeUnknown);
  EXPECT_EQ(story.last.alarm, Alarm::kAnswerUnreadable);
  EXPECT_TRUE(story.row.submission.acknowledged);
}

TEST(DecideCreateTest, EveryFieldOfTheEchoIsCompared) {
  const auto state_after = [](auto change) {
    CreateAnswer answer = Answered(C::kAccepted);
    change(*answer.echo);
    Story story = Clean();
    story.Create(answer);
    return story.state();
  };
  EXPECT_EQ(state_after([](PlatformView&) {}), State::kProcessing);
  EXPECT_EQ(state_after([](PlatformView& view) { view.payout_id = "P-1"; }),
            State::kOutcomeUnknown);
  EXPECT_EQ(state_after([](PlatformView& view) { view.money.currency = "EUR"; }),
            State::kOutcomeUnknown);
  EXPECT_EQ(
      state_after([](PlatformView& view) { view.money.amount = *Decimal::Parse("42.500001"); }),
      State::kOutcomeUnknown);
  EXPECT_EQ(state_after([](PlatformView& view) { view.method_code = "BANK_TRANSFER"; }),
            State::kOutcomeUnknown);
}

TEST(DecideCreateTest, ARefusalKeepsItsReasonsAndSpendsTheId) {
  CreateAnswer answer = Answered(C::kRefused);
  answer.refusals = {SomeReason("IP_DENIED"), SomeReason("BANK_CODE_REQUIRED")};
  Story story = Clean();
  story.Wait(absl::Seconds(1)).Create(answer);
  EXPECT_EQ(story.state(), State::kRefused);
  EXPECT_EQ(story.row.status.reasons, answer.refusals);
  EXPECT_EQ(story.row.status.settled_at, story.moment.now);
  EXPECT_TRUE(story.row.submission.refusals.empty());
}

TEST(DecideCreateTest, OneFreshTokenThenAPause) {
  Story story = Clean();
  story.Create(C::kUnauthenticated);
  EXPECT_EQ(story.DueIn(), 0);
  EXPECT_EQ(story.last.merchant, MerchantEffect::kNone);
  story.Post(C::kUnauthenticated);
  EXPECT_EQ(Describe(story.last, story.moment.now),
            "QUEUED; create in 60 s; no flags; pause; alarm credentials; drop token");
  story.Wait(absl::Seconds(60)).Post(C::kUnauthenticated);
  EXPECT_EQ(story.last.merchant, MerchantEffect::kPause);
  EXPECT_EQ(story.DueIn(), 60);
}

TEST(DecideCreateTest, AnotherAnswerEndsARowOf401s) {
  Story story = Clean();
  story.Create(C::kUnauthenticated).Post(C::kRateLimited).Post(C::kUnauthenticated);
  EXPECT_EQ(story.last.merchant, MerchantEffect::kNone);
  EXPECT_EQ(story.DueIn(), 0);
}

TEST(DecideCreateTest, WaitsBetweenTriesDoubleUpToFiveMinutes) {
  Story story;
  for (const double expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    story.Post(C::kSurelyNotSent);
    EXPECT_EQ(story.DueIn(), expected);
    story.Wait(absl::Seconds(expected));
  }
}

TEST(DecideCreateTest, RetryAfterStretchesTheWaitWithinReason) {
  const auto due_after = [](absl::Duration retry_after) {
    Story story = Clean();
    CreateAnswer answer = Answered(C::kRateLimited);
    answer.retry_after = retry_after;
    return story.Create(answer).DueIn();
  };
  EXPECT_EQ(due_after(absl::Milliseconds(1)), 1);
  EXPECT_EQ(due_after(absl::Seconds(90)), 90);
  EXPECT_EQ(due_after(absl::Hours(9000)), 300);
  EXPECT_EQ(due_after(absl::InfiniteDuration()), 300);
}

TEST(DecideCreateTest, JitterStretchesAndShortensByAFifth) {
  Story story = Clean();
  story.moment.jitter = 100;
  story.Create(C::kAccepted);
  EXPECT_EQ(story.DueIn(), 72);
  Story other = Clean();
  other.moment.jitter = -100;
  other.Create(C::kAccepted);
  EXPECT_EQ(other.DueIn(), 48);
}

TEST(DecideCreateTest, UnderBacklogTheFirstTwoPollsAreSkipped) {
  Story story = Clean();
  story.moment.backlog = true;
  story.Create(C::kAccepted);
  EXPECT_EQ(story.DueIn(), 600);
}

TEST(DecideCreateTest, OnlyACallThatMayHaveLeftMovesTheTimeOfTheLastPost) {
  Story story;
  story.Post(C::kSurelyNotSent);
  EXPECT_EQ(story.row.submission.last_post_closed_at, std::nullopt);
  story.Claim().Wait(absl::Seconds(7)).Create(C::kMaybeSent);
  EXPECT_EQ(story.row.submission.last_post_closed_at, kDawn + absl::Seconds(7));
}

}  // namespace
}  // namespace payout
