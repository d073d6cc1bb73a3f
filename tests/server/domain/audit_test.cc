// Audits: when they are due, what ends them, and what neither loses nor repeats one.

#include "server/domain/audit.h"

#include <set>

#include <gtest/gtest.h>

#include "server/domain/hint.h"
#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;
using S = PlatformStatus;
constexpr absl::Duration kDay = absl::Hours(24);

class Audited : public Story {
 public:
  explicit Audited(S status = S::kSuccess) {
    policy.audits = Policy().audits;
    Post(C::kAccepted).Wait(absl::Minutes(1)).Read(status);
  }
  static Audited Refused() {
    Audited story{Intent()};
    story.Post(C::kRefused);
    return story;
  }

  Audited& WaitUntilDue() {
    Wait(*row.schedule.due_at - moment.now);
    return *this;
  }
  absl::Duration SinceSettled() const { return moment.now - *row.status.settled_at; }
  bool Rests() const { return !row.schedule.due_at; }

 private:
  explicit Audited(const Intent&) { policy.audits = Policy().audits; }
};

// What the last decision said about audits, such as "held 1".
std::string Ended(const Decision& decision) {
  if (!decision.audit) return "";
  return std::string(AuditResultName(decision.audit->result)) + " " +
         std::to_string(decision.audit->count);
}

TEST(AuditTest, ComesOneThreeSevenAndThirtyDaysAfterTheEndAndNoMore) {
  Audited story;
  for (const int day : {1, 3, 7, 30}) {
    ASSERT_TRUE(story.row.schedule.due_at) << day;
    EXPECT_EQ(story.row.schedule.work, WorkClass::kAudit);
    story.WaitUntilDue();
    EXPECT_GE(story.SinceSettled(), day * kDay);
    EXPECT_LE(story.SinceSettled(), day * kDay + absl::Hours(6));
    EXPECT_EQ(story.next(), NextCall::kRead);
    story.Read(S::kSuccess);
    EXPECT_EQ(Ended(story.last), "held 1") << day;
    EXPECT_FALSE(story.last.emits_event);
  }
  EXPECT_TRUE(story.Rests());
}

TEST(AuditTest, EveryEndAtThePlatformsWordIsAuditedAndACancellationIsNot) {
  for (const S status : {S::kSuccess, S::kFailed, S::kRefused}) {
    EXPECT_FALSE(Audited(status).Rests()) << TextOf(status);
  }
  EXPECT_FALSE(Audited::Refused().Rests());
  Story absent;
  absent.policy.audits = Policy().audits;
  absent.Post(C::kRejected).Wait(absl::Seconds(2)).Read(Gone());
  ASSERT_EQ(absent.state(), State::kRefused);
  EXPECT_TRUE(absent.row.schedule.due_at);

  Story cancelled;
  EXPECT_EQ(DecideCancel(cancelled.row, cancelled.moment)->after.schedule.due_at, std::nullopt);
}

TEST(AuditTest, PayoutsThatWereSettledTogetherComeBackApart) {
  Audited story;
  std::set<absl::Time> due;
  for (int i = 0; i < 1000; ++i) {
    story.row.intent.key.payout_id = PayoutId("p-" + std::to_string(i));
    due.insert(*AuditDueAt(story.row, 0, story.policy));
  }
  EXPECT_GT(due.size(), 900u);
  EXPECT_GT(*due.rbegin() - *due.begin(), absl::Hours(2));
  EXPECT_GE(*due.begin() - *story.row.status.settled_at, kDay);
}

TEST(AuditTest, TheSampleFollowsFromMerchantAndIdAndGrowsWithItsSize) {
  Audited story;
  int sampled = 0;
  for (int i = 0; i < 10'000; ++i) {
    story.row.intent.key.payout_id = PayoutId("p-" + std::to_string(i));
    story.policy.audit_percent = 10;
    const bool in = IsAudited(story.row, story.policy);
    EXPECT_EQ(IsAudited(story.row, story.policy), in);
    sampled += in ? 1 : 0;
    story.policy.audit_percent = 20;
    EXPECT_TRUE(!in || IsAudited(story.row, story.policy));
    story.policy.audit_percent = 100;
    EXPECT_TRUE(IsAudited(story.row, story.policy));
    story.policy.audit_percent = 0;
    EXPECT_FALSE(IsAudited(story.row, story.policy));
  }
  EXPECT_GT(sampled, 900);
  EXPECT_LT(sampled, 1100);
}

