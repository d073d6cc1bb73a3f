// The tables are total, and the transitions are these and no others. What the effects do is in
// decide_*_test.cc.

#include "server/domain/outcome_table.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace payout {
namespace {

constexpr PlatformStatus kStatuses[] = {PlatformStatus::kProcessing, PlatformStatus::kSuccess,
                                        PlatformStatus::kFailed, PlatformStatus::kRefused,
                                        PlatformStatus::kUnrecognised};

TEST(OutcomeTableTest, EveryCreateAnswerHasItsRule) {
  ASSERT_EQ(CreateRules().size(), static_cast<std::size_t>(kCreateAnswerKinds));
  for (int i = 0; i < kCreateAnswerKinds; ++i) {
    const CreateRule& rule = RuleFor(static_cast<CreateAnswerKind>(i));
    EXPECT_EQ(static_cast<int>(rule.answer), i);
    EXPECT_NE(CreateEffectName(rule.clean), "?");
    EXPECT_NE(CreateEffectName(rule.maybe_applied), "?");
    EXPECT_NE(AlarmName(rule.alarm), "?");
  }
}

TEST(OutcomeTableTest, EveryReadAnswerHasItsRule) {
  ASSERT_EQ(ReadRules().size(), static_cast<std::size_t>(kReadAnswerKinds));
  for (int i = 0; i < kReadAnswerKinds; ++i) {
    const ReadRule& rule = RuleFor(static_cast<ReadAnswerKind>(i));
    EXPECT_EQ(static_cast<int>(rule.answer), i);
    for (const ReadEffect effect : {rule.unresolved, rule.confirmed, rule.settled}) {
      EXPECT_NE(ReadEffectName(effect), "?");
    }
    EXPECT_NE(AlarmName(rule.alarm), "?");
    EXPECT_NE(AlarmName(rule.alarm_once_confirmed), "?");
  }
}

TEST(OutcomeTableTest, EveryTokenAnswerHasItsRule) {
  ASSERT_EQ(TokenRules().size(), static_cast<std::size_t>(kTokenAnswerKinds));
  for (int i = 0; i < kTokenAnswerKinds; ++i) {
    EXPECT_EQ(static_cast<int>(RuleFor(static_cast<TokenAnswerKind>(i)).answer), i);
  }
}

TEST(OutcomeTableTest, AfterAMaybeAppliedCreateNothingIsQueuedOrRefusedAtOnce) {
  for (const CreateRule& rule : CreateRules()) {
    EXPECT_NE(rule.maybe_applied, CreateEffect::kRequeue) << CreateAnswerName(rule.answer);
    EXPECT_NE(rule.maybe_applied, CreateEffect::kRequeueFreshToken)
        << CreateAnswerName(rule.answer);
    EXPECT_NE(rule.maybe_applied, CreateEffect::kRefuse) << CreateAnswerName(rule.answer);
    EXPECT_NE(rule.maybe_applied, CreateEffect::kUnknownRejected) << CreateAnswerName(rule.answer);
    EXPECT_NE(rule.maybe_applied, CreateEffect::kUnknownConflict) << CreateAnswerName(rule.answer);
  }
}

TEST(OutcomeTableTest, OnlyA410CountsAsAbsenceAndOnlyA200AsAStatus) {
  for (const ReadRule& rule : ReadRules()) {
    const bool gone = rule.answer == ReadAnswerKind::kGone;
    const bool found = rule.answer == ReadAnswerKind::kFound;
    EXPECT_EQ(rule.unresolved == ReadEffect::kCountAbsence, gone) << ReadAnswerName(rule.answer);
    EXPECT_NE(rule.confirmed, ReadEffect::kCountAbsence) << ReadAnswerName(rule.answer);
    EXPECT_NE(rule.settled, ReadEffect::kCountAbsence) << ReadAnswerName(rule.answer);
    for (const ReadEffect effect : {rule.unresolved, rule.confirmed, rule.settled}) {
      EXPECT_EQ(effect == ReadEffect::kObserve, found) << ReadAnswerName(rule.answer);
    }
  }
}

// States in rows, statuses in columns: PROCESSING, SUCCESS, FAILED, REFUSED, anything else.
struct TransitionRow {
  State from;
  std::optional<State> to[5];
};

TEST(TransitionTest, EveryStateAndStatusGoWhereTheyShould) {
  constexpr auto kStay = std::nullopt;
  const TransitionRow rows[] = {
      {State::kQueued, {kStay, kStay, kStay, kStay, kStay}},
      {State::kSubmitting,
       {State::kProcessing, State::kSucceeded, State::kFailed, State::kRefused, kStay}},
      {State::kOutcomeUnknown,
       {State::kProcessing, State::kSucceeded, State::kFailed, State::kRefused, kStay}},
      {State::kProcessing, {kStay, State::kSucceeded, State::kFailed, State::kRefused, kStay}},
      {State::kSucceeded, {kStay, kStay, kStay, kStay, kStay}},
      {State::kFailed, {kStay, kStay, kStay, kStay, kStay}},
      {State::kRefused, {kStay, kStay, kStay, kStay, kStay}},
      {State::kCancelled, {kStay, kStay, kStay, kStay, kStay}},
  };
  ASSERT_EQ(std::size(rows), std::size(kAllStates));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    ASSERT_EQ(rows[i].from, kAllStates[i]);
    for (std::size_t j = 0; j < std::size(kStatuses); ++j) {
      EXPECT_EQ(Transition(rows[i].from, kStatuses[j]), rows[i].to[j])
          << StateName(rows[i].from) << " column " << j;
    }
  }
}

TEST(TransitionTest, NoPathLeadsOutOfASettledState) {
  for (const State from : kAllStates) {
    for (const PlatformStatus status : kStatuses) {
      if (IsSettled(from)) {
        EXPECT_EQ(Transition(from, status), std::nullopt) << StateName(from);
      }
      EXPECT_NE(Transition(from, status), State::kCancelled);
      EXPECT_NE(Transition(from, status), State::kQueued);
    }
  }
}

TEST(StandingTest, FollowsStateAndConfirmation) {
  const Submission fresh;
  Submission confirmed;
  confirmed.confirmed = true;
  for (const State state : kAllStates) {
    const Standing standing = StandingOf(state, fresh);
    const Standing once_confirmed = StandingOf(state, confirmed);
    if (state == State::kQueued || state == State::kCancelled) {
      EXPECT_EQ(standing, Standing::kNeverSent);
      EXPECT_EQ(once_confirmed, Standing::kNeverSent);
    } else if (IsSettled(state)) {
      EXPECT_EQ(standing, Standing::kSettled);
      EXPECT_EQ(once_confirmed, Standing::kSettled);
    } else {
      EXPECT_EQ(standing, Standing::kUnresolved);
      EXPECT_EQ(once_confirmed, Standing::kConfirmed);
    }
  }
}

TEST(StateTest, NamesAreDistinctAndFourStatesAreSettled) {
  std::set<std::string_view> names;
  int settled = 0;
  for (const State state : kAllStates) {
    EXPECT_TRUE(names.insert(StateName(state)).second);
    settled += IsSettled(state) ? 1 : 0;
  }
  EXPECT_EQ(settled, 4);
  std::set<std::string_view> classes;
  for (const WorkClass work : kAllWorkClasses)
    EXPECT_TRUE(classes.insert(WorkClassName(work)).second);
  EXPECT_EQ(classes.count("?"), 0U);
}

}  // namespace
}  // namespace payout
