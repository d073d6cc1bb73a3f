// What happens next, in words: the action is the one that the work loop would take.

#include "server/domain/next_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using S = PlatformStatus;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

NextStep Of(const Story& story, Resting resting = {}) {
  return NextStepOf(story.row, resting, story.moment.now);
}

TEST(NextStepTest, AQueuedPayoutIsSubmittedUnlessSubmissionRests) {
  Story story;
  EXPECT_EQ(Of(story).action, "SUBMIT");
  EXPECT_EQ(Of(story).due_at, kDawn);
  EXPECT_THAT(Of(story).why, Not(HasSubstr("paused")));
  EXPECT_THAT(Of(story, {.by_operator = true}).why, HasSubstr("operator has paused"));
  EXPECT_THAT(Of(story, {.by_credentials = true}).why, HasSubstr("credentials"));
}

TEST(NextStepTest, APayoutPastItsTimeExpires) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Minutes(1);
  Story story(intent);
  story.Wait(absl::Minutes(1));
  EXPECT_EQ(Of(story).action, "EXPIRE");
}

TEST(NextStepTest, EachStateTellsItsOwn) {
  Story story;
  EXPECT_EQ(Of(story.Claim()).action, "WAIT_FOR_ANSWER");
  story.Create(C::kMaybeSent);
  EXPECT_EQ(Of(story).action, "READ");
  EXPECT_THAT(Of(story).why, HasSubstr("may or may not"));
  Story absent = story;
  EXPECT_EQ(Of(absent.SettleAbsence()).action, "SUBMIT_AGAIN");
  story.Wait(absl::Seconds(5)).Read(S::kProcessing);
  EXPECT_EQ(Of(story).action, "READ");
  ++story.row.hint_seq;
  EXPECT_THAT(Of(story).why, HasSubstr("callback"));
  story.Wait(absl::Seconds(5)).Read(S::kSuccess);
  story.row.schedule.due_at.reset();
  EXPECT_EQ(Of(story).action, "NOTHING");
}

TEST(NextStepTest, WhatNeedsReviewIsNamed) {
  Story story;
  story.policy.resubmit_auto = false;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_THAT(Of(story).why, HasSubstr("RESUBMIT_NOT_ALLOWED"));
}

TEST(NextStepTest, MarksTellWhatIsRememberedAboutSending) {
  Story story;
  EXPECT_TRUE(MarksOf(story.row).empty());
  story.Post(C::kMaybeSent);
  EXPECT_THAT(MarksOf(story.row), Contains("a create call may have been applied"));
  EXPECT_THAT(MarksOf(story.row), Contains("create calls begun: 1"));
  story.Wait(absl::Seconds(5)).Read(S::kProcessing);
  EXPECT_THAT(MarksOf(story.row), Not(Contains("a create call may have been applied")));
}

}  // namespace
}  // namespace payout
