// WalkModel: what an honest bookkeeper would know about one payout, and what may therefore happen
// to it.
//
// Used by: decide_walk_test.cc. It restates the rules without the decisions' own flags: it is told
// each answer, keeps its own evidence, and checks every decision against it. Thread-safety: none.

#ifndef PAYOUT_TESTS_SERVER_DOMAIN_WALK_MODEL_H_
#define PAYOUT_TESTS_SERVER_DOMAIN_WALK_MODEL_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/domain/decide_review.h"
#include "tests/server/domain/story.h"

namespace payout {

class WalkModel {
 public:
  // How often things happened, so that the test can tell that it saw them.
  using Counts = std::map<std::string, int>;

  explicit WalkModel(Counts& seen) : seen_(seen) {}

  void Claimed(const Payout& before, const Moment& moment) {
    if (before.status.state == State::kOutcomeUnknown) {
      ++resubmits_;
      ++seen_[granted_ ? "resubmitted by an operator" : "resubmitted"];
      granted_ = false;
    }
    if (!first_claim_) first_claim_ = moment.now;
    claimed_at_ = moment.now;
  }

  void Created(const Payout& before, const CreateAnswer& answer, const Decision& decision,
               const Moment& moment) {
    using C = CreateAnswerKind;
    const State to = decision.after.status.state;
    const bool was_clean = clean_;
    switch (answer.kind) {
      case C::kSurelyNotSent:
      case C::kUnauthenticated:
      case C::kForbidden:
      case C::kRateLimited:
        break;
      case C::kConflict:
        if (clean_) foreign_until_proven_ = true;
        acknowledged_ = true;
        break;
      case C::kAccepted:
      case C::kAcceptedUnreadable:
      case C::kAcceptedMismatch:
        acknowledged_ = true;
        clean_ = false;
        break;
      case C::kRefused:
      case C::kRefusedUnreadable:
      case C::kRejected:
      case C::kRejectedUnreadable:
        refused_ = true;
        fast_ = clean_ && answer.kind == C::kRejected && !moment.recovery;
        clean_ = false;
        break;
      case C::kRouteMissing:
      case C::kGone:
      case C::kServerError:
      case C::kUnlisted:
      case C::kMaybeSent:
        clean_ = false;
        break;
    }
    if (answer.kind != C::kSurelyNotSent) last_post_ = moment.now;
    PostEnded(moment);

    const bool accepted = answer.kind == C::kAccepted && answer.echo &&
                          Mismatches(before.intent, *answer.echo, false).empty();
    EXPECT_EQ(to == State::kProcessing, accepted);
    // Within the time of recovery it may be a payout that a backup has forgotten.
    EXPECT_EQ(to == State::kRefused, was_clean && answer.kind == C::kRefused && !moment.recovery);
    if (to == State::kQueued) {
      EXPECT_TRUE(clean_) << "back in the queue after a create that may have been applied";
    }
    if (to == State::kRefused) ++seen_["refused at once"];
    confirmed_ = confirmed_ || accepted;
  }

  void Lost(const Moment& moment) {
    clean_ = false;
    last_post_ = claimed_at_;
    PostEnded(moment);
    ++seen_["lost"];
  }

  void Read(const Payout& before, const ReadAnswer& answer, const Decision& decision,
            const Moment& moment) {
    const Status& from = before.status;
    const Status& to = decision.after.status;
    if (answer.kind == ReadAnswerKind::kFoundUnreadable) acknowledged_ = true;
    absence_settled_ = false;
    if (answer.kind == ReadAnswerKind::kGone) {
      Gone(moment);
    } else {
      gone_.clear();
    }
    last_read_ = moment.now;

    const bool found = answer.kind == ReadAnswerKind::kFound;
    const bool ours = found && IsOurs(before, *answer.observation, moment);
    if (found) {
      acknowledged_ = true;
      refused_ = fast_ = false;
      if (!ours) {
        EXPECT_EQ(to.state, from.state) << "a payout that is not ours told a status";
        EXPECT_TRUE(to.needs_review.contains(Review::kPlatformMismatch) ||
                    to.needs_review.contains(Review::kIdUsedElsewhere));
      } else if (foreign_until_proven_) {
        foreign_until_proven_ = false;
        ++seen_["adopted"];
      }
      confirmed_ = confirmed_ || ours;
    }
    if (to.state != from.state) {
      if (ours) {
        EXPECT_EQ(to.state, StateOf(answer.observation->status));
        ++seen_[std::string(StateName(to.state)) + " by a read"];
      } else {
        EXPECT_EQ(to.state, State::kRefused);
        EXPECT_TRUE(AbsenceProvesRefusal(moment)) << "refused without proof";
        ++seen_[fast_ ? "refused fast" : "refused by absence"];
      }
    }
    Contradict(from, to, ours ? StateOf(answer.observation->status) : std::nullopt, moment);
  }

  // An operator's verdict was taken; what it clears is evidence no more.
  void Judged(Verdict verdict, const Reviews& reasons, const Moment& moment) {
    if (reasons.contains(Review::kIdUsedElsewhere)) foreign_for_good_ = false;
    if (reasons.contains(Review::kCorrected)) correction_acknowledged_ = true;
    if (verdict == Verdict::kAdopt) adoption_granted_ = true;
    if (verdict == Verdict::kResubmit) {
      granted_ = true;
      ++grants_;
      PostEnded(moment);
    }
  }

