// New payouts, token failures, lost processes, expiry and cancellation.

#include <gtest/gtest.h>

#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;
using S = PlatformStatus;

TEST(NewPayoutTest, IsQueuedAndDueAtOnce) {
  const Payout payout = NewPayout(SomeIntent(), "print", {.body = "{}", .customer_id = "c"}, kDawn);
  EXPECT_EQ(payout.status.state, State::kQueued);
  EXPECT_EQ(payout.schedule, (Schedule{.work = WorkClass::kCreate, .due_at = kDawn, .step = 0}));
  EXPECT_EQ(payout.revision, 1);
  EXPECT_EQ(payout.created_at, kDawn);
  EXPECT_EQ(payout.updated_at, kDawn);
  EXPECT_EQ(payout.intent, SomeIntent());
  EXPECT_EQ(payout.fingerprint, "print");
  EXPECT_EQ(payout.rendered.body, "{}");
  EXPECT_EQ(payout.submission, Submission{});
  EXPECT_EQ(NextCallOf(payout, kDawn), NextCall::kCreate);
}

TEST(NextCallTest, FollowsTheState) {
  const std::pair<State, NextCall> rows[] = {
      {State::kQueued, NextCall::kCreate},       {State::kSubmitting, NextCall::kLost},
      {State::kOutcomeUnknown, NextCall::kRead}, {State::kProcessing, NextCall::kRead},
      {State::kSucceeded, NextCall::kRead},      {State::kFailed, NextCall::kRead},
      {State::kRefused, NextCall::kRead},        {State::kCancelled, NextCall::kNone}};
  Payout payout = NewPayout(SomeIntent(), "", {}, kDawn);
  for (const auto& [state, next] : rows) {
    payout.status.state = state;
    EXPECT_EQ(NextCallOf(payout, kDawn), next) << StateName(state);
  }
}

// Stories that stand before a call that needs a token.
std::vector<Story> BeforeACall() {
  Story queued;
  Story unknown;
  unknown.Post(C::kMaybeSent);
  Story absent;
  absent.Post(C::kMaybeSent).SettleAbsence();
  Story processing;
  processing.Post(C::kAccepted);
  Story settled;
  settled.Post(C::kAccepted).Wait(absl::Minutes(1)).Read(S::kSuccess);
  return {queued, unknown, absent, processing, settled};
}

TEST(TokenFailureTest, NeverChangesWhatCallersSee) {
  for (int i = 0; i < kTokenAnswerKinds; ++i) {
    const auto kind = static_cast<TokenAnswerKind>(i);
    for (Story story : BeforeACall()) {
      const Payout before = story.row;
      story.TokenFails(kind);
      EXPECT_EQ(story.row.status, before.status) << TokenAnswerName(kind);
      EXPECT_EQ(story.row.submission, before.submission);
      EXPECT_EQ(story.row.absence, before.absence);
      EXPECT_EQ(story.row.schedule.work, before.schedule.work);
      EXPECT_FALSE(story.last.emits_event);
      EXPECT_EQ(story.last.merchant, RuleFor(kind).merchant);
      EXPECT_EQ(story.last.alarm, RuleFor(kind).alarm);
      ASSERT_TRUE(story.row.schedule.due_at);
      EXPECT_GE(story.DueIn(), 1);
      EXPECT_LE(story.DueIn(), 300);
      EXPECT_EQ(story.last.rule, "token." + std::string(TokenAnswerName(kind)));
    }
  }
}

TEST(TokenFailureTest, CredentialsAndRoutesRestForAMinute) {
  for (const auto kind :
       {TokenAnswerKind::kRefused, TokenAnswerKind::kForbidden, TokenAnswerKind::kRouteMissing}) {
    Story story;
    story.TokenFails(kind).TokenFails(kind).TokenFails(kind);
    EXPECT_EQ(story.DueIn(), 60);
    EXPECT_EQ(story.last.merchant, MerchantEffect::kPause);
  }
}

TEST(TokenFailureTest, WaitsBeforeACreateDoubleUpToFiveMinutes) {
  Story story;
  for (const double expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    EXPECT_EQ(story.TokenFails(TokenAnswerKind::kServerError).DueIn(), expected);
  }
}

TEST(TokenFailureTest, AnOutageDoesNotMoveThePollScheduleOn) {
  Story processing;
  processing.Post(C::kAccepted).Wait(absl::Minutes(1));
  Story unknown;
  unknown.Post(C::kMaybeSent).Wait(absl::Seconds(2));
  for (Story* story : {&processing, &unknown}) {
    const int step = story->row.schedule.step;
    for (int i = 0; i < 100; ++i) {
      story->TokenFails(TokenAnswerKind::kNoAnswer);
      story->Wait(absl::Seconds(story->DueIn()));
    }
    EXPECT_EQ(story->row.schedule.step, step);
  }
  EXPECT_EQ(processing.Read(S::kProcessing).DueIn(), 180) << "as if nothing had been";
  EXPECT_EQ(unknown.Read(Gone()).DueIn(), 5);
}

