// An operator's verdicts: what each clears, what it allows, and what it never allows.

#include "server/domain/decide_review.h"

#include <gtest/gtest.h>

#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using S = PlatformStatus;

constexpr auto kAcknowledge = Verdict::kAcknowledge;
constexpr auto kResubmit = Verdict::kResubmit;
constexpr auto kAdopt = Verdict::kAdopt;

absl::StatusOr<Decision> Judge(Story& story, Verdict verdict, Reviews reasons = {}) {
  absl::StatusOr<Decision> decision =
      DecideReview(story.row, {.verdict = verdict, .reasons = std::move(reasons)}, story.moment);
  if (decision.ok()) story.row = decision->after;
  return decision;
}

absl::StatusCode CodeOf(Story story, Verdict verdict, Reviews reasons = {}) {
  return Judge(story, verdict, std::move(reasons)).status().code();
}

// OUTCOME_UNKNOWN for good: absence is settled, and sending again is left to a person.
Story NotAllowed() {
  Story story;
  story.policy.resubmit_auto = false;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
  return story;
}

// The platform has the id, with our values, but it is older than our first claim.
Story UsedElsewhere(PlatformView view = MatchingView()) {
  Story story;
  story.Wait(absl::Hours(1)).Post(C::kConflict).Wait(absl::Seconds(5));
  story.Read(Found(S::kProcessing, std::move(view)));
  EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
  return story;
}

Story Mismatch() {
  Story story;
  story.Post(C::kAccepted).Wait(absl::Minutes(1));
  story.Read(Found(S::kProcessing, MismatchingView()));
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch});
  return story;
}

TEST(DecideReviewTest, AcknowledgingClearsIsAnEventAndMakesAReadDue) {
  Story story = Mismatch();
  story.Wait(absl::Seconds(30));
  const absl::StatusOr<Decision> decision = Judge(story, kAcknowledge);
  ASSERT_TRUE(decision.ok()) << decision.status();
  EXPECT_TRUE(story.review().empty());
  EXPECT_TRUE(decision->emits_event);
  EXPECT_EQ(decision->rule, "review.acknowledge");
  EXPECT_EQ(story.DueIn(), 0);
  EXPECT_EQ(story.next(), NextCall::kRead);
}

TEST(DecideReviewTest, TheReadKeepsItsDistanceFromTheOneBefore) {
  Story story = Mismatch();
  story.Wait(absl::Seconds(2));
  ASSERT_TRUE(Judge(story, kAcknowledge).ok());
  EXPECT_EQ(story.DueIn(), 3);
}

TEST(DecideReviewTest, AReasonWhoseCausePersistsComesBackWithTheNextRead) {
  Story story = Mismatch();
  ASSERT_TRUE(Judge(story, kAcknowledge).ok());
  story.Wait(absl::Seconds(5)).Read(Found(S::kProcessing, MismatchingView()));
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch});
  ASSERT_TRUE(Judge(story, kAcknowledge).ok());
  story.Wait(absl::Seconds(5)).Read(S::kSuccess);
  EXPECT_TRUE(story.review().empty());
  EXPECT_EQ(story.state(), State::kSucceeded);
}

TEST(DecideReviewTest, OnlyTheNamedReasonsAreCleared) {
  Story story = Mismatch();
  story.row.status.needs_review.insert(Review::kCorrected);
  ASSERT_TRUE(Judge(story, kAcknowledge, {Review::kCorrected}).ok());
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch});
}

TEST(DecideReviewTest, ACorrectionThatWasAcknowledgedStaysRecordedAndQuiet) {
  Story story;
  story.Post(C::kAccepted).Wait(absl::Minutes(1)).Read(S::kSuccess);
  story.Wait(absl::Hours(1)).Read(S::kFailed).Wait(absl::Minutes(2)).Read(S::kFailed);
  ASSERT_EQ(story.review(), Reviews{Review::kCorrected});
  ASSERT_TRUE(Judge(story, kAcknowledge).ok());
  EXPECT_TRUE(story.row.status.correction.has_value());
  EXPECT_EQ(story.state(), State::kSucceeded);
  for (int i = 0; i < 3; ++i) story.Wait(absl::Minutes(2)).Read(S::kFailed);
  EXPECT_TRUE(story.review().empty());
}