  // May this row be posted now? Asked whenever the decisions say that it may.
  void CheckMayPost(const Payout& row, absl::Time now, const Policy& policy) {
    EXPECT_FALSE(acknowledged_) << "the platform acknowledged the id";
    EXPECT_TRUE(row.status.needs_review.empty()) << "a person has to look first";
    EXPECT_FALSE(refused_) << "it was refused";
    if (row.status.state == State::kQueued) {
      EXPECT_TRUE(clean_) << "queued, although a create may have been applied";
      return;
    }
    EXPECT_EQ(row.status.state, State::kOutcomeUnknown);
    EXPECT_TRUE(absence_settled_) << "absence is not settled";
    if (!granted_) {
      EXPECT_LT(resubmits_, policy.resubmits_max);
      EXPECT_LE(last_read_ - last_post_, policy.resubmit_window);
    }
    EXPECT_LE(now - last_read_, kAbsenceFresh);
    EXPECT_TRUE(!row.intent.submit_before || now < *row.intent.submit_before);
    ++seen_["allowed to post again"];
  }

  bool acknowledged() const { return acknowledged_; }
  bool confirmed() const { return confirmed_; }
  int grants() const { return grants_; }
  bool correction_acknowledged() const { return correction_acknowledged_; }

 private:
  static std::optional<State> StateOf(PlatformStatus status) {
    switch (status) {
      case PlatformStatus::kProcessing:
        return State::kProcessing;
      case PlatformStatus::kSuccess:
        return State::kSucceeded;
      case PlatformStatus::kFailed:
        return State::kFailed;
      case PlatformStatus::kRefused:
        return State::kRefused;
      case PlatformStatus::kUnrecognised:
        return std::nullopt;
    }
    return std::nullopt;
  }

  void PostEnded(const Moment& moment) {
    post_closed_ = moment.monotonic;
    instance_ = moment.instance;
    gone_.clear();
    absence_settled_ = false;
  }

  void Gone(const Moment& moment) {
    if (instance_ != moment.instance) {
      instance_ = moment.instance;
      post_closed_ = moment.monotonic;
      gone_.clear();
    }
    gone_.push_back(moment.monotonic);
    int count = 0;
    std::optional<absl::Duration> last;
    for (const absl::Duration at : gone_) {
      if (last && at - *last < absl::Seconds(30)) continue;
      last = at;
      ++count;
    }
    absence_settled_ = count >= 3 && moment.monotonic - post_closed_ >= absl::Seconds(240);
  }

  bool AbsenceProvesRefusal(const Moment& moment) const {
    if (!refused_ || gone_.empty()) return false;
    return absence_settled_ || (fast_ && moment.monotonic - post_closed_ >= absl::Seconds(2));
  }

  bool IsOurs(const Payout& before, const Observation& seen, const Moment& moment) {
    if (!foreign_until_proven_) return Mismatches(before.intent, seen.view, false).empty();
    const bool young = seen.created_at && *seen.created_at >= *first_claim_ - absl::Minutes(5);
    foreign_for_good_ = foreign_for_good_ || !Mismatches(before.intent, seen.view, true).empty() ||
                        !(young || moment.recovery || adoption_granted_);
    if (adoption_granted_ && !foreign_for_good_ && !young && !moment.recovery) {
      ++seen_["adopted by an operator"];
    }
    adoption_granted_ = false;  // one verdict, one look
    return !foreign_for_good_;
  }

  // A correction needs the same other terminal state twice, a minute apart, without ours in
  // between.
  void Contradict(const Status& from, const Status& to, std::optional<State> reported,
                  const Moment& moment) {
    const bool other =
        IsSettled(from.state) && reported && IsSettled(*reported) && *reported != from.state;
    const bool twice =
        other && other_state_ == reported && moment.now - other_seen_ >= absl::Minutes(1);
    if (to.correction != from.correction) {
      EXPECT_TRUE(twice) << "corrected without a second read";
      ++seen_["corrected"];
    }
    if (other && (other_state_ != reported)) {
      other_state_ = reported;
      other_seen_ = moment.now;
    } else if (twice || (reported && *reported == from.state)) {
      other_state_.reset();
    }
  }

  Counts& seen_;
  bool clean_ = true;  // no create so far can have been applied
  bool acknowledged_ = false;
  bool confirmed_ = false;
  bool foreign_until_proven_ = false;
  bool foreign_for_good_ = false;
  bool refused_ = false;
  bool fast_ = false;
  bool absence_settled_ = false;
  bool granted_ = false;           // an operator allowed one more create
  bool adoption_granted_ = false;  // an operator said that the platform's payout is ours
  bool correction_acknowledged_ = false;
  int grants_ = 0;
  int resubmits_ = 0;
  std::vector<absl::Duration> gone_;  // 410 answers in a row
  absl::Duration post_closed_;
  std::uint64_t instance_ = 0;
  absl::Time claimed_at_;
  absl::Time last_post_;
  absl::Time last_read_;
  std::optional<absl::Time> first_claim_;
  std::optional<State> other_state_;
  absl::Time other_seen_;
};

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_DOMAIN_WALK_MODEL_H_
