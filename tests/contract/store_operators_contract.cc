// What the store keeps for operators: switches, the log of their actions, whole histories; and
// payouts that expire while submission rests.

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/payout_store_contract.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OperatorAction Action(OperatorVerb verb, std::string merchant, std::string payout_id = "") {
  return {.at = At(7),
          .operator_name = "ada",
          .verb = verb,
          .merchant = MerchantName(std::move(merchant)),
          .payout_id = PayoutId(std::move(payout_id)),
          .note = "because \xC3\xA4",
          .details = "before -> after"};
}

PauseSwitch Switch(std::string merchant, bool paused) {
  return {.merchant = MerchantName(std::move(merchant)),
          .paused = paused,
          .at = At(7),
          .operator_name = "ada",
          .note = "why"};
}

std::vector<std::int64_t> Numbers(const std::vector<OperatorAction>& actions) {
  std::vector<std::int64_t> numbers;
  for (const OperatorAction& action : actions) numbers.push_back(action.number);
  return numbers;
}

TEST_P(PayoutStoreOperators, ASwitchAndItsActionAreWrittenTogether) {
  EXPECT_THAT(Must(store().Switches()), IsEmpty());
  const OperatorAction written =
      Must(store().SetSwitch(Switch("shop", true), Action(OperatorVerb::kPause, "shop")));
  OperatorAction expected = Action(OperatorVerb::kPause, "shop");
  expected.number = 1;
  EXPECT_EQ(written, expected);
  EXPECT_THAT(Must(store().Switches()), ElementsAre(Switch("shop", true)));
  EXPECT_THAT(Must(store().Actions({})), ElementsAre(expected));
}

TEST_P(PayoutStoreOperators, ASwitchIsReplacedAndItsActionsAdd) {
  Must(store().SetSwitch(Switch("shop", true), Action(OperatorVerb::kPause, "shop")));
  Must(store().SetSwitch(Switch("", true), Action(OperatorVerb::kPause, "")));
  Must(store().SetSwitch(Switch("shop", false), Action(OperatorVerb::kResume, "shop")));
  EXPECT_THAT(Must(store().Switches()), ElementsAre(Switch("", true), Switch("shop", false)))
      << "that of all merchants first";
  EXPECT_THAT(Numbers(Must(store().Actions({}))), ElementsAre(3, 2, 1));
}

TEST_P(PayoutStoreOperators, SwitchesAndActionsOutliveTheProcess) {
  Must(store().SetSwitch(Switch("shop", true), Action(OperatorVerb::kPause, "shop")));
  if (!under_test().Reopen()) return;
  EXPECT_THAT(Must(store().Switches()), ElementsAre(Switch("shop", true)));
  EXPECT_THAT(Numbers(Must(store().Actions({}))), ElementsAre(1));
}

TEST_P(PayoutStoreOperators, AnActionIsWrittenWithTheChangeItAskedForOrNotAtAll) {
  const Payout before = Insert(NewPayout("a"));
  Change change = To(State::kCancelled, before, At(1));
  change.action = Action(OperatorVerb::kReview, "shop", "a");
  Must(store().Apply(change));
  EXPECT_EQ(Run(store().Apply(change)).status().code(), absl::StatusCode::kAborted);
  const std::vector<OperatorAction> actions = Must(store().Actions({}));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].payout_id.value(), "a");
  EXPECT_EQ(actions[0].verb, OperatorVerb::kReview);
}

TEST_P(PayoutStoreOperators, ActionsAreReadInPagesAndByPayout) {
  for (int i = 0; i < 5; ++i) {
    Must(store().SetSwitch(Switch("shop", true), Action(OperatorVerb::kPause, "shop")));
    const Payout row = Insert(NewPayout(absl::StrCat("p", i)));
    Change change = Quiet(row);
    change.action = Action(OperatorVerb::kReview, "shop", absl::StrCat("p", i));
    Must(store().Apply(change));
  }
  EXPECT_THAT(Numbers(Must(store().Actions({.limit = 3}))), ElementsAre(10, 9, 8));
  EXPECT_THAT(Numbers(Must(store().Actions({.before_number = 8, .limit = 3}))),
              ElementsAre(7, 6, 5));
  EXPECT_THAT(Numbers(Must(store().Actions({.payout = Key("p1")}))), ElementsAre(4));
  EXPECT_THAT(Must(store().Actions({.payout = Key("p1", "other")})), IsEmpty());
}