TEST(DecideReviewTest, WhatDoesNotFitIsRefusedAndSaysWhy) {
  Story clean;
  clean.Post(C::kAccepted);
  for (const Verdict verdict : {kAcknowledge, kResubmit, kAdopt}) {
    EXPECT_EQ(CodeOf(clean, verdict), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_EQ(CodeOf(Mismatch(), kResubmit), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(Mismatch(), kAdopt), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(NotAllowed(), kAdopt), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(UsedElsewhere(), kResubmit), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(Mismatch(), kAcknowledge, {Review::kCorrected}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(NotAllowed(), kResubmit, {Review::kCorrected}),
            absl::StatusCode::kInvalidArgument);
  Story story = Mismatch();
  EXPECT_NE(Judge(story, kResubmit).status().message().find("PLATFORM_MISMATCH"),
            absl::string_view::npos);
}

TEST(DecideReviewTest, NothingIsDecidedWhileACreateCallIsUnderWay) {
  Story story = NotAllowed();
  ASSERT_TRUE(Judge(story, kResubmit).ok());
  story.SettleAbsence().Claim();
  story.row.status.needs_review = {Review::kCorrected};
  EXPECT_EQ(CodeOf(story, kAcknowledge), absl::StatusCode::kFailedPrecondition);
}

// ---- resubmit ----

TEST(DecideReviewTest, ResubmitAllowsOneCreateAfterAbsenceHasSettledOnceMore) {
  Story story = NotAllowed();
  ASSERT_TRUE(Judge(story, kResubmit).ok());
  EXPECT_EQ(story.next(), NextCall::kRead) << "what was seen before the verdict proves nothing";
  story.Wait(absl::Seconds(30)).Read(Gone());
  story.Wait(absl::Seconds(30)).Read(Gone());
  story.Wait(absl::Seconds(30)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead) << "90 s after the verdict";
  story.Wait(absl::Seconds(160)).Read(Gone());
  ASSERT_EQ(story.next(), NextCall::kCreate);

  story.Post(C::kMaybeSent);
  EXPECT_FALSE(story.row.submission.resubmit_granted);
  story.SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kRead) << "one create was allowed, not two";
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
  EXPECT_EQ(story.row.submission.creates, 2);
}

TEST(DecideReviewTest, ResubmitOverrulesCountAndWindowOfTheAutomaticRule) {
  Story story;
  story.policy.resubmits_max = 0;
  story.Post(C::kMaybeSent).Wait(absl::Hours(50)).SettleAbsence();
  ASSERT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
  ASSERT_TRUE(Judge(story, kResubmit).ok());
  story.SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(DecideReviewTest, WhatThePlatformAcknowledgedIsNeverSentAgain) {
  Story story = NotAllowed();
  story.row.submission.acknowledged = true;
  EXPECT_EQ(CodeOf(story, kResubmit), absl::StatusCode::kFailedPrecondition);

  Story later = NotAllowed();
  ASSERT_TRUE(Judge(later, kResubmit).ok());
  later.Wait(absl::Seconds(30)).Read(ReadAnswerKind::kFoundUnreadable);
  later.SettleAbsence();
  EXPECT_EQ(later.next(), NextCall::kRead)
      << "something was found between the verdict and the post";
  EXPECT_FALSE(later.row.submission.resubmit_granted);
}

TEST(DecideReviewTest, NothingIsSentAfterSubmitBeforeWhoeverAllowsIt) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Hours(1);
  Story story(intent);
  story.policy.resubmit_auto = false;
  story.Post(C::kMaybeSent).SettleAbsence();
  Story late = story;
  late.Wait(absl::Hours(1));
  EXPECT_EQ(CodeOf(late, kResubmit), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Judge(story, kResubmit).ok());
  story.Wait(absl::Hours(1)).SettleAbsence();
  EXPECT_NE(story.next(), NextCall::kCreate);
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(DecideReviewTest, APayoutThatTurnsUpAfterTheVerdictIsTakenOver) {
  Story story = NotAllowed();
  ASSERT_TRUE(Judge(story, kResubmit).ok());
  story.Wait(absl::Seconds(30)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_FALSE(story.row.submission.resubmit_granted);
}

TEST(DecideReviewTest, WhileSubmissionIsPausedAbsenceGivesNoPermissionAndIsAskedAboutSoon) {
  Story story;
  story.moment.paused = true;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_TRUE(story.review().empty());
  EXPECT_EQ(story.DueIn(), 300);
  story.moment.paused = false;
  story.Wait(absl::Minutes(5)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

// ---- adopt ----

TEST(DecideReviewTest, AdoptTakesAFullMatchWhateverItsAge) {
  Story story = UsedElsewhere();
  ASSERT_TRUE(Judge(story, kAdopt).ok());
  EXPECT_EQ(story.state(), State::kOutcomeUnknown) << "the read decides, not the verdict";
  story.Wait(absl::Seconds(5)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_FALSE(story.row.submission.adoption_granted);
}

TEST(DecideReviewTest, AdoptDoesNotMakeAnotherPayoutOurs) {
  PlatformView segment = MatchingView();
  segment.segment_code = "other";
  PlatformView method = MatchingView();
  method.method_code = "BANK_TRANSFER";
  PlatformView currency = MatchingView();
  currency.money.currency = "EUR";
  for (const PlatformView& view : {MismatchingView(), segment, method, currency}) {
    Story story = UsedElsewhere(view);
    ASSERT_TRUE(Judge(story, kAdopt).ok());
    story.Wait(absl::Seconds(5)).Read(Found(S::kSuccess, view));
    EXPECT_EQ(story.state(), State::kOutcomeUnknown);
    EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
    story.Wait(absl::Seconds(5)).Read(S::kSuccess);
    EXPECT_EQ(story.state(), State::kOutcomeUnknown) << "one verdict, one look";
  }
}

TEST(DecideReviewTest, AcknowledgingAForeignIdDoesNotAdoptIt) {
  Story story = UsedElsewhere();
  ASSERT_TRUE(Judge(story, kAcknowledge).ok());
  story.Wait(absl::Seconds(5)).Read(S::kSuccess);
  EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
}

TEST(DecideReviewTest, NamesOfVerdictsAndReasonsAreReadBack) {
  for (const Verdict verdict : {kAcknowledge, kResubmit, kAdopt}) {
    EXPECT_EQ(ParseVerdict(VerdictName(verdict)), verdict);
  }
  for (const Review review : {Review::kPlatformMismatch, Review::kIdUsedElsewhere,
                              Review::kResubmitNotAllowed, Review::kCorrected}) {
    EXPECT_EQ(ParseReview(ReviewName(review)), review);
  }
  EXPECT_EQ(ParseVerdict("pay"), std::nullopt);
  EXPECT_EQ(ParseReview(""), std::nullopt);
}

}  // namespace
}  // namespace payout
