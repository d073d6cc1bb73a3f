// What leaves for the platform, what comes back, and what is in the platform's ledger.

#include <algorithm>

#include "tests/simulation/checker.h"

namespace payout::simulation {
namespace {

constexpr int kAbsenceReads = 3;
constexpr absl::Duration kAbsenceGap = absl::Seconds(30);
constexpr absl::Duration kAbsenceSettle = absl::Seconds(240);
constexpr absl::Duration kAbsenceFresh = absl::Minutes(11);  // ten, by a clock that may run fast
constexpr absl::Duration kResubmitWindow = absl::Hours(24);
constexpr int kResubmitsMax = 5;

std::optional<PlatformStatus> StatusOf(State state) {
  if (state == State::kSucceeded) return PlatformStatus::kSuccess;
  if (state == State::kFailed) return PlatformStatus::kFailed;
  if (state == State::kRefused) return PlatformStatus::kRefused;
  return std::nullopt;
}

// The values that have to agree.
bool Matches(const Intent& intent, const PlatformView& view) {
  return view.payout_id == intent.key.payout_id.value() && view.money == intent.money &&
         (view.method_code.empty() || view.method_code == MethodCode(intent.method));
}

// A 410 that comes `gap` after the last one counts.
absl::Duration CountsAfter(const Case& known) { return known.gone_last + kAbsenceGap; }

}  // namespace

bool Checker::AbsenceIsSettled(const Case& known) const {
  return known.gone_instance == instance_ && known.gone_count >= kAbsenceReads &&
         known.gone_seen - known.closed_at >= kAbsenceSettle;
}

void Checker::OnRequest(const MerchantName& merchant) {
  // At the door of the process: on the way requests bunch up.
  std::deque<absl::Duration>& sent = sent_[merchant];
  const absl::Duration now = env_.Monotonic();
  sent.push_back(now);
  if (static_cast<int>(sent.size()) <= rate_) return;
  if (judges_budget_ && now - sent.front() < absl::Seconds(1)) {
    Fail("request-budget", "more than " + std::to_string(rate_) + " requests in one second");
  }
  sent.pop_front();
}

void Checker::OnCreateSent(const Payout& payout) {
  const PayoutKey& key = payout.intent.key;
  Case& known = cases_[key];
  if (!known.row)
    return Fail("intent-before-effect", key, "a create of an intent that is not stored");
  const Payout& row = *known.row;
  // The claim is the last thing that was committed, and it is what is sent.
  if (row.status.state != State::kSubmitting || row.version != payout.version) {
    Fail("intent-before-effect", key, "a create leaves before SUBMITTING is committed");
  }
  if (payout.rendered != row.rendered)
    Fail("identical-bytes", key, "not the stored bytes are sent");
  if (known.calls_open > 0) Fail("one-call-at-a-time", key, "two calls of one payout in flight");
  if (paused_.contains(key.merchant) || paused_.contains(MerchantName())) {
    Fail("pauses-hold", key, "a create leaves while submission is paused");
  }
  if (known.acknowledged) {
    Fail("at-most-one-payment", key, "sent again although the platform has the id");
  }
  if (!row.status.needs_review.empty()) {
    Fail("review-stops-creates", key, "a create of a payout that needs review");
  }
  if (known.maybe) {
    // Settled absence is a fact that outlasts a restart, but not for long.
    const bool settled =
        known.absent_at && (wall_jumped_ || env_.Monotonic() - *known.absent_at <= kAbsenceFresh);
    if (!settled) {
      Fail("at-most-one-payment", key, "sent again before absence was settled");
    }
    if (++known.resubmits > kResubmitsMax + known.granted)
      Fail("bounds", key, "sent again too often");
    const bool knows_when = known.closed_by == instance_ || !wall_jumped_;
    if (known.granted == 0 && knows_when && env_.Monotonic() - known.closed_at > kResubmitWindow) {
      Fail("at-most-one-payment", key, "sent again after more than a day");
    }
  }
  ++known.creates;
  known.create_open = true;
  ++known.calls_open;
  known.gone_count = 0;
  known.absent_at.reset();
  // It may now be applied, whatever else becomes of it.
}

void Checker::OnCreateAnswered(const PayoutKey& key, const CreateAnswer& answer) {
  Case& known = cases_[key];
  known.create_open = false;
  --known.calls_open;
  known.closed_at = env_.Monotonic();
  known.ended_in = answer.kind == CreateAnswerKind::kSurelyNotSent ? 0 : instance_;
  known.closed_by = 0;
  known.gone_count = 0;
  CreateAnswerKind kind = answer.kind;
  if (kind == CreateAnswerKind::kAccepted && !Matches(known.row->intent, *answer.echo)) {
    kind = CreateAnswerKind::kAcceptedMismatch;
  }
  probes_.CountCreate(kind, known.maybe ? History::kMaybeApplied : History::kClean);
  trace_.Add(env_.Monotonic(), "create answered", key.payout_id.value(), CreateAnswerName(kind));
  if (kind == CreateAnswerKind::kMaybeSent) CountFault(Fault::kNoAnswer, key);
  const bool was_clean = !known.maybe;
  known.acknowledging = false;
  switch (kind) {
    case CreateAnswerKind::kSurelyNotSent:
    case CreateAnswerKind::kUnauthenticated:
    case CreateAnswerKind::kForbidden:
    case CreateAnswerKind::kRateLimited:
      break;  // Not applied, this one.
    case CreateAnswerKind::kAccepted:
      known.acknowledging = known.accepted = true;
      break;
    case CreateAnswerKind::kAcceptedMismatch:
      known.mismatch = true;
      [[fallthrough]];
    case CreateAnswerKind::kAcceptedUnreadable:
      known.acknowledging = known.maybe = true;
      break;
    case CreateAnswerKind::kConflict:
      known.acknowledging = true;
      known.conflict_clean = known.conflict_clean || was_clean;
      break;
    case CreateAnswerKind::kRefused:
      known.refused_clean = was_clean;
      known.refused = known.maybe = true;
      break;
    case CreateAnswerKind::kRejected:
      known.rejected_clean = was_clean;
      known.refused = known.maybe = true;
      break;
    case CreateAnswerKind::kRefusedUnreadable:
    case CreateAnswerKind::kRejectedUnreadable:
      known.refused = known.maybe = true;
      break;
    case CreateAnswerKind::kRouteMissing:
    case CreateAnswerKind::kGone:
    case CreateAnswerKind::kServerError:
    case CreateAnswerKind::kUnlisted:
    case CreateAnswerKind::kMaybeSent:
      known.maybe = true;
      break;
  }
  known.acknowledged = known.acknowledged || known.acknowledging;
}

void Checker::OnReadSent(const PayoutKey& key) {
  Case& known = cases_[key];
  if (!known.row) return Fail("one-intent-one-id", key, "a read of a payout that is not stored");
  if (known.calls_open > 0) Fail("one-call-at-a-time", key, "two calls of one payout in flight");
  ++known.calls_open;
  known.hints_at_read = known.row->hint_seq;
  known.read_sent = env_.Monotonic();
}

void Checker::NoteAnswered(Case& known) {
  known.read_answered = true;
  known.answered_at = env_.Monotonic();
}

void Checker::OnReadAnswered(const PayoutKey& key, const ReadAnswer& answer) {
  Case& known = cases_[key];
  --known.calls_open;
  const Payout& row = *known.row;
  const Standing standing = StandingOf(row.status.state, row.submission);
  if (standing == Standing::kNeverSent) {
    return Fail("intent-before-effect", key, "a read of a payout that was never sent");
  }
  probes_.CountRead(answer.kind, standing);
  trace_.Add(env_.Monotonic(), "read answered", key.payout_id.value(),
             answer.observation ? std::string_view(answer.observation->status_text)
                                : ReadAnswerName(answer.kind));
  if (answer.kind == ReadAnswerKind::kNoAnswer) CountFault(Fault::kNoAnswer, key);
  known.acknowledging =
      answer.kind == ReadAnswerKind::kFound || answer.kind == ReadAnswerKind::kFoundUnreadable;
  known.acknowledged = known.acknowledged || known.acknowledging;
  const absl::Duration now = env_.Monotonic();
  if (answer.kind == ReadAnswerKind::kGone) {
    // What counts is when the platform was asked: it may have looked right then.
    const absl::Duration asked = known.read_sent;
    if (known.gone_instance != instance_) known.gone_count = 0;
    known.gone_interrupted = false;
    known.gone_seen = asked;
    known.gone_instance = instance_;
    if (known.gone_count == 0 || asked >= CountsAfter(known)) {
      ++known.gone_count;
      known.gone_last = asked;
    }
    if (AbsenceIsSettled(known)) known.absent_at = now;
    NoteAnswered(known);
    return;
  }
  // If it is written, what came before no longer counts.
  known.gone_interrupted = true;
  if (answer.kind != ReadAnswerKind::kFound) return;
  NoteAnswered(known);
  known.last_status.reset();
  if (!Matches(row.intent, answer.observation->view)) {
    known.mismatch = true;
    return;
  }
  const PlatformStatus status = answer.observation->status;
  const bool contradicts = IsSettled(row.status.state) && status != PlatformStatus::kProcessing &&
                           status != PlatformStatus::kUnrecognised &&
                           status != StatusOf(row.status.state);
  if (!contradicts && status == StatusOf(row.status.state))
    known.contradicted_at = absl::ZeroDuration();
  if (contradicts && known.contradicted_at == absl::ZeroDuration()) known.contradicted_at = now;
  known.last_status = status;
  known.reported[static_cast<std::size_t>(answer.observation->status)] = true;
}

void Checker::OnDelivered(const PayoutKey& key, const RenderedRequest& bytes) {
  const auto found = cases_.find(key);
  const bool stored = found != cases_.end() && found->second.row;
  if (!stored && found != cases_.end() && found->second.lost) return;  // Sent before the restore.
  if (!stored) {
    return Fail("one-intent-one-id", key, "the platform was sent an id that no caller asked for");
  }
  if (bytes != found->second.row->rendered &&
      std::ranges::find(found->second.earlier, bytes) == found->second.earlier.end()) {
    Fail("identical-bytes", key, "the platform received other bytes than were stored");
  }
}

void Checker::OnPaid(const PayoutKey& key, const Money& money) {
  Case& known = cases_[key];
  trace_.Add(env_.Monotonic(), "PAID", key.payout_id.value(), money.currency);
  if (++known.payments > 1) Fail("at-most-one-payment", key, "the platform paid twice");
  // A create from before a restore may arrive after it.
  if (known.lost) return;
  if (!known.row) return Fail("one-intent-one-id", key, "a payment without an intent");
  if (money != known.row->intent.money) {
    Fail("exact-amount", key, "the platform was asked for another amount");
  }
  const State state = known.row->status.state;
  if ((state == State::kQueued && !known.restored) || IsSettled(state)) {
    Fail("failed-only-on-proof", key,
         "paid while the gateway says " + std::string(StateName(state)));
  }
}

}  // namespace payout::simulation