TEST(AuditTest, OneThatGotNoAnswerOfUseIsTriedAgainWithinItsDayAndThenGivenUp) {
  for (const R kind : {R::kServerError, R::kNoAnswer, R::kRateLimited, R::kFoundUnreadable,
                       R::kForbidden, R::kUnlisted, R::kRouteMissing}) {
    Audited story;
    story.WaitUntilDue();
    const absl::Time due = story.moment.now;
    int reads = 0;
    while (!story.last.audit) {
      story.WaitUntilDue().Read(kind);
      ASSERT_LT(++reads, 30) << ReadAnswerName(kind);
    }
    EXPECT_EQ(reads, 25) << "once an hour for a day";
    EXPECT_LE(story.moment.now, due + kDay);
    EXPECT_EQ(Ended(story.last), "unanswered 1");
    story.WaitUntilDue();
    EXPECT_GE(story.SinceSettled(), 3 * kDay) << "the next one comes in its time";
    story.Read(S::kSuccess);
    EXPECT_EQ(Ended(story.last), "held 1");
  }
}

TEST(AuditTest, AStaleStatusIsNoAnswerOfUse) {
  for (const S status : {S::kProcessing, S::kUnrecognised}) {
    Audited story;
    story.WaitUntilDue().Read(status);
    EXPECT_EQ(Ended(story.last), "");
    EXPECT_EQ(story.DueIn(), 3600);
  }
}

TEST(AuditTest, AFailingTokenCallCountsAsNoAnswer) {
  Audited story;
  story.WaitUntilDue();
  for (int i = 0; i < 24; ++i) {
    story.TokenFails(TokenAnswerKind::kServerError);
    EXPECT_EQ(story.DueIn(), 3600);
    story.WaitUntilDue();
  }
  story.TokenFails(TokenAnswerKind::kServerError);
  EXPECT_EQ(Ended(story.last), "unanswered 1");
  EXPECT_GT(story.DueIn(), 86'400);
}

TEST(AuditTest, ARefusedTokenIsReplacedOnceAtOnce) {
  Audited story;
  story.WaitUntilDue().Read(R::kUnauthenticated);
  EXPECT_EQ(story.DueIn(), 5);
  story.WaitUntilDue().Read(R::kUnauthenticated);
  EXPECT_EQ(story.DueIn(), 3600);
  story.WaitUntilDue().Read(S::kSuccess);
  EXPECT_EQ(Ended(story.last), "held 1");
}

TEST(AuditTest, AContradictionIsReadAgainAMinuteLaterAndTheAuditsGoOn) {
  Audited story;
  story.WaitUntilDue().Read(S::kFailed);
  EXPECT_EQ(Ended(story.last), "") << "one read alone says nothing";
  EXPECT_EQ(story.DueIn(), 60);
  story.WaitUntilDue().Read(S::kFailed);
  EXPECT_EQ(Ended(story.last), "contradicted 1");
  EXPECT_EQ(story.review(), Reviews{Review::kCorrected});
  story.WaitUntilDue();
  EXPECT_GE(story.SinceSettled(), 3 * kDay);
  // What is known and with a person needs no second read and no alarm.
  story.Read(S::kFailed);
  EXPECT_EQ(Ended(story.last), "contradicted 1");
  EXPECT_EQ(story.last.alarm, Alarm::kNone);
  EXPECT_FALSE(story.last.emits_event);
}

TEST(AuditTest, AContradictionThatDoesNotLastIsHeld) {
  Audited story;
  story.WaitUntilDue().Read(S::kFailed);
  story.WaitUntilDue().Read(S::kSuccess);
  EXPECT_EQ(Ended(story.last), "held 1");
  EXPECT_EQ(story.row.status.correction, std::nullopt);
}

TEST(AuditTest, AConfirmedPayoutThatIsGoneIsAnAlarmAndARefusedOneThatIsGoneHolds) {
  Audited story;
  story.WaitUntilDue().Read(Gone());
  EXPECT_EQ(Ended(story.last), "contradicted 1");
  EXPECT_EQ(story.last.alarm, Alarm::kGoneAfterConfirm);
  EXPECT_TRUE(story.review().empty());

  Audited refused = Audited::Refused();
  refused.WaitUntilDue().Read(Gone());
  EXPECT_EQ(Ended(refused.last), "held 1");
  EXPECT_EQ(refused.last.alarm, Alarm::kNone);
}

TEST(AuditTest, ARefusedPayoutThatShowsUpIsFollowedUntilItIsSeenPaid) {
  Audited story = Audited::Refused();
  story.WaitUntilDue().Read(S::kProcessing);
  EXPECT_EQ(story.last.alarm, Alarm::kContradiction);
  EXPECT_EQ(story.DueIn(), 60);
  for (int i = 0; i < 5; ++i) {
    story.WaitUntilDue().Read(S::kProcessing);
    ASSERT_TRUE(story.row.schedule.due_at);
    EXPECT_LE(story.DueIn(), 86'400);
  }
  story.WaitUntilDue().Read(S::kSuccess);
  EXPECT_EQ(story.review(), Reviews{}) << "once is not enough";
  story.WaitUntilDue().Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kRefused);
  EXPECT_EQ(story.review(), Reviews{Review::kCorrected});
  EXPECT_EQ(story.row.status.correction->reported_state, State::kSucceeded);
}

TEST(AuditTest, AMismatchIsLeftToAPersonAndEndsTheAudit) {
  Audited story;
  story.WaitUntilDue().Read(Found(S::kSuccess, MismatchingView()));
  EXPECT_EQ(Ended(story.last), "contradicted 1");
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch});
  EXPECT_FALSE(story.Rests());
}

