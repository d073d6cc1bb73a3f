#include "server/domain/decide_review.h"

#include <algorithm>

#include "server/domain/decision_draft.h"
#include "server/domain/hint.h"

namespace payout {
namespace {

constexpr Verdict kAllVerdicts[] = {Verdict::kAcknowledge, Verdict::kResubmit, Verdict::kAdopt};
constexpr Review kAllReviews[] = {Review::kPlatformMismatch, Review::kIdUsedElsewhere,
                                  Review::kResubmitNotAllowed, Review::kCorrected};

// The only reason that a verdict other than acknowledge clears.
Review ReasonOf(Verdict verdict) {
  return verdict == Verdict::kResubmit ? Review::kResubmitNotAllowed : Review::kIdUsedElsewhere;
}

absl::Status Unfit(const std::string& message) { return absl::FailedPreconditionError(message); }

// What stands in the way of one more create, whoever allows it.
absl::Status CheckResubmit(const Payout& payout, const Moment& moment) {
  if (payout.submission.acknowledged) {
    return Unfit("the platform acknowledged this payout once; it is never sent again");
  }
  if (payout.status.state != State::kOutcomeUnknown) {
    return Unfit("only a payout whose outcome is unknown can be sent again; this one is " +
                 std::string(StateName(payout.status.state)));
  }
  if (payout.status.needs_review.size() > 1) {
    return Unfit("other reasons for review have to be cleared first: " +
                 ReviewNames(payout.status.needs_review));
  }
  if (payout.intent.submit_before && moment.now >= *payout.intent.submit_before) {
    return Unfit("submit_before has passed: the caller wants nothing to be sent any more");
  }
  return absl::OkStatus();
}

// As soon as another read may be made.
void MakeReadDue(Draft& draft, const Moment& moment) {
  Payout& row = draft.row();
  const State state = row.status.state;
  if (state == State::kQueued || state == State::kCancelled) return;
  absl::Time due = moment.now;
  if (row.last_read_at) {
    due = std::max(due, std::min(*row.last_read_at, moment.now) + kReadGap);
  }
  row.schedule.due_at = std::min(row.schedule.due_at.value_or(due), due);
  row.schedule.work = IsSettled(state)                  ? WorkClass::kAudit
                      : state == State::kOutcomeUnknown ? WorkClass::kResolve
                                                        : WorkClass::kHint;
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAcknowledge:
      return "acknowledge";
    case Verdict::kResubmit:
      return "resubmit";
    case Verdict::kAdopt:
      return "adopt";
  }
  return "?";
}

std::optional<Verdict> ParseVerdict(std::string_view name) {
  for (const Verdict verdict : kAllVerdicts) {
    if (VerdictName(verdict) == name) return verdict;
  }
  return std::nullopt;
}

std::optional<Review> ParseReview(std::string_view name) {
  for (const Review review : kAllReviews) {
    if (ReviewName(review) == name) return review;
  }
  return std::nullopt;
}

std::string ReviewNames(const std::set<Review>& reasons) {
  std::string names;
  for (const Review reason : reasons) {
    if (!names.empty()) names += ", ";
    names += ReviewName(reason);
  }
  return names.empty() ? "none" : names;
}

absl::StatusOr<Decision> DecideReview(const Payout& before, const ReviewOrder& order,
                                      const Moment& moment) {
  const std::set<Review>& open = before.status.needs_review;
  std::set<Review> clear = order.reasons.empty() ? open : order.reasons;
  if (order.verdict != Verdict::kAcknowledge) {
    const Review fits = ReasonOf(order.verdict);
    if (!order.reasons.empty() && order.reasons != std::set<Review>{fits}) {
      return absl::InvalidArgumentError("the verdict " + std::string(VerdictName(order.verdict)) +
                                        " is for " + std::string(ReviewName(fits)) + " alone");
    }
    clear = {fits};
  }
  if (open.empty()) return Unfit("nothing of this payout needs review");
  if (!std::ranges::includes(open, clear)) {
    return Unfit("this payout needs review for " + ReviewNames(open) + ", not for " +
                 ReviewNames(clear));
  }
  // The answer of the create is decided on the row as it is now.
  if (before.status.state == State::kSubmitting) {
    return Unfit("a create call is under way; repeat when it has ended");
  }

  Draft draft(before, moment);
  Payout& row = draft.row();
  switch (order.verdict) {
    case Verdict::kAcknowledge:
      break;
    case Verdict::kResubmit: {
      const absl::Status fit = CheckResubmit(before, moment);
      if (!fit.ok()) return fit;
      row.submission.resubmit_granted = true;
      row.submission.post_next = false;
      // What was seen before the verdict proves nothing after it.
      row.absence = {
          .instance = moment.instance, .post_closed = moment.monotonic, .count = 0, .last = {}};
      row.schedule.step = 0;
      break;
    }
    case Verdict::kAdopt:
      row.submission.adoption_granted = true;
      break;
  }
  for (const Review reason : clear) row.status.needs_review.erase(reason);
  MakeReadDue(draft, moment);
  return draft.Done("review." + std::string(VerdictName(order.verdict)));
}

}  // namespace payout
