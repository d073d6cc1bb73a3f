// A hundred thousand random steps through the decisions, each checked against a model and against
// what must always hold. The seed is printed; PAYOUT_WALK_SEED chooses another.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "server/domain/audit.h"
#include "server/domain/hint.h"
#include "tests/server/domain/describe.h"
#include "tests/server/domain/story.h"
#include "tests/server/domain/walk_model.h"

namespace payout {
namespace {

class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) { Begin(); }

  void Step() {
    PassTime();
    judged_ = false;
    const Payout before = story_.row;
    const NextCall next = story_.next();
    if (next == NextCall::kCreate)
      model_->CheckMayPost(story_.row, story_.moment.now, story_.policy);
    // What a person has to look at is looked at.
    const bool needs_review = !before.status.needs_review.empty();
    switch (needs_review && Chance(6) ? 3 : Below(20)) {
      case 0:
        Hint();
        break;
      case 1:
        if (auto decision = DecideCancel(before, story_.moment); decision && Chance(10))
          Take(*decision);
        break;
      case 2:  // A caller insists on a fresh read, whatever the row needs.
        if (before.status.state != State::kSubmitting) Read();
        break;
      case 3:
        Judge();
        break;
      default:
        Call(next);
    }
    CheckAlways(before);
    if (++steps_ > 80 || (IsSettled(story_.state()) && Chance(8))) Begin();
  }