TEST_P(PayoutStoreOperators, AHistoryHoldsEverythingAboutOnePayout) {
  EXPECT_EQ(Must(store().History(Key("a"), 10)), std::nullopt);
  Payout a = Insert(NewPayout("a"));
  Insert(NewPayout("b"));
  Change claim = To(State::kSubmitting, a, At(1));
  claim.attempt = Attempt{.call = Call::kCreate, .started_at = At(1)};
  a = Must(store().Apply(claim));
  Change review = To(State::kOutcomeUnknown, a, At(2));
  review.action = Action(OperatorVerb::kReview, "shop", "a");
  a = Must(store().Apply(review));

  const std::optional<PayoutHistory> history = Must(store().History(Key("a"), 10));
  ASSERT_TRUE(history.has_value());
  ExpectSame(history->payout, a);
  ASSERT_EQ(history->events.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(history->events[i].revision, static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(history->attempts, Must(store().Attempts(Key("a"))));
  EXPECT_EQ(history->attempts_dropped, 0);
  EXPECT_THAT(Numbers(history->actions), ElementsAre(1));
}

TEST_P(PayoutStoreOperators, AHistoryHasTheNewestEvents) {
  Payout a = Insert(NewPayout("a"));
  for (int i = 0; i < 6; ++i) {
    a = Move(a, i % 2 == 0 ? State::kSubmitting : State::kQueued, At(i));
  }
  const std::optional<PayoutHistory> history = Must(store().History(Key("a"), 3));
  ASSERT_EQ(history->events.size(), 3u);
  EXPECT_EQ(history->events[0].revision, 5);
  EXPECT_EQ(history->events[2].revision, a.revision);
}

TEST_P(PayoutStoreOperators, OfManyAttemptsTheFirstAndTheNewestAreKept) {
  Payout a = Insert(NewPayout("a"));
  constexpr int kMade = static_cast<int>(kAttemptsFirst + kAttemptsNewest) + 30;
  for (int i = 1; i <= kMade; ++i) {
    Change change = Quiet(a);
    change.attempt = Attempt{.call = Call::kRead,
                             .started_at = At(i),
                             .ended_at = At(i),
                             .certainty = Certainty::kAnswered,
                             .http_status = i};
    a = Must(store().Apply(change));
  }
  const std::vector<Attempt> kept = Must(store().Attempts(Key("a")));
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(kAttemptsFirst + kAttemptsNewest));
  EXPECT_EQ(kept[kAttemptsFirst - 1].http_status, kAttemptsFirst);
  EXPECT_EQ(kept[kAttemptsFirst].http_status, kMade - kAttemptsNewest + 1);
  EXPECT_EQ(kept.back().http_status, kMade);
  EXPECT_EQ(Must(store().History(Key("a"), 1))->attempts_dropped, 30);
}

TEST_P(PayoutStoreOperators, WhatNeedsReviewIsCountedPerMerchantSettledOrNot) {
  EXPECT_THAT(Must(store().CountReview()), IsEmpty());
  for (const char* id : {"a", "b", "c"}) {
    const Payout row = Insert(NewPayout(id));
    Change change = To(id[0] == 'a' ? State::kSucceeded : State::kProcessing, row, At(1));
    if (id[0] != 'c') change.after.status.needs_review = {Review::kCorrected};
    Must(store().Apply(change));
  }
  const std::vector<ReviewCount> counts = Must(store().CountReview());
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].merchant.value(), "shop");
  EXPECT_EQ(counts[0].count, 2);
}

TEST_P(PayoutStoreOperators, ALeaseOfExpiredRowsTakesNothingElse) {
  const auto insert = [&](const std::string& id, std::optional<absl::Time> submit_before) {
    Payout payout = NewPayout(id);
    payout.intent.submit_before = submit_before;
    return Insert(payout);
  };
  insert("open", std::nullopt);
  insert("later", At(100));
  insert("past", At(10));
  insert("longer past", At(5));
  Move(insert("sent", At(5)), State::kProcessing, At(1));
  const auto lease = [&](absl::Time now, int limit) {
    return Must(store().Lease({.merchant = MerchantName("shop"),
                               .work = WorkClass::kCreate,
                               .now = now,
                               .until = now + absl::Seconds(60),
                               .owner = "me",
                               .limit = limit,
                               .expired_only = true}));
  };
  EXPECT_THAT(Ids(lease(At(20), 1).payouts), ElementsAre("longer past"));
  const LeaseResult second = lease(At(20), 10);
  EXPECT_THAT(Ids(second.payouts), ElementsAre("past"));
  EXPECT_EQ(second.next_due, At(80)) << "the lease of the first ends before the next one expires";
  EXPECT_THAT(Ids(LeaseDue(WorkClass::kCreate, At(20)).payouts),
              ElementsAre("open", "later", "sent"));
}

}  // namespace
}  // namespace payout::testing
