// What is committed: transitions, proofs, revisions, next actions.

#include <algorithm>

#include "tests/simulation/checker.h"

namespace payout::simulation {
namespace {

constexpr int kResubmitsMax = 5;
constexpr absl::Duration kResubmitWindow = absl::Hours(24);
constexpr absl::Duration kNextActionMax = absl::Hours(30);
constexpr int kQueueSlack = 8;
// Less than the minute of the rule: the wall clock may run fast.
constexpr absl::Duration kCorrectionGap = absl::Seconds(50);

bool IsLawful(State from, State to) {
  if (from == to) return true;
  switch (from) {
    case State::kQueued:
      return to == State::kSubmitting || to == State::kCancelled;
    case State::kSubmitting:
      return to == State::kProcessing || to == State::kOutcomeUnknown || to == State::kRefused ||
             to == State::kQueued;
    case State::kOutcomeUnknown:
      return to == State::kSubmitting || to == State::kProcessing || to == State::kSucceeded ||
             to == State::kFailed || to == State::kRefused;
    case State::kProcessing:
      return to == State::kSucceeded || to == State::kFailed || to == State::kRefused;
    case State::kSucceeded:
    case State::kFailed:
    case State::kRefused:
    case State::kCancelled:
      return false;
  }
  return false;
}

std::string Arrow(State from, State to) {
  return std::string(StateName(from)) + " -> " + std::string(StateName(to));
}

}  // namespace

void Checker::Append(Case& known, const Payout& row) {
  events_.push_back({row.intent.key, row.intent.tenant, row.sequence, row.revision, row.status});
  known.positions.push_back(row.position);
  if (row.position != static_cast<std::int64_t>(events_.size())) {
    Fail("positions-in-commit-order", row.intent.key, "an event has a position out of order");
  }
  if (row.revision != static_cast<std::int64_t>(known.positions.size())) {
    Fail("revisions-gapless", row.intent.key,
         "revision " + std::to_string(row.revision) + " follows " +
             std::to_string(known.positions.size() - 1));
  }
}

void Checker::OnInserted(const Payout& row) {
  const PayoutKey& key = row.intent.key;
  Case& known = cases_[key];
  trace_.Add(env_.Monotonic(), "committed", key.payout_id.value(), "QUEUED", row.position);
  if (known.row) Fail("one-intent-one-id", key, "the id was inserted twice");
  if (std::ranges::find(known.asked, row.intent) == known.asked.end()) {
    Fail("one-intent-one-id", key, "an intent was stored that nobody asked for");
  }
  if (row.status.state != State::kQueued || !row.schedule.due_at) {
    Fail("next-action", key, "a new intent is not due to be sent");
  }
  const auto queued = std::ranges::count_if(cases_, [&key](const auto& entry) {
    const std::optional<Payout>& other = entry.second.row;
    return other && entry.first.merchant == key.merchant && other->status.state == State::kQueued;
  });
  if (queued >= queued_max_ + kQueueSlack) {
    Fail("bounds", key, "more payouts wait than the queue may hold");
  }
  known.row = row;
  Append(known, row);
}

void Checker::OnApplied(const Change& change, const Payout& written) {
  const PayoutKey& key = written.intent.key;
  Case& known = cases_[key];
  if (!known.row) return Fail("one-intent-one-id", key, "a payout changed that was never stored");
  const Payout before = *std::exchange(known.row, written);
  if (known.gone_interrupted && change.attempt && change.attempt->call == Call::kRead) {
    known.gone_count = 0;
    known.gone_interrupted = false;
  }
  trace_.Add(env_.Monotonic(), "committed", key.payout_id.value(), StateName(written.status.state),
             written.version);

  if (change.expected_version != before.version || written.version != before.version + 1) {
    Fail("no-lost-update", key, "a change was made on another version than it was decided on");
  }
  if (written.revision != before.revision) {
    Append(known, written);
  } else if (written.status != before.status) {
    Fail("revisions-gapless", key, "the status changed without a new revision");
  }
  if (written.revision != before.revision && written.status == before.status) {
    Fail("revisions-gapless", key, "a new revision of an equal status");
  }
  if (written.intent != before.intent || written.rendered != before.rendered ||
      written.fingerprint != before.fingerprint || written.created_at != before.created_at) {
    Fail("identical-bytes", key, "an intent or its rendered request changed");
  }
  if (written.status.state == State::kSubmitting) known.closed_by = 0;
  if (change.attempt && change.attempt->call == Call::kCreate && change.closes_attempt) {
    known.closed_by = std::exchange(known.ended_in, 0);
  }
  // An answer whose decision could not be written is forgotten; another one may follow it.
  if (change.attempt && change.attempt->certainty == Certainty::kAnswered && known.acknowledging) {
    // The write may have outlived the process that made it.
    known.recorded = known.acknowledged = true;
  }
  if (before.status.state == State::kOutcomeUnknown && written.status.state == State::kSubmitting) {
    ++known.claims_again;
  }
  CheckTransition(known, before, written);
  CheckTerminal(before, written);
  CheckProof(known, change, before, written);
  CheckReviews(known, change, before, written);

  if (!IsSettled(written.status.state)) {
    const std::optional<absl::Time>& due = written.schedule.due_at;
    if (!due) Fail("next-action", key, "an open payout has no next action");
    if (due && *due > change.at + kNextActionMax) {
      Fail("next-action", key, "the next action is more than a day away");
    }
  }
  if (written.hint_read_seq > before.hint_read_seq &&
      (!known.read_answered || written.hint_read_seq > known.hints_at_read)) {
    Fail("hints-kept", key, "a callback counts as answered without a read that began after it");
  }
  known.read_answered = false;
}

void Checker::OnHinted(const PayoutKey& key) {
  Case& known = cases_[key];
  if (!known.row) return;  // Parked.
  ++known.row->hint_seq;
  trace_.Add(env_.Monotonic(), "hint recorded", key.payout_id.value());
}

void Checker::CheckTransition(const Case& known, const Payout& before, const Payout& after) {
  const State from = before.status.state;
  const State to = after.status.state;
  // Of a backup, or perhaps forgotten by it.
  const bool restored =
      (known.restored || recovering_) && from == State::kQueued && to == State::kOutcomeUnknown;
  if (!IsLawful(from, to) && !restored) {
    return Fail(IsSettled(from) ? "terminal-never-rewritten" : "lawful-transitions",
                after.intent.key, Arrow(from, to));
  }
  if (from == State::kSubmitting && to == State::kQueued &&
      (known.maybe || known.create_open || (known.payments > 0 && !known.lost))) {
    Fail("no-status-guessed", after.intent.key,
         "back to QUEUED although a create may have been applied");
  }
}

void Checker::CheckTerminal(const Payout& before, const Payout& after) {
  if (!IsSettled(before.status.state)) return;
  Status comparable = after.status;
  comparable.needs_review = before.status.needs_review;
  comparable.correction = before.status.correction;
  if (comparable != before.status) {
    Fail("terminal-never-rewritten", after.intent.key, "a settled status was changed");
  }
  const std::optional<Correction>& correction = after.status.correction;
  if (correction && correction != before.status.correction) {
    const Case& known = cases_[after.intent.key];
    const auto index = correction->reported_state == State::kSucceeded ? PlatformStatus::kSuccess
                       : correction->reported_state == State::kFailed  ? PlatformStatus::kFailed
                                                                       : PlatformStatus::kRefused;
    if (!known.reported[static_cast<std::size_t>(index)] ||
        correction->reported_state == after.status.state) {
      Fail("no-status-guessed", after.intent.key, "a correction that the platform did not report");
    }
    if (!wall_jumped_ && env_.Monotonic() - known.contradicted_at < kCorrectionGap) {
      Fail("no-status-guessed", after.intent.key, "a correction that was reported only once");
    }
  }
}

void Checker::CheckProof(const Case& known, const Change& change, const Payout& before,
                         const Payout& after) {
  const State state = after.status.state;
  if (before.status.state == state) return;
  const PayoutKey& key = after.intent.key;
  const bool by_read = change.attempt && change.attempt->call == Call::kRead;
  const auto reported_now = [&](PlatformStatus status) {
    return by_read && known.last_status == status;
  };
  switch (state) {
    case State::kSucceeded:
      if (!reported_now(PlatformStatus::kSuccess)) {
        Fail("status-only-from-an-answer", key, "SUCCEEDED without a read that says so");
      }
      if (known.foreign && !before.submission.maybe_applied && !known.adopted) {
        Fail("status-only-from-an-answer", key, "SUCCEEDED by a payment that is not ours");
      }
      if (!known.foreign && known.payments == 0) {
        Fail("status-only-from-an-answer", key, "SUCCEEDED, and the platform has no payment");
      }
      break;
    case State::kFailed:
      if (!reported_now(PlatformStatus::kFailed)) {
        Fail("failed-only-on-proof", key, "FAILED without a read that says so");
      }
      break;
    case State::kRefused:
      if (!reported_now(PlatformStatus::kRefused)) CheckRefused(known, after);
      break;
    case State::kProcessing:
      if (!(by_read && known.last_status) && !(known.accepted && !by_read)) {
        Fail("status-only-from-an-answer", key, "PROCESSING without an answer that confirms it");
      }
      break;
    case State::kCancelled:
      if (known.maybe || known.create_open || known.payments > 0) {
        Fail("no-status-guessed", key, "CANCELLED although a create may have been applied");
      }
      break;
    case State::kQueued:
    case State::kSubmitting:
    case State::kOutcomeUnknown:
      break;
  }
}

void Checker::CheckRefused(const Case& known, const Payout& after) {
  const bool fast = known.rejected_clean && known.gone_count > 0 &&
                    known.gone_seen - known.closed_at >= absl::Seconds(2);
  const bool proven = known.refused_clean || fast || (known.refused && AbsenceIsSettled(known));
  if (!proven) {
    Fail("failed-only-on-proof", after.intent.key,
         "REFUSED without proof that nothing was applied");
  }
  if (known.payments > 0) {
    Fail("failed-only-on-proof", after.intent.key,
         "REFUSED, and the platform has made the payment");
  }
}

void Checker::CheckReviews(const Case& known, const Change& change, const Payout& before,
                           const Payout& after) {
  const PayoutKey& key = after.intent.key;
  for (const Review review : before.status.needs_review) {
    if (!after.status.needs_review.contains(review) && !change.action) {
      Fail("review-cleared-by-operators-only", key, ReviewName(review));
    }
  }
  for (const Review review : after.status.needs_review) {
    if (before.status.needs_review.contains(review)) continue;
    probes_.CountReview(review);
    bool is_true = false;
    switch (review) {
      case Review::kPlatformMismatch:
        is_true = known.mismatch;
        break;
      case Review::kIdUsedElsewhere:
        is_true = known.conflict_clean;
        break;
      case Review::kResubmitNotAllowed: {
        // Whoever did not see it end has only the wall clock to go by.
        const bool misled = wall_jumped_ && known.closed_by != instance_;
        const bool too_late = misled || env_.Monotonic() - known.closed_at > kResubmitWindow;
        const bool unwanted = after.intent.submit_before.has_value();
        is_true = known.acknowledged || known.claims_again >= kResubmitsMax || too_late ||
                  unwanted || !before.status.needs_review.empty();
        break;
      }
      case Review::kCorrected:
        is_true = after.status.correction.has_value();
        break;
    }
    if (!is_true) Fail("reviews-have-a-true-reason", key, ReviewName(review));
  }
}

}  // namespace payout::simulation
