// Settled absence: when the platform's "I do not know it" is believed, and what may follow from it.

#include <gtest/gtest.h>

#include "server/domain/hint.h"
#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;
using S = PlatformStatus;

const absl::Duration kS = absl::Seconds(1);

Story Unknown() {
  Story story;
  return story.Post(C::kMaybeSent);
}
Story AbsenceSettled() { return Unknown().SettleAbsence(); }

TEST(SettledAbsenceTest, NeedsThreeReadsThirtySecondsApartAndFourMinutesAfterThePost) {
  Story story = Unknown();
  story.Wait(180 * kS).Read(Gone());
  story.Wait(30 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead);
  story.Wait(30 * kS).Read(Gone());
  EXPECT_EQ(Describe(story.last, story.moment.now),
            "OUTCOME_UNKNOWN; resolve in -86400 s; maybe post_next");
  EXPECT_FALSE(story.last.emits_event);
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, ASecondSoonerProvesNothing) {
  Story story = Unknown();
  story.Wait(179 * kS).Read(Gone());
  story.Wait(30 * kS).Read(Gone());
  story.Wait(30 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead) << "239 s after the post";
  story.Wait(5 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, ReadsCloseTogetherCountOnce) {
  Story story = Unknown();
  story.Wait(240 * kS);
  for (int i = 0; i < 9; ++i) {
    story.Read(Gone()).Wait(5 * kS);
    EXPECT_EQ(story.next(), NextCall::kRead) << i;
  }
  EXPECT_EQ(story.row.absence.count, 2) << "40 s hold two reads that are 30 s apart";
  story.Wait(20 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, WhatIsHalfThereIsGatheredWithinMinutesHoweverOldThePayout) {
  Story story = Unknown();
  story.row.schedule.step = 14;  // waits of half a day
  story.Wait(3600 * kS).Read(Gone());
  EXPECT_EQ(*story.row.schedule.due_at - story.moment.now, 60 * kS);
  story.Wait(60 * kS).Read(Gone()).Wait(60 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, AnOutageOfThePlatformDoesNotPutAnUnknownOutcomeToSleep) {
  Story story = Unknown();
  for (int i = 0; i < 50; ++i) {
    story.Read(i % 2 == 0 ? R::kServerError : R::kNoAnswer);
    const absl::Duration wait = *story.row.schedule.due_at - story.moment.now;
    EXPECT_LE(wait, 300 * kS) << i;
    story.Wait(wait);
  }
}

TEST(SettledAbsenceTest, EveryOtherAnswerBreaksTheRow) {
  for (int i = 0; i < kReadAnswerKinds; ++i) {
    const auto kind = static_cast<ReadAnswerKind>(i);
    if (kind == R::kGone || kind == R::kFound) continue;
    Story story = Unknown();
    story.Wait(300 * kS).Read(Gone()).Wait(30 * kS).Read(Gone());
    EXPECT_EQ(story.row.absence.count, 2);
    story.Wait(30 * kS).Read(kind);
    story.Wait(30 * kS).Read(Gone()).Wait(30 * kS).Read(Gone());
    EXPECT_EQ(story.next(), NextCall::kRead) << ReadAnswerName(kind);
    EXPECT_TRUE(story.review().empty()) << ReadAnswerName(kind);
  }
}

TEST(SettledAbsenceTest, AnotherProcessCountsAnew) {
  Story story = Unknown();
  story.Wait(300 * kS).Read(Gone()).Wait(30 * kS).Read(Gone());
  story.Restart().Wait(30 * kS).Read(Gone());
  EXPECT_EQ(story.row.absence.count, 1);
  EXPECT_EQ(story.next(), NextCall::kRead);
  story.Wait(30 * kS).Read(Gone()).Wait(30 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead) << "the new clock has run for 60 s only";
  story.Wait(180 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, TheWallClockDoesNotMatter) {
  Story story = Unknown();
  for (int i = 0; i < 5; ++i) {
    story.moment.now += absl::Hours(5);
    story.moment.monotonic += absl::Seconds(1);
    story.Read(Gone());
    EXPECT_EQ(story.next(), NextCall::kRead);
  }
  Story backwards = Unknown();
  backwards.moment.now -= absl::Hours(5);
  backwards.SettleAbsence();
  EXPECT_EQ(backwards.next(), NextCall::kCreate);
}

TEST(SettledAbsenceTest, AnyOtherReadTakesThePermissionToPostBack) {
  for (const R kind : {R::kServerError, R::kNoAnswer, R::kUnauthenticated, R::kFoundUnreadable}) {
    Story story = AbsenceSettled();
    story.Wait(5 * kS).Read(kind);
    EXPECT_EQ(story.next(), NextCall::kRead) << ReadAnswerName(kind);
    EXPECT_FALSE(story.row.submission.post_next);
    EXPECT_GE(story.DueIn(), 5);
  }
  for (const S status : {S::kProcessing, S::kSuccess, S::kUnrecognised}) {
    Story story = AbsenceSettled();
    story.Wait(5 * kS).Read(status);
    EXPECT_NE(story.next(), NextCall::kCreate) << TextOf(status);
    EXPECT_FALSE(story.row.submission.post_next);
    EXPECT_NE(story.DueIn(), 0) << "no busy loop of reads";
  }
}

TEST(SettledAbsenceTest, ThePermissionToPostGrowsStale) {
  Story story = AbsenceSettled();
  story.Wait(kAbsenceFresh);
  EXPECT_EQ(story.next(), NextCall::kCreate);
  story.Wait(kS);
  EXPECT_EQ(story.next(), NextCall::kRead) << "asked again first";
  story.Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
  story.Wait(absl::Hours(48)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed})
      << "a day after the post it is too late";
}

TEST(ResubmitTest, PostsTheSameBytesAndCounts) {
  Story story = AbsenceSettled();
  const RenderedRequest bytes = story.row.rendered;
  story.Claim();
  EXPECT_EQ(story.row.submission.resubmits, 1);
  EXPECT_EQ(story.row.submission.creates, 2);
  EXPECT_FALSE(story.row.submission.post_next);
  EXPECT_EQ(story.row.rendered, bytes);
  story.Create(C::kAccepted);
  EXPECT_EQ(story.state(), State::kProcessing);
}

TEST(ResubmitTest, TheEvidenceStartsOverAfterEachPost) {
  Story story = AbsenceSettled();
  story.Claim().Wait(60 * kS).Create(C::kMaybeSent);
  EXPECT_EQ(story.row.absence.count, 0);
  story.Wait(239 * kS).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead);
}

TEST(ResubmitTest, StopsAfterFiveTimes) {
  Story story = Unknown();
  for (int i = 0; i < 5; ++i) {
    story.SettleAbsence();
    ASSERT_EQ(story.next(), NextCall::kCreate) << i;
    story.Post(C::kServerError);
  }
  EXPECT_EQ(story.row.submission.resubmits, 5);
  story.SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.state(), State::kOutcomeUnknown) << "it never ages into a failure";
}

TEST(ResubmitTest, StopsADayAfterTheLastPost) {
  Story in_time = Unknown();
  in_time.Wait(absl::Hours(24) - 240 * kS).SettleAbsence();
  EXPECT_EQ(in_time.next(), NextCall::kCreate);
  Story late = Unknown();
  late.Wait(absl::Hours(24) - 239 * kS).SettleAbsence();
  EXPECT_EQ(late.next(), NextCall::kRead);
  EXPECT_EQ(late.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(ResubmitTest, ADayIsMeasuredByTheClockThatCannotBeSetWhileTheProcessLives) {
  for (const absl::Duration jump : {absl::Hours(48), -absl::Hours(48)}) {
    Story story = Unknown();
    story.moment.now += jump;
    story.SettleAbsence();
    EXPECT_EQ(story.next(), NextCall::kCreate) << jump;
    EXPECT_TRUE(story.review().empty());
  }
  Story restarted = Unknown();
  restarted.Restart();
  restarted.moment.now -= absl::Hours(48);
  restarted.SettleAbsence().SettleAbsence();  // The evidence starts over.
  EXPECT_EQ(restarted.next(), NextCall::kRead) << "nobody knows how long ago that was";
  EXPECT_EQ(restarted.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(ResubmitTest, SettledAbsenceOfAClockThatWasSetBackIsNotFresh) {
  Story story = Unknown();
  story.SettleAbsence();
  ASSERT_EQ(story.next(), NextCall::kCreate);
  story.moment.now -= absl::Hours(48);
  EXPECT_EQ(story.next(), NextCall::kRead);
}

TEST(ResubmitTest, StopsAtSubmitBefore) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + 241 * kS;
  Story in_time(intent);
  in_time.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(in_time.next(), NextCall::kCreate);
  in_time.Wait(kS);
  EXPECT_EQ(in_time.next(), NextCall::kRead) << "the caller does not want it any more";

  intent.submit_before = kDawn + 240 * kS;
  Story late(intent);
  late.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(late.next(), NextCall::kRead);
  EXPECT_EQ(late.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(ResubmitTest, CanBeSwitchedOff) {
  Story story;
  story.policy.resubmit_auto = false;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
}

TEST(ResubmitTest, NeverAfterThePlatformAcknowledgedTheId) {
  Story unreadable;
  Story conflict;
  Story read;
  unreadable.Post(C::kAcceptedUnreadable).SettleAbsence();
  conflict.Post(C::kConflict).SettleAbsence();
  read.Post(C::kMaybeSent).Wait(5 * kS).Read(R::kFoundUnreadable).SettleAbsence();
  for (const Story& story : {unreadable, conflict, read}) {
    EXPECT_EQ(story.next(), NextCall::kRead);
    EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
    EXPECT_TRUE(story.row.schedule.due_at.has_value()) << "and it is never forgotten";
  }
}

TEST(ResubmitTest, NeverWhileAReviewIsPending) {
  Story story = Unknown();
  story.Wait(5 * kS).Read(Found(S::kProcessing, MismatchingView()));
  story.SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_TRUE(story.review().contains(Review::kPlatformMismatch));
}

TEST(ResubmitTest, AReviewIsToldOnceAndReadsGoOn) {
  Story story;
  story.policy.resubmit_auto = false;
  story.Post(C::kMaybeSent).SettleAbsence();
  EXPECT_TRUE(story.last.emits_event);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(story.row.schedule.due_at);
    story.Wait(absl::Hours(24)).Read(Gone());
    EXPECT_FALSE(story.last.emits_event);
  }
  story.Wait(absl::Hours(24)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
}

TEST(RefusalTest, ARejectionNeedsOne410TwoSecondsLater) {
  Story story;
  story.Post(C::kRejected);
  EXPECT_EQ(story.DueIn(), 2);
  story.Wait(2 * kS).Read(Gone());
  EXPECT_EQ(Describe(story.last, story.moment.now), "REFUSED; rests; maybe refused fast");
  EXPECT_EQ(story.row.status.reasons,
            (std::vector<PayoutReason>{
                {.code = "REJECTED_BY_PLATFORM", .category = ReasonCategory::kPlatform}}));
}

TEST(RefusalTest, AfterACallbackOne410ProvesNoRefusal) {
  Story story;
  story.Post(C::kRejected);
  story.row.hint_seq = 1;  // Somebody who knows the payout's URL says that it changed.
  story.Wait(10 * kS).Read(Gone());
  EXPECT_EQ(story.row.status.state, State::kOutcomeUnknown);
}

TEST(RefusalTest, A410SoonerIsNotBelieved) {
  Story story;
  story.Post(C::kRejected).Wait(absl::Milliseconds(1999)).Read(Gone());
  EXPECT_EQ(story.state(), State::kOutcomeUnknown);
  story.Wait(5 * kS).Read(Gone());
  EXPECT_EQ(story.state(), State::kRefused);
}

TEST(RefusalTest, TheProvingReadIsNotDueBeforeItCanProve) {
  Story story;
  story.moment.jitter = -100;
  story.Post(C::kRejected);
  EXPECT_EQ(story.DueIn(), 2);
}

TEST(RefusalTest, AnUnreadableRefusalNeedsSettledAbsence) {
  for (const C kind : {C::kRefusedUnreadable, C::kRejectedUnreadable}) {
    Story story;
    story.Post(kind).Wait(100 * kS).Read(Gone());
    EXPECT_EQ(story.state(), State::kOutcomeUnknown) << CreateAnswerName(kind);
    story.SettleAbsence();
    EXPECT_EQ(story.state(), State::kRefused) << CreateAnswerName(kind);
  }
}

TEST(RefusalTest, ARefusalAfterAMaybeAppliedCreateNeedsSettledAbsence) {
  for (const C kind : {C::kRefused, C::kRejected}) {
    Story story = AbsenceSettled();
    story.Post(kind).Wait(100 * kS).Read(Gone());
    EXPECT_EQ(story.state(), State::kOutcomeUnknown) << CreateAnswerName(kind);
    story.SettleAbsence();
    EXPECT_EQ(story.state(), State::kRefused) << CreateAnswerName(kind);
    if (kind == C::kRefused) {
      EXPECT_EQ(story.row.status.reasons, std::vector<PayoutReason>{SomeReason()});
    }
  }
}

TEST(RefusalTest, WhatIsRefusedIsNeverPostedAgain) {
  Story story;
  story.Post(C::kRefusedUnreadable).SettleAbsence();
  EXPECT_NE(story.next(), NextCall::kCreate);
  EXPECT_EQ(story.row.submission.creates, 1);
}

TEST(RefusalTest, APayoutThatIsFoundWasNotRefused) {
  Story story;
  story.Post(C::kRejected).Wait(2 * kS).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_TRUE(story.row.status.reasons.empty());
}

TEST(RefusalTest, OnceThePlatformShowedAPayoutA410ProvesNoRefusal) {
  for (const C kind : {C::kRejected, C::kRejectedUnreadable, C::kRefusedUnreadable}) {
    Story story;
    story.Post(kind).Wait(5 * kS).Read(Found(S::kProcessing, MismatchingView()));
    story.SettleAbsence();
    EXPECT_EQ(story.state(), State::kOutcomeUnknown) << CreateAnswerName(kind);
    EXPECT_EQ(story.review(), (Reviews{Review::kPlatformMismatch, Review::kResubmitNotAllowed}));
  }
}

}  // namespace
}  // namespace payout
