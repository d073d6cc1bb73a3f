// Settled payouts: terminal states do not change; what the platform says later is recorded as a
// correction.

#include <gtest/gtest.h>

#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;
using S = PlatformStatus;

Story Settled(S status) {
  Story story;
  return story.Post(C::kAccepted).Wait(absl::Minutes(1)).Read(status).Wait(absl::Hours(2));
}

TEST(CorrectionTest, AnotherTerminalStatusCountsWhenReadTwiceAMinuteApart) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed);
  EXPECT_EQ(Describe(story.last, story.moment.now),
            "SUCCEEDED; audit in 60 s; acknowledged confirmed; alarm contradiction");
  EXPECT_FALSE(story.last.emits_event);
  story.Wait(absl::Minutes(1)).Read(S::kFailed);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_EQ(story.row.status.correction, (Correction{State::kFailed, story.moment.now}));
  EXPECT_EQ(story.review(), Reviews{Review::kCorrected});
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.row.schedule.due_at, std::nullopt);
}

TEST(CorrectionTest, EveryPairOfTerminalStatesIsSeen) {
  const std::pair<S, State> terminal[] = {{S::kSuccess, State::kSucceeded},
                                          {S::kFailed, State::kFailed},
                                          {S::kRefused, State::kRefused}};
  for (const auto& [first, state] : terminal) {
    for (const auto& [second, reported] : terminal) {
      Story story = Settled(first);
      story.Read(second).Wait(absl::Minutes(1)).Read(second);
      EXPECT_EQ(story.state(), state);
      EXPECT_EQ(story.row.status.correction.has_value(), state != reported);
      if (state != reported) {
        EXPECT_EQ(story.row.status.correction->reported_state, reported);
      }
    }
  }
}

TEST(CorrectionTest, ASecondReadTooSoonDoesNotCountAndIsRepeated) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed).Wait(absl::Seconds(59)).Read(S::kFailed);
  EXPECT_EQ(story.row.status.correction, std::nullopt);
  EXPECT_EQ(story.DueIn(), 60);
  story.Wait(absl::Minutes(1)).Read(S::kFailed);
  EXPECT_TRUE(story.row.status.correction.has_value());
}

TEST(CorrectionTest, OurOwnStatusInBetweenEndsTheMatter) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed).Wait(absl::Minutes(1)).Read(S::kSuccess);
  EXPECT_EQ(story.row.contradiction, std::nullopt);
  EXPECT_EQ(story.row.schedule.due_at, std::nullopt);
  story.Wait(absl::Minutes(1)).Read(S::kFailed);
  EXPECT_EQ(story.row.status.correction, std::nullopt);
}

TEST(CorrectionTest, ADifferentContradictionStartsOver) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed).Wait(absl::Minutes(1)).Read(S::kRefused);
  EXPECT_EQ(story.row.status.correction, std::nullopt);
  story.Wait(absl::Minutes(1)).Read(S::kRefused);
  ASSERT_TRUE(story.row.status.correction);
  EXPECT_EQ(story.row.status.correction->reported_state, State::kRefused);
}

TEST(CorrectionTest, TheSecondReadIsTriedUntilItIsAnswered) {
  for (const R kind :
       {R::kServerError, R::kNoAnswer, R::kRateLimited, R::kGone, R::kFoundUnreadable}) {
    Story story = Settled(S::kSuccess);
    story.Read(S::kFailed).Wait(absl::Minutes(1)).Read(kind);
    ASSERT_TRUE(story.row.schedule.due_at) << ReadAnswerName(kind);
    EXPECT_EQ(story.row.schedule.work, WorkClass::kAudit);
    story.Wait(absl::Seconds(story.DueIn())).Read(S::kFailed);
    EXPECT_TRUE(story.row.status.correction.has_value()) << ReadAnswerName(kind);
    EXPECT_EQ(story.row.schedule.due_at, std::nullopt);
  }
}

TEST(CorrectionTest, AStaleReadInBetweenDoesNotForgetTheContradiction) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed).Wait(absl::Minutes(1)).Read(S::kProcessing);
  ASSERT_TRUE(story.row.schedule.due_at);
  story.Wait(absl::Seconds(story.DueIn())).Read(S::kFailed);
  EXPECT_TRUE(story.row.status.correction.has_value());
}

TEST(CorrectionTest, TheSameCorrectionIsRecordedOnce) {
  Story story = Settled(S::kSuccess);
  story.Read(S::kFailed).Wait(absl::Minutes(1)).Read(S::kFailed);
  const Correction first = *story.row.status.correction;
  story.Wait(absl::Hours(2)).Read(S::kFailed).Wait(absl::Minutes(1)).Read(S::kFailed);
  EXPECT_EQ(story.row.status.correction, first);
  EXPECT_FALSE(story.last.emits_event);
  EXPECT_EQ(story.row.schedule.due_at, std::nullopt);
}

TEST(SettledTest, StaleAndUnknownStatusesAreIgnored) {
  for (const S settled : {S::kSuccess, S::kFailed, S::kRefused}) {
    Story story = Settled(settled);
    const Status before = story.row.status;
    for (const S status : {S::kProcessing, S::kUnrecognised}) {
      story.Wait(absl::Hours(1)).Read(status).Wait(absl::Minutes(2)).Read(status);
      EXPECT_EQ(story.row.status, before);
      EXPECT_EQ(story.row.contradiction, std::nullopt);
      EXPECT_EQ(story.last.alarm, Alarm::kNone);
      EXPECT_EQ(story.row.schedule.due_at, std::nullopt);
    }
  }
}

TEST(SettledTest, A410AfterAConfirmedEndIsAnAlarmOnly) {
  Story story = Settled(S::kSuccess);
  const Status before = story.row.status;
  for (int i = 0; i < 5; ++i) story.Wait(absl::Hours(1)).Read(Gone());
  EXPECT_EQ(story.last.alarm, Alarm::kGoneAfterConfirm);
  EXPECT_EQ(story.row.status, before);
}

TEST(SettledTest, A410AfterARefusedCreateIsNoAlarm) {
  Story story;
  story.Post(C::kRefused).Wait(absl::Hours(1)).Read(Gone());
  EXPECT_EQ(story.last.alarm, Alarm::kNone);
  EXPECT_EQ(story.state(), State::kRefused);
}

TEST(SettledTest, ARefusedCreateThatIsFoundPaidIsACorrection) {
  Story story;
  story.Post(C::kRefused).Wait(absl::Hours(1)).Read(S::kSuccess);
  story.Wait(absl::Minutes(1)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kRefused);
  ASSERT_TRUE(story.row.status.correction);
  EXPECT_EQ(story.row.status.correction->reported_state, State::kSucceeded);
  EXPECT_EQ(story.review(), Reviews{Review::kCorrected});
}

}  // namespace
}  // namespace payout
