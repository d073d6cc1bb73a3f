// Rows of a restored backup: none is posted unless the platform was asked after the restore.

#include <gtest/gtest.h>

#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using S = PlatformStatus;

// The backup of `story` is put back in another process.
Story Restored(Story story) {
  story.Restart();
  const std::optional<Decision> decision = DecideRestored(story.row, story.moment, story.policy);
  if (decision) {
    story.row = decision->after;
    story.last = *decision;
  }
  return story;
}

TEST(DecideRestoredTest, WhatIsQueuedInABackupMayHaveBeenSent) {
  const Story story = Restored(Story());
  EXPECT_EQ(Describe(story.last, story.moment.now), "OUTCOME_UNKNOWN; resolve in 2 s; maybe");
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.last.rule, "restored");
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_FALSE(DecideCancel(story.row, story.moment)) << "it may be paid already";
}

TEST(DecideRestoredTest, WhatABackupMayHaveForgottenIsNotCalledCancelledUnasked) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Minutes(1);
  Story story(intent);
  story.moment.recovery = true;
  story.moment.restored_at = kDawn - absl::Hours(1);
  EXPECT_FALSE(DecideCancel(story.row, story.moment));
  story.Wait(absl::Minutes(2));
  EXPECT_EQ(story.next(), NextCall::kExpire);
  story.row = DecideExpiry(story.row, story.moment).after;
  EXPECT_EQ(story.state(), State::kOutcomeUnknown);
  EXPECT_EQ(story.next(), NextCall::kRead);
  Story paid = story;
  paid.Read(S::kSuccess);
  EXPECT_EQ(paid.state(), State::kSucceeded);
  story.SettleAbsence();
  EXPECT_NE(story.next(), NextCall::kCreate) << "it is no longer wanted";

  Story before_the_restore(intent);
  before_the_restore.moment.recovery = true;
  before_the_restore.moment.restored_at = kDawn + absl::Seconds(1);
  EXPECT_TRUE(DecideCancel(before_the_restore.row, before_the_restore.moment));
}

TEST(DecideRestoredTest, ARefusalOfWhatABackupMayHaveForgottenProvesNothing) {
  for (const C refusal : {C::kRefused, C::kRejected}) {
    Story story;
    story.moment.recovery = true;
    story.moment.restored_at = kDawn - absl::Hours(1);
    story.Post(refusal);
    EXPECT_EQ(story.state(), State::kOutcomeUnknown);
    EXPECT_EQ(story.next(), NextCall::kRead);
    Story paid = story;
    paid.Read(S::kSuccess);
    EXPECT_EQ(paid.state(), State::kSucceeded);
    story.Wait(absl::Seconds(5)).Read(Gone());
    EXPECT_EQ(story.state(), State::kOutcomeUnknown) << "one 410 proves nothing";
    story.SettleAbsence();
    EXPECT_EQ(story.state(), State::kRefused);
  }
  Story before_the_restore;
  before_the_restore.moment.recovery = true;
  before_the_restore.moment.restored_at = kDawn + absl::Seconds(1);
  before_the_restore.Post(C::kRefused);
  EXPECT_EQ(before_the_restore.state(), State::kRefused);
}

TEST(DecideRestoredTest, WhatIsFoundThenIsTakenOver) {
  Story story = Restored(Story());
  story.Wait(absl::Seconds(2)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_TRUE(story.review().empty());
}

TEST(DecideRestoredTest, WhatIsNotThereIsPostedOnceAbsenceIsSettled) {
  Story story = Restored(Story());
  story.Wait(absl::Seconds(2)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead) << "one 410 proves nothing";
  story.SettleAbsence();
  EXPECT_EQ(story.next(), NextCall::kCreate);
  story.Post(C::kAccepted);
  EXPECT_EQ(story.state(), State::kProcessing);
}

TEST(DecideRestoredTest, AnIdThatIsTakenAfterAllIsOursIfItMatches) {
  Story story = Restored(Story());
  story.SettleAbsence().Post(C::kConflict);
  EXPECT_FALSE(story.row.submission.conflict);
  story.Wait(absl::Seconds(5)).Read(S::kProcessing);
  EXPECT_EQ(story.state(), State::kProcessing);

  Story other = Restored(Story());
  other.SettleAbsence().Post(C::kConflict).Wait(absl::Seconds(5));
  other.Read(Found(S::kProcessing, MismatchingView()));
  EXPECT_EQ(other.state(), State::kOutcomeUnknown);
  EXPECT_EQ(other.review(), Reviews{Review::kPlatformMismatch});
}

TEST(DecideRestoredTest, AbsenceThatWasSettledBeforeTheBackupProvesNothing) {
  Story before;
  before.Post(C::kMaybeSent).SettleAbsence();
  ASSERT_EQ(before.next(), NextCall::kCreate);
  Story story = Restored(before);
  EXPECT_EQ(story.next(), NextCall::kRead);
  EXPECT_FALSE(story.last.emits_event);
  EXPECT_EQ(story.DueIn(), 0);
  story.Read(Gone()).Wait(absl::Seconds(120)).Read(Gone()).Wait(absl::Seconds(100)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kRead) << "the evidence starts over";
  story.Wait(absl::Seconds(30)).Read(Gone());
  EXPECT_EQ(story.next(), NextCall::kCreate);
}

TEST(DecideRestoredTest, DecidingTwiceChangesNothingMore) {
  Story before;
  before.Post(C::kMaybeSent).SettleAbsence();
  for (const Story& backup : {Story(), before}) {
    const Story once = Restored(backup);
    EXPECT_FALSE(DecideRestored(once.row, once.moment, once.policy));
  }
}

TEST(DecideRestoredTest, OtherRowsAreSafeAsTheyStand) {
  Story submitting;
  submitting.Claim();
  Story unknown;
  unknown.Post(C::kMaybeSent);
  Story processing;
  processing.Post(C::kAccepted);
  Story succeeded = processing;
  succeeded.Read(S::kSuccess);
  Story refused;
  refused.Post(C::kRefused);
  Story cancelled;
  cancelled.row = DecideCancel(cancelled.row, cancelled.moment)->after;
  for (const Story& story : {submitting, unknown, processing, succeeded, refused, cancelled}) {
    EXPECT_FALSE(DecideRestored(story.row, story.moment, story.policy)) << StateName(story.state());
    EXPECT_NE(story.next(), NextCall::kCreate) << StateName(story.state());
  }
}

TEST(DecideRestoredTest, WhatMayNoLongerBeSentIsLeftToAPerson) {
  Intent intent = SomeIntent();
  intent.submit_before = kDawn + absl::Minutes(1);
  Story story(intent);
  story = Restored(story.Wait(absl::Hours(1)));
  story.SettleAbsence();
  EXPECT_EQ(story.state(), State::kOutcomeUnknown);
  EXPECT_EQ(story.review(), Reviews{Review::kResubmitNotAllowed});
}

}  // namespace
}  // namespace payout