  const WalkModel::Counts& seen() const { return seen_; }
  std::string Where() const {
    return std::string(StateName(story_.state())) + ", " + FlagsOf(story_.row.submission) +
           ", last " + story_.last.rule;
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool Chance(int one_in) { return Below(one_in) == 0; }

  void Begin() {
    Intent intent = SomeIntent();
    const Moment moment = story_.moment;
    if (Chance(5)) intent.submit_before = moment.now + absl::Minutes(Below(60));
    story_ = Story(std::move(intent));
    if (Chance(2)) story_.policy.audits = Policy().audits;
    story_.moment = moment;
    story_.row.created_at = moment.now;
    story_.row.schedule.due_at = moment.now;
    model_.emplace(seen_);
    mood_ = Below(5);
    steps_ = 0;
  }

  // Mostly until the row is due; now and then clocks jump or a process dies.
  void PassTime() {
    Moment& moment = story_.moment;
    absl::Duration wait = absl::Milliseconds(Below(8'000));
    if (story_.row.schedule.due_at && !Chance(4)) {
      wait = std::max(wait, *story_.row.schedule.due_at - moment.now);
    } else if (Chance(4)) {
      wait = absl::Seconds(Below(90));
    }
    story_.Wait(wait);
    if (Chance(100)) moment.now -= absl::Seconds(Below(7'200));
    if (Chance(100)) story_.Wait(absl::Hours(Below(60)));
    moment.jitter = Below(201) - 100;
    moment.backlog = Chance(3);
    moment.recovery = Chance(10);
    moment.paused = Chance(10);
    if (Chance(60)) story_.Restart();
  }

  void Call(NextCall next) {
    switch (next) {
      case NextCall::kCreate:
        if (Chance(5)) return FailToken();
        model_->Claimed(story_.row, story_.moment);
        story_.Claim();
        CheckWhileSubmitting();
        if (Chance(15)) return;  // The process dies; the row stays SUBMITTING.
        story_.Wait(absl::Milliseconds(Below(60'000)));
        return Create();
      case NextCall::kRead:
        if (Chance(10)) return FailToken();
        return Read();
      case NextCall::kExpire:
        return Take(DecideExpiry(story_.row, story_.moment));
      case NextCall::kLost:
        story_.Restart().Wait(absl::Seconds(Below(300))).Lose();
        return model_->Lost(story_.moment);
      case NextCall::kDropAudit:
        return Take(DecideAuditDrop(story_.row, story_.moment, story_.policy));
      case NextCall::kNone:
        EXPECT_EQ(story_.state(), State::kCancelled);
    }
  }

  void FailToken() {
    const Payout before = story_.row;
    story_.TokenFails(static_cast<TokenAnswerKind>(Below(kTokenAnswerKinds)),
                      Chance(3) ? std::optional(absl::Seconds(Below(10'000))) : std::nullopt);
    EXPECT_EQ(story_.row.status, before.status);
    EXPECT_EQ(story_.row.submission, before.submission);
  }

  void Create() {
    using C = CreateAnswerKind;
    CreateAnswer answer = Answered(static_cast<C>(Below(kCreateAnswerKinds)));
    if (mood_ < 3 && !Chance(4)) answer = Answered(Chance(3) ? C::kRejected : C::kMaybeSent);
    if (mood_ == 4 && Chance(2)) answer = Answered(C::kConflict);
    if (Chance(4)) answer.retry_after = absl::Seconds(Below(100'000));
    const Payout before = story_.row;
    story_.Create(answer);
    model_->Created(before, answer, story_.last, story_.moment);
  }

  ReadAnswer SomeAnswer() {
    if (mood_ < 2 && !Chance(12)) return Gone();
    if (!Chance(3) || mood_ == 4) {
      PlatformView view = Chance(6) ? MismatchingView() : MatchingView();
      if (Chance(8)) view.segment_code = "standard";
      if (Chance(8)) view.method_code.clear();
      ReadAnswer answer = Found(static_cast<PlatformStatus>(Below(5)), std::move(view));
      answer.observation->created_at = story_.moment.now - absl::Minutes(Below(20));
      if (Chance(10)) answer.observation->created_at.reset();
      if (Chance(10)) answer.observation->failure.reset();
      return answer;
    }
    const auto kind = static_cast<ReadAnswerKind>(Below(kReadAnswerKinds));
    return kind == ReadAnswerKind::kFound ? Gone() : Answered(kind);
  }

  void Read() {
    const ReadAnswer answer = SomeAnswer();
    const Payout before = story_.row;
    story_.Read(answer);
    if (before.status.state == State::kQueued || before.status.state == State::kCancelled) {
      EXPECT_EQ(story_.row.status, before.status);
      EXPECT_EQ(story_.last.alarm, Alarm::kImpossible);
      return;
    }
    model_->Read(before, answer, story_.last, story_.moment);
    if (!IsSettled(story_.state()) && !story_.row.submission.post_next) {
      EXPECT_GE(story_.row.schedule.due_at, story_.moment.now + kReadGap)
          << "reads too close together";
    }
  }

  // An operator decides, at random; what does not fit is refused.
  void Judge() {
    const Reviews reasons = story_.row.status.needs_review;
    auto verdict = static_cast<Verdict>(Below(3));
    if (reasons.contains(Review::kResubmitNotAllowed) && Chance(2)) verdict = Verdict::kResubmit;
    const absl::StatusOr<Decision> decision =
        DecideReview(story_.row, {.verdict = verdict, .reasons = {}}, story_.moment);
    if (!decision.ok()) return;
    EXPECT_TRUE(decision->emits_event);
    EXPECT_EQ(decision->after.status.state, story_.state()) << "a verdict is no evidence";
    model_->Judged(verdict, reasons, story_.moment);
    judged_ = true;
    Take(*decision);
  }

  void Hint() {
    Payout& row = story_.row;
    const Schedule before = row.schedule;
    ++row.hint_seq;
    row.schedule =
        HintSchedule(row.status.state, row.schedule, row.last_read_at, story_.moment.now);
    EXPECT_LE(row.schedule.due_at.value_or(absl::InfiniteFuture()),
              before.due_at.value_or(absl::InfiniteFuture()));
  }

  void Take(const Decision& decision) {
    story_.row = decision.after;
    story_.last = decision;
    ++seen_[decision.rule];
  }

  void CheckWhileSubmitting() {
    EXPECT_EQ(story_.state(), State::kSubmitting);
    EXPECT_EQ(story_.next(), NextCall::kLost);
    EXPECT_TRUE(story_.row.schedule.due_at.has_value());
  }

  void CheckAlways(const Payout& before) {
    const Payout& after = story_.row;
    if (IsSettled(before.status.state)) {
      EXPECT_EQ(after.status.state, before.status.state) << "a settled state changed";
      EXPECT_EQ(after.status.settled_at, before.status.settled_at);
      EXPECT_EQ(after.status.reasons, before.status.reasons);
    }
    if (!IsSettled(after.status.state)) {
      EXPECT_TRUE(after.schedule.due_at.has_value()) << "forgotten";
      EXPECT_LE(after.schedule.due_at.value_or(story_.moment.now) - story_.moment.now,
                absl::Hours(31));
    }
    EXPECT_EQ(IsSettled(after.status.state), after.status.settled_at.has_value());
    if (AuditDueAt(after, after.schedule.step, story_.policy)) {
      EXPECT_TRUE(after.schedule.due_at.has_value()) << "an audit was forgotten";
    }
    if (after.contradiction) {
      EXPECT_TRUE(after.schedule.due_at.has_value()) << "a contradiction was forgotten";
    }
    if (story_.last.audit)
      ++seen_["audit " + std::string(AuditResultName(story_.last.audit->result))];
    EXPECT_TRUE(story_.events_told);
    EXPECT_EQ(after.intent, before.intent);
    EXPECT_EQ(after.rendered, before.rendered);
    EXPECT_TRUE(judged_ ||
                std::ranges::includes(after.status.needs_review, before.status.needs_review))
        << "a review was lost";
    EXPECT_LE(after.hint_read_seq, after.hint_seq);
    EXPECT_EQ(after.submission.acknowledged, model_->acknowledged());
    EXPECT_EQ(after.submission.confirmed, model_->confirmed());
    EXPECT_LE(before.submission.maybe_applied, after.submission.maybe_applied);
    EXPECT_LE(after.submission.resubmits, story_.policy.resubmits_max + model_->grants());
    if (after.status.correction && !model_->correction_acknowledged()) {
      EXPECT_TRUE(after.status.needs_review.contains(Review::kCorrected));
    }
    for (const Review review : after.status.needs_review)
      ++seen_["review " + std::string(ReviewName(review))];
  }

  std::mt19937 random_;
  WalkModel::Counts seen_;
  Story story_;
  std::optional<WalkModel> model_;
  int mood_ = 0;  // what the platform tends to answer
  int steps_ = 0;
  bool judged_ = false;  // an operator decided in this step
};

unsigned Seed() {
  const char* chosen = std::getenv("PAYOUT_WALK_SEED");
  return chosen == nullptr ? 20240603U : static_cast<unsigned>(std::strtoul(chosen, nullptr, 10));
}

TEST(DecideWalkTest, TheRulesHoldOnEveryRandomWalk) {
  const unsigned seed = Seed();
  std::cout << "seed " << seed << "\n";
  Walk walk(seed);
  for (int step = 0; step < 100'000; ++step) {
    walk.Step();
    ASSERT_FALSE(HasFailure()) << "seed " << seed << ", step " << step << ": " << walk.Where();
  }
  // A walk that never came to these places proves little.
  for (const char* place : {"resubmitted",
                            "allowed to post again",
                            "refused at once",
                            "refused fast",
                            "refused by absence",
                            "adopted",
                            "corrected",
                            "lost",
                            "cancel",
                            "expire",
                            "PROCESSING by a read",
                            "SUCCEEDED by a read",
                            "FAILED by a read",
                            "REFUSED by a read",
                            "review PLATFORM_MISMATCH",
                            "review ID_USED_ELSEWHERE",
                            "review RESUBMIT_NOT_ALLOWED",
                            "review CORRECTED",
                            "audit held",
                            "audit contradicted",
                            "audit dropped",
                            "review.acknowledge",
                            "review.resubmit",
                            "review.adopt",
                            "resubmitted by an operator",
                            "adopted by an operator"}) {
    const auto seen = walk.seen().find(place);
    EXPECT_GE(seen == walk.seen().end() ? 0 : seen->second, 10) << place;
  }
}

}  // namespace
}  // namespace payout