TEST(AuditTest, AMismatchInBetweenDoesNotForgetAContradiction) {
  Audited story;
  story.WaitUntilDue().Read(S::kFailed);
  story.WaitUntilDue().Read(Found(S::kFailed, MismatchingView()));
  EXPECT_EQ(Ended(story.last), "");
  EXPECT_LE(story.DueIn(), 120);
  story.WaitUntilDue().Read(S::kFailed);
  EXPECT_EQ(Ended(story.last), "contradicted 1");
  EXPECT_EQ(story.review(), (Reviews{Review::kPlatformMismatch, Review::kCorrected}));
}

TEST(AuditTest, ReadsForHintsNeitherLoseNorRepeatAudits) {
  for (const absl::Duration at : {absl::Hours(5), 2 * kDay, 10 * kDay, 40 * kDay}) {
    Audited story;
    std::vector<std::string> ended;
    bool hinted = false;
    while (!story.Rests() || !hinted) {
      const absl::Time hint = *story.row.status.settled_at + at;
      const absl::Time due = story.row.schedule.due_at.value_or(absl::InfiniteFuture());
      if (!hinted && hint <= due) {
        story.Wait(hint - story.moment.now);
        ++story.row.hint_seq;
        story.row.schedule = HintSchedule(story.state(), story.row.schedule, story.row.last_read_at,
                                          story.moment.now);
        hinted = true;
      }
      story.WaitUntilDue().Read(S::kSuccess);
      if (story.last.audit) ended.push_back(Ended(story.last));
      ASSERT_LT(ended.size(), 5u);
    }
    EXPECT_EQ(ended, std::vector<std::string>(4, "held 1")) << at;
    EXPECT_TRUE(story.Rests());
  }
}

TEST(AuditTest, OnesThatAreMoreThanTheirDayLateAreDroppedAndTheNextComes) {
  Audited story;
  story.WaitUntilDue().Wait(kDay);
  EXPECT_EQ(story.next(), NextCall::kRead) << "just in time";
  story.Wait(absl::Seconds(1));
  EXPECT_EQ(story.next(), NextCall::kDropAudit);
  const Decision one = DecideAuditDrop(story.row, story.moment, story.policy);
  EXPECT_EQ(Ended(one), "dropped 1");
  EXPECT_EQ(one.rule, "audit.drop");
  EXPECT_FALSE(one.emits_event);
  EXPECT_GE(*one.after.schedule.due_at, *story.row.status.settled_at + 3 * kDay);

  story.Wait(10 * kDay);
  const Decision many = DecideAuditDrop(story.row, story.moment, story.policy);
  EXPECT_EQ(Ended(many), "dropped 3");
  EXPECT_GE(*many.after.schedule.due_at, *story.row.status.settled_at + 30 * kDay);
  EXPECT_EQ(many.after.status, story.row.status);

  story.Wait(100 * kDay);
  const Decision all = DecideAuditDrop(story.row, story.moment, story.policy);
  EXPECT_EQ(Ended(all), "dropped 4");
  EXPECT_EQ(all.after.schedule.due_at, std::nullopt);
}

TEST(AuditTest, HintsAndContradictionsAreNeverDropped) {
  Audited hinted;
  ++hinted.row.hint_seq;
  hinted.Wait(10 * kDay);
  EXPECT_EQ(hinted.next(), NextCall::kRead);
  Audited contradicted;
  contradicted.WaitUntilDue().Read(S::kFailed).Wait(10 * kDay);
  EXPECT_EQ(contradicted.next(), NextCall::kRead);
}

TEST(AuditTest, AScheduleThatWasSwitchedOffEndsWithTheNextRead) {
  Audited story;
  story.policy.audits.clear();
  story.WaitUntilDue().Read(S::kSuccess);
  EXPECT_EQ(Ended(story.last), "");
  EXPECT_TRUE(story.Rests());
}

}  // namespace
}  // namespace payout
