// DecideRead: every answer of a read in every standing, and what a matching or differing payout
// does.

#include <ostream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "server/domain/hint.h"
#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"

namespace payout {
namespace {

using C = CreateAnswerKind;
using R = ReadAnswerKind;
using S = PlatformStatus;

Story Unresolved() {
  Story story;
  return story.Post(C::kMaybeSent).Wait(absl::Seconds(10));
}
Story Confirmed() {
  Story story;
  return story.Post(C::kAccepted).Wait(absl::Seconds(60));
}
Story Settled() { return Confirmed().Read(S::kSuccess).Wait(absl::Hours(1)); }

ReadAnswer AnsweredRead(ReadAnswerKind kind) {
  return kind == R::kFound ? Found(S::kProcessing) : Answered(kind);
}

struct Cell {
  ReadAnswerKind answer;
  const char* unresolved;
  const char* confirmed;
  const char* settled;
};
void PrintTo(const Cell& cell, std::ostream* out) { *out << ReadAnswerName(cell.answer); }

constexpr char kUnknown[] = "OUTCOME_UNKNOWN; resolve in 5 s; maybe";
constexpr char kProcessing[] = "PROCESSING; poll in 180 s; acknowledged confirmed";
constexpr char kSucceeded[] = "SUCCEEDED; rests; acknowledged confirmed";

#define SAME(suffix)                                              \
  "OUTCOME_UNKNOWN; resolve in 5 s; maybe" suffix,                \
      "PROCESSING; poll in 180 s; acknowledged confirmed" suffix, \
      "SUCCEEDED; rests; acknowledged confirmed" suffix

const Cell kCells[] = {
    {R::kFound, "PROCESSING; poll in 60 s; maybe acknowledged confirmed", kProcessing, kSucceeded},
    {R::kFoundUnreadable,
     "OUTCOME_UNKNOWN; resolve in 5 s; maybe acknowledged; alarm answer_unreadable",
     "PROCESSING; poll in 180 s; acknowledged confirmed; alarm answer_unreadable",
     "SUCCEEDED; rests; acknowledged confirmed; alarm answer_unreadable"},
    {R::kGone, kUnknown,
     "PROCESSING; poll in 30 s; acknowledged confirmed; alarm gone_after_confirm",
     "SUCCEEDED; rests; acknowledged confirmed; alarm gone_after_confirm"},
    {R::kUnauthenticated, "OUTCOME_UNKNOWN; resolve in 5 s; maybe; drop token",
     "PROCESSING; poll in 5 s; acknowledged confirmed; drop token",
     "SUCCEEDED; audit in 5 s; acknowledged confirmed; drop token"},
    {R::kForbidden, SAME("; alarm credentials")},
    {R::kRouteMissing, SAME("; alarm route")},
    {R::kNotAcceptable, SAME("; alarm credentials")},
    {R::kRateLimited, "OUTCOME_UNKNOWN; resolve in 5 s; maybe; slow down",
     "PROCESSING; poll in 180 s; acknowledged confirmed; slow down",
     "SUCCEEDED; rests; acknowledged confirmed; slow down"},
    {R::kServerError, SAME("")},
    {R::kUnlisted, SAME("; alarm answer_unlisted")},
    {R::kNoAnswer, SAME("")},
};

class ReadCellTest : public ::testing::TestWithParam<Cell> {
 protected:
  void Expect(Story story, const char* expected) {
    const Status before = story.row.status;
    story.row.hint_seq = 3;
    story.Read(AnsweredRead(GetParam().answer));
    EXPECT_EQ(Describe(story.last, story.moment.now), expected);
    EXPECT_EQ(story.last.emits_event, story.row.status != before);
    EXPECT_EQ(story.row.last_read_at, story.moment.now);
    // Only an answer about the payout answers a hint.
    const bool answers = GetParam().answer == R::kFound || GetParam().answer == R::kGone;
    EXPECT_EQ(story.row.hint_read_seq, answers ? 3 : 0);
    EXPECT_EQ(story.row.last_answer_at == story.moment.now, answers);
    if (GetParam().answer != R::kFound) {
      EXPECT_EQ(story.row.status, before);
    }
  }
};

TEST_P(ReadCellTest, AnUnresolvedPayoutGoesHere) { Expect(Unresolved(), GetParam().unresolved); }
TEST_P(ReadCellTest, AConfirmedPayoutGoesHere) { Expect(Confirmed(), GetParam().confirmed); }
TEST_P(ReadCellTest, ASettledPayoutGoesHere) { Expect(Settled(), GetParam().settled); }

TEST_P(ReadCellTest, WhatWasNeverSentStaysAndAlarms) {
  Story queued;
  queued.Read(AnsweredRead(GetParam().answer));
  EXPECT_EQ(queued.state(), State::kQueued);
  EXPECT_EQ(queued.last.alarm, Alarm::kImpossible);
  EXPECT_FALSE(queued.last.emits_event);
  EXPECT_EQ(queued.next(), NextCall::kCreate);

  Story cancelled;
  cancelled.row = DecideCancel(cancelled.row, cancelled.moment)->after;
  cancelled.Read(AnsweredRead(GetParam().answer));
  EXPECT_EQ(cancelled.state(), State::kCancelled);
  EXPECT_EQ(cancelled.last.alarm, Alarm::kImpossible);
  EXPECT_FALSE(cancelled.last.emits_event);
}

INSTANTIATE_TEST_SUITE_P(All, ReadCellTest, ::testing::ValuesIn(kCells), [](const auto& cell) {
  return std::string(ReadAnswerName(cell.param.answer));
});

TEST(DecideReadTest, EveryAnswerIsInTheTableAbove) {
  std::set<ReadAnswerKind> kinds;
  for (const Cell& cell : kCells) kinds.insert(cell.answer);
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(kReadAnswerKinds));
}

struct StatusRow {
  S status;
  State state;
  WorkClass work;
  bool rests;
};

TEST(DecideReadTest, AMatchingStatusBecomesOurStateFromEveryOpenState) {
  const StatusRow rows[] = {{S::kProcessing, State::kProcessing, WorkClass::kPoll, false},
                            {S::kSuccess, State::kSucceeded, WorkClass::kAudit, true},
                            {S::kFailed, State::kFailed, WorkClass::kAudit, true},
                            {S::kRefused, State::kRefused, WorkClass::kAudit, true}};
  for (const StatusRow& row : rows) {
    for (Story story : {Unresolved(), Confirmed(), Story().Claim()}) {
      story.Read(row.status);
      EXPECT_EQ(story.state(), row.state) << TextOf(row.status);
      EXPECT_EQ(story.row.schedule.work, row.work);
      EXPECT_EQ(!story.row.schedule.due_at, row.rests);
      EXPECT_EQ(story.row.status.platform_status, TextOf(row.status));
      EXPECT_EQ(story.row.status.settled_at.has_value(), row.rests);
      EXPECT_TRUE(story.row.submission.confirmed);
      EXPECT_TRUE(story.row.submission.acknowledged);
    }
  }
}

TEST(DecideReadTest, EverythingThePlatformTellsIsTakenOver) {
  ReadAnswer answer = Found(S::kSuccess);
  Observation& seen = *answer.observation;
  seen.processor_status = "PROCESSED";
  seen.fee = Money{*Decimal::Parse("0.30"), "USD"};
  seen.is_test = true;
  seen.processed_at = kDawn + absl::Minutes(2);
  Story story = Unresolved();
  story.Read(answer);
  const Status& status = story.row.status;
  EXPECT_EQ(status.platform_reference, "ref-9");
  EXPECT_EQ(status.transaction_reference, "tx-9");
  EXPECT_EQ(status.processor_status, "PROCESSED");
  EXPECT_EQ(status.fee, seen.fee);
  EXPECT_EQ(status.is_test, true);
  EXPECT_EQ(status.platform_created_at, kDawn);
  EXPECT_EQ(status.platform_processed_at, seen.processed_at);
  EXPECT_TRUE(status.reasons.empty());
}

TEST(DecideReadTest, WhatIsMissingInALaterAnswerIsKept) {
  PlatformView view = MatchingView();
  view.platform_reference.clear();
  view.transaction_reference.clear();
  Story story = Confirmed();
  story.Read(Found(S::kProcessing, view));
  EXPECT_EQ(story.row.status.platform_reference, "ref-9");
  EXPECT_EQ(story.row.status.transaction_reference, "tx-9");
}

TEST(DecideReadTest, AFailureCarriesItsReason) {
  for (const S status : {S::kFailed, S::kRefused}) {
    Story story = Confirmed();
    story.Read(status);
    EXPECT_EQ(story.row.status.reasons, std::vector<PayoutReason>{SomeReason("SYSTEM")});
  }
  ReadAnswer silent = Found(S::kFailed);
  silent.observation->failure.reset();
  Story story = Confirmed();
  story.Read(silent);
  EXPECT_EQ(story.state(), State::kFailed);
  EXPECT_TRUE(story.row.status.reasons.empty());
}

TEST(DecideReadTest, AnUnknownStatusIsShownAndStaysOpen) {
  for (Story story : {Unresolved(), Confirmed()}) {
    const State before = story.state();
    story.Read(S::kUnrecognised);
    EXPECT_EQ(story.state(), before);
    EXPECT_EQ(story.row.status.platform_status, "ON_HOLD");
    EXPECT_TRUE(story.last.emits_event);
    EXPECT_TRUE(story.row.schedule.due_at.has_value());
    EXPECT_EQ(story.next(), NextCall::kRead);
    story.Wait(absl::Hours(30)).Read(S::kUnrecognised);
    EXPECT_FALSE(story.last.emits_event) << "the same text again is no news";
    story.Wait(absl::Hours(30)).Read(S::kSuccess);
    EXPECT_EQ(story.state(), State::kSucceeded);
  }
}

TEST(DecideReadTest, AfterAnUnknownStatusA410IsAnAlarmNotAbsence) {
  Story story = Unresolved();
  story.Read(S::kUnrecognised);
  for (int i = 0; i < 10; ++i) {
    story.Wait(absl::Hours(1)).Read(Gone());
    EXPECT_EQ(story.last.alarm, Alarm::kGoneAfterConfirm);
    EXPECT_EQ(story.next(), NextCall::kRead);
  }
  EXPECT_TRUE(story.review().empty());
}

TEST(DecideReadTest, ADifferingPayoutIsForReviewAndNeverAStatus) {
  const auto differing = [](auto change) {
    PlatformView view = MatchingView();
    change(view);
    return view;
  };
  const PlatformView views[] = {
      differing([](PlatformView& v) { v.payout_id = "p-2"; }),
      differing([](PlatformView& v) { v.money.amount = *Decimal::Parse("42.49"); }),
      differing([](PlatformView& v) { v.money.currency = "EUR"; }),
      differing([](PlatformView& v) { v.method_code = "WALLET_TRANSFER"; })};
  for (const PlatformView& view : views) {
    for (const S status :
         {S::kProcessing, S::kSuccess, S::kFailed, S::kRefused, S::kUnrecognised}) {
      Story unknown = Unresolved();
      unknown.Read(Found(status, view));
      EXPECT_EQ(Describe(unknown.last, unknown.moment.now),
                "OUTCOME_UNKNOWN; resolve in 5 s; maybe acknowledged; alarm mismatch; review "
                "PLATFORM_MISMATCH");
      EXPECT_EQ(unknown.row.status.platform_status, "");
      EXPECT_TRUE(unknown.row.status.reasons.empty());

      Story processing = Confirmed();
      processing.Read(Found(status, view));
      EXPECT_EQ(processing.state(), State::kProcessing);
      EXPECT_EQ(processing.review(), Reviews{Review::kPlatformMismatch});

      Story settled = Settled();
      settled.Read(Found(status, view));
      EXPECT_EQ(settled.state(), State::kSucceeded);
      EXPECT_EQ(settled.review(), Reviews{Review::kPlatformMismatch});
      EXPECT_EQ(settled.row.status.correction, std::nullopt);
      EXPECT_EQ(settled.row.schedule.due_at, std::nullopt);
    }
  }
}

TEST(DecideReadTest, AfterAMismatchReadsGoOnAndAMatchStillSettles) {
  Story story = Unresolved();
  story.Read(Found(S::kSuccess, MismatchingView()));
  EXPECT_EQ(story.next(), NextCall::kRead);
  story.Wait(absl::Minutes(1)).Read(S::kSuccess);
  EXPECT_EQ(story.state(), State::kSucceeded);
  EXPECT_EQ(story.review(), Reviews{Review::kPlatformMismatch}) << "only a person clears it";
}

TEST(DecideReadTest, SegmentAndMissingMethodAreNoMismatchOutsideOfAdoption) {
  PlatformView view = MatchingView();
  view.segment_code = "other";
  view.method_code.clear();
  Story story = Unresolved();
  story.Read(Found(S::kSuccess, view));
  EXPECT_EQ(story.state(), State::kSucceeded);
}

TEST(DecideReadTest, OneFreshTokenThenTheScheduleAndAnAlarm) {
  Story story = Confirmed();
  story.Read(R::kUnauthenticated);
  EXPECT_EQ(Describe(story.last, story.moment.now),
            "PROCESSING; poll in 5 s; acknowledged confirmed; drop token");
  story.Wait(absl::Seconds(5)).Read(R::kUnauthenticated);
  EXPECT_EQ(Describe(story.last, story.moment.now),
            "PROCESSING; poll in 180 s; acknowledged confirmed; alarm credentials; drop token");
  story.Wait(absl::Seconds(180)).Read(S::kProcessing);
  story.Wait(absl::Seconds(600)).Read(R::kUnauthenticated);
  EXPECT_EQ(story.last.alarm, Alarm::kNone) << "an answer in between starts over";
}

TEST(DecideReadTest, PollsThinOutToOnceADayForEver) {
  Story story;
  story.Post(C::kAccepted);
  for (const double minutes : {1.0, 3.0, 10.0, 30.0, 120.0, 720.0, 1440.0, 1440.0, 1440.0}) {
    EXPECT_EQ(story.DueIn(), minutes * 60);
    story.Wait(absl::Seconds(story.DueIn())).Read(S::kProcessing);
    EXPECT_FALSE(story.last.emits_event && minutes > 1);
  }
}

TEST(DecideReadTest, ABacklogSkipsThePollsThatAreNearOnly) {
  Story story;
  story.moment.backlog = true;
  story.Post(C::kAccepted);
  EXPECT_EQ(story.DueIn(), 600);
  story.Wait(absl::Minutes(10)).Read(S::kProcessing);
  EXPECT_EQ(story.DueIn(), 1800);
}

TEST(DecideReadTest, ReadsAreAtLeastFiveSecondsApart) {
  Story story;
  story.policy.poll_unknown = {absl::Milliseconds(1)};
  story.policy.poll_processing = {absl::Milliseconds(1)};
  story.Post(C::kMaybeSent).Wait(absl::Seconds(1)).Read(R::kServerError);
  EXPECT_EQ(story.DueIn(), 5);
  story.Read(S::kProcessing);
  EXPECT_EQ(story.DueIn(), 5);
}

TEST(DecideReadTest, RetryAfterIsObeyedWithinReason) {
  const auto due_after = [](Story story, absl::Duration retry_after) {
    ReadAnswer answer = Answered(R::kRateLimited);
    answer.retry_after = retry_after;
    return story.Read(answer).DueIn();
  };
  EXPECT_EQ(due_after(Unresolved(), absl::Seconds(60)), 60);
  EXPECT_EQ(due_after(Unresolved(), absl::Hours(24 * 365)), 300);
  EXPECT_EQ(due_after(Unresolved(), absl::InfiniteDuration()), 300);
  EXPECT_EQ(due_after(Confirmed(), absl::Seconds(1)), 180);
}

TEST(DecideReadTest, AHintThatCameDuringTheReadIsNotAnswered) {
  Story story = Confirmed();
  story.row.hint_seq = 5;
  const Decision decision =
      DecideRead(story.row, Found(S::kProcessing), 4, story.moment, story.policy);
  EXPECT_EQ(decision.after.hint_read_seq, 4);
}

TEST(DecideReadTest, ACallbackThatMeetsALaggingReadIsReadAgainSoon) {
  Story story;
  story.Post(C::kAccepted);
  story.row.hint_seq = 1;
  story.Wait(absl::Seconds(5));
  const Decision decision =
      DecideRead(story.row, Gone(), /*hint_seq=*/1, story.moment, story.policy);
  EXPECT_EQ(decision.after.schedule.due_at, story.moment.now + absl::Seconds(30));
  EXPECT_EQ(decision.after.status.state, State::kProcessing);
}

}  // namespace
}  // namespace payout