TEST(TokenFailureTest, RetryAfterIsObeyedWithinReason) {
  for (Story story : BeforeACall()) {
    EXPECT_EQ(story.TokenFails(TokenAnswerKind::kRateLimited, absl::Hours(100)).DueIn(), 300);
    EXPECT_GE(story.TokenFails(TokenAnswerKind::kRateLimited, absl::Seconds(120)).DueIn(), 120);
  }
}

TEST(LostTest, ALostSubmissionIsAnUnknownOutcome) {
  Story story;
  story.Claim().Restart().Wait(absl::Minutes(10)).Lose();
  EXPECT_EQ(Describe(story.last, story.moment.now), "OUTCOME_UNKNOWN; resolve in 2 s; maybe");
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.next(), NextCall::kRead);
}

TEST(LostTest, TheLostCreateCountsAsMaybeApplied) {
  Story story;
  story.Claim().Lose().SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kCreate);
  story.Post(C::kConflict);
  EXPECT_FALSE(story.row.submission.conflict) << "the 409 is probably our own create";
}

TEST(LostTest, AbsenceIsCountedFromTheMomentItWasNoticed) {
  Story story;
  story.Claim().Restart().Wait(absl::Hours(1)).Lose();
  story.Wait(absl::Seconds(239)).Read(Gone());
  EXPECT_EQ(story.row.absence.count, 1);
  EXPECT_EQ(story.next(), NextCall::kRead);
}

TEST(LostTest, TheDayOfResubmissionCountsFromTheClaim) {
  Story soon;
  soon.Claim().Restart().Wait(absl::Hours(23)).Lose().SettleAbsence();
  EXPECT_EQ(soon.next(), NextCall::kCreate);
  Story late;
  late.Claim().Restart().Wait(absl::Hours(72)).Lose().SettleAbsence();
  EXPECT_EQ(late.next(), NextCall::kRead)
      << "the call ended three days ago, whenever that was noticed";
  EXPECT_EQ(late.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(ExpiryTest, IsDueAtSubmitBeforeWhileQueued) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Minutes(1);
  Story story(intent);
  EXPECT_EQ(story.Wait(absl::Seconds(59)).next(), NextCall::kCreate);
  EXPECT_EQ(story.Wait(absl::Seconds(1)).next(), NextCall::kExpire);
  const Decision decision = DecideExpiry(story.row, story.moment);
  EXPECT_EQ(Describe(decision, story.moment.now), "CANCELLED; rests; no flags");
  EXPECT_TRUE(decision.emits_event);
  EXPECT_EQ(decision.after.status.reasons,
            (std::vector<PayoutReason>{
                {.code = "SUBMIT_BEFORE_PASSED", .category = ReasonCategory::kCancelled}}));
  EXPECT_EQ(decision.after.status.settled_at, story.moment.now);
  EXPECT_EQ(NextCallOf(decision.after, story.moment.now), NextCall::kNone);
}

TEST(ExpiryTest, WhatWasSentDoesNotExpire) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Minutes(1);
  for (const C kind : {C::kMaybeSent, C::kAccepted}) {
    Story story(intent);
    story.Post(kind).Wait(absl::Hours(1));
    EXPECT_EQ(story.next(), NextCall::kRead) << CreateAnswerName(kind);
  }
}

TEST(CancelTest, OnlyWhatIsQueuedCanBeCancelled) {
  Story story;
  const auto decision = DecideCancel(story.row, story.moment);
  ASSERT_TRUE(decision);
  EXPECT_EQ(Describe(*decision, story.moment.now), "CANCELLED; rests; no flags");
  EXPECT_TRUE(decision->emits_event);
  EXPECT_EQ(decision->after.status.reasons.front().code, "CANCELLED_BY_CALLER");
  for (const State state : kAllStates) {
    Payout row = story.row;
    row.status.state = state;
    EXPECT_EQ(DecideCancel(row, story.moment).has_value(), state == State::kQueued)
        << StateName(state);
  }
}

TEST(CancelTest, ARequeuedPayoutWasSurelyNotAppliedAndCanBeCancelled) {
  for (const C kind : {C::kSurelyNotSent, C::kUnauthenticated, C::kForbidden, C::kRateLimited}) {
    Story story;
    story.Post(kind);
    EXPECT_TRUE(DecideCancel(story.row, story.moment)) << CreateAnswerName(kind);
  }
}

TEST(DecisionTest, IntentAndBytesNeverChange) {
  Story story;
  const Payout before = story.row;
  story.Post(C::kMaybeSent)
      .SettleAbsence()
      .Post(C::kAccepted)
      .Wait(absl::Minutes(1))
      .Read(S::kSuccess);
  EXPECT_EQ(story.row.intent, before.intent);
  EXPECT_EQ(story.row.rendered, before.rendered);
  EXPECT_EQ(story.row.fingerprint, before.fingerprint);
  EXPECT_EQ(story.row.revision, before.revision) << "the store counts";
  EXPECT_EQ(story.row.version, before.version);
}

}  // namespace
}  // namespace payout
