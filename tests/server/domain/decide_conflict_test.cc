// 409: is the payout that the platform already has ours?

#include <gtest/gtest.h>

#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using S = PlatformStatus;

// 409 although nothing of ours can have been applied. The first claim was an hour after dawn.
Story Conflict() {
  Story story;
  return story.Wait(absl::Hours(1)).Post(C::kConflict).Wait(absl::Seconds(5));
}

ReadAnswer FoundCreatedAt(absl::Time created_at, PlatformView view = MatchingView()) {
  ReadAnswer answer = Found(S::kSuccess, std::move(view));
  answer.observation->created_at = created_at;
  return answer;
}

const absl::Time kFirstClaim = kDawn + absl::Hours(1);

TEST(ConflictTest, AFullMatchThatIsNotOlderThanOurFirstClaimIsAdopted) {
  for (const absl::Duration age : {-absl::Minutes(5), absl::ZeroDuration(), absl::Seconds(4)}) {
    Story story = Conflict();
    story.Read(FoundCreatedAt(kFirstClaim + age));
    EXPECT_EQ(story.state(), State::kSucceeded);
    EXPECT_TRUE(story.review().empty());
    EXPECT_FALSE(story.row.submission.conflict);
  }
}

TEST(ConflictTest, AnOlderPayoutIsNotOurs) {
  Story story = Conflict();
  story.Read(FoundCreatedAt(kFirstClaim - absl::Minutes(5) - absl::Nanoseconds(1)));
  EXPECT_EQ(
      Describe(story.last, story.moment.now),
      "OUTCOME_UNKNOWN; resolve in 5 s; acknowledged conflict; alarm id_used_elsewhere; review "
      "ID_USED_ELSEWHERE");
  EXPECT_TRUE(story.last.emits_event);
  EXPECT_EQ(story.row.status.platform_status, "") << "the other payout's data is not ours to show";
}

TEST(ConflictTest, APayoutWithoutATimeIsNotProvablyOurs) {
  ReadAnswer answer = Found(S::kSuccess);
  answer.observation->created_at.reset();
  Story story = Conflict();
  story.Read(answer);
  EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
}

TEST(ConflictTest, AdoptionComparesMethodAndSegmentToo) {
  PlatformView no_method = MatchingView();
  no_method.method_code.clear();
  PlatformView other_segment = MatchingView();
  other_segment.segment_code = "standard";
  PlatformView no_segment = MatchingView();
  no_segment.segment_code.clear();
  for (const PlatformView& view : {no_method, other_segment, no_segment, MismatchingView()}) {
    Story story = Conflict();
    story.Read(FoundCreatedAt(kFirstClaim, view));
    EXPECT_EQ(story.state(), State::kOutcomeUnknown);
    EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
  }
}

TEST(ConflictTest, OnceForeignItStaysForeign) {
  Story story = Conflict();
  story.Read(FoundCreatedAt(kDawn - absl::Hours(1)));
  for (int i = 0; i < 3; ++i) {
    story.moment.recovery = i == 2;
    story.Wait(absl::Hours(1)).Read(FoundCreatedAt(kFirstClaim));
    EXPECT_EQ(story.state(), State::kOutcomeUnknown);
    EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
    EXPECT_FALSE(story.last.emits_event);
    EXPECT_TRUE(story.row.schedule.due_at.has_value());
    EXPECT_EQ(story.next(), NextCall::kRead);
  }
}

TEST(ConflictTest, InRecoveryAnOlderFullMatchIsAdopted) {
  Story story = Conflict();
  story.moment.recovery = true;
  story.Read(FoundCreatedAt(kDawn - absl::Hours(100)));
  EXPECT_EQ(story.state(), State::kSucceeded);

  Story differing = Conflict();
  differing.moment.recovery = true;
  differing.Read(FoundCreatedAt(kDawn - absl::Hours(100), MismatchingView()));
  EXPECT_EQ(differing.review(), Reviews{Review::kIdUsedElsewhere});
}

TEST(ConflictTest, InRecoveryAPayoutOfTheBackupIsJudgedAsEver) {
  Story story = Conflict();
  story.moment.recovery = true;
  story.moment.restored_at = story.row.created_at + absl::Microseconds(1);
  story.Read(FoundCreatedAt(kDawn - absl::Hours(100)));
  EXPECT_EQ(story.review(), Reviews{Review::kIdUsedElsewhere});
}

TEST(ConflictTest, ReadsThatTellNothingLeaveTheQuestionOpen) {
  Story story = Conflict();
  story.Read(ReadAnswerKind::kServerError).Wait(absl::Minutes(1)).Read(Gone());
  EXPECT_TRUE(story.row.submission.conflict);
  EXPECT_TRUE(story.review().empty());
  story.Wait(absl::Minutes(1)).Read(FoundCreatedAt(kFirstClaim));
  EXPECT_EQ(story.state(), State::kSucceeded);
}

TEST(ConflictTest, ASurelyUnsentFirstTryKeepsTheHistoryClean) {
  Story story;
  story.Wait(absl::Hours(1)).Post(C::kSurelyNotSent).Wait(absl::Hours(2)).Post(C::kConflict);
  EXPECT_TRUE(story.row.submission.conflict);
  story.Wait(absl::Seconds(5)).Read(FoundCreatedAt(kFirstClaim));
  EXPECT_EQ(story.state(), State::kSucceeded) << "compared with the first claim, not with the last";
}

TEST(ConflictTest, AfterAMaybeAppliedCreateAMatchIsAdoptedWhateverItsAge) {
  Story story;
  story.Post(C::kMaybeSent).SettleAbsence().Post(C::kConflict).Wait(absl::Seconds(5));
  EXPECT_FALSE(story.row.submission.conflict);
  PlatformView view = MatchingView();
  view.segment_code = "standard";
  story.Read(FoundCreatedAt(kDawn - absl::Hours(100), view));
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_TRUE(story.review().empty());
}

TEST(ConflictTest, AfterAMaybeAppliedCreateAMismatchIsForReview) {
  Story story;
  story.Post(C::kMaybeSent).SettleAbsence().Post(C::kConflict).Wait(absl::Seconds(5));
  story.Read(FoundCreatedAt(kDawn, MismatchingView()));
  EXPECT_EQ(story.state(), State::kOutcomeUnknown);
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch});
}

TEST(MismatchesTest, NamesTheFieldsThatDiffer) {
  using Fields = std::vector<std::string>;
  const Intent intent = SomeIntent();
  EXPECT_EQ(Mismatches(intent, MatchingView(), true), Fields{});
  EXPECT_EQ(Mismatches(intent, PlatformView{}, false),
            (Fields{"payout_id", "money.amount", "money.currency_code"}));
  EXPECT_EQ(Mismatches(intent, PlatformView{}, true),
            (Fields{"payout_id", "money.amount", "money.currency_code", "method", "segment_code"}));
  PlatformView view = MatchingView();
  view.method_code = "BANK_TRANSFER";
  view.segment_code = "other";
  EXPECT_EQ(Mismatches(intent, view, false), Fields{"method"});
  EXPECT_EQ(Mismatches(intent, view, true), (Fields{"method", "segment_code"}));
}

}  // namespace
}  // namespace payout
