// The decisions about reads: observations, absence, corrections.

#include <algorithm>
#include <utility>

#include "server/base/instrument.h"
#include "server/domain/decide.h"
#include "server/domain/decision_draft.h"
#include "server/domain/hint.h"

namespace payout {
namespace {

constexpr absl::Duration kLagGap = absl::Seconds(30);
constexpr absl::Duration kAheadOfReads = absl::Hours(24);
// While an operator keeps submission paused, what could be posted again is asked about this often,
// so that it goes on soon after.
constexpr absl::Duration kPausedReadGap = absl::Minutes(5);

// Did the platform speak of the payout at all?
bool IsAnswered(ReadAnswerKind kind) {
  return kind == ReadAnswerKind::kFound || kind == ReadAnswerKind::kFoundUnreadable ||
         kind == ReadAnswerKind::kGone;
}

// Since the last create ended. Of a create of this process it does not matter how the wall clock
// was set since. nullopt: nobody knows; the clock was set back.
std::optional<absl::Duration> SincePost(const Payout& row, const Moment& moment) {
  if (row.absence.measured && row.absence.instance == moment.instance) {
    return moment.monotonic - row.absence.post_closed;
  }
  const std::optional<absl::Time>& closed = row.submission.last_post_closed_at;
  if (!closed || *closed > moment.now) return std::nullopt;
  return moment.now - *closed;
}

// May the stored bytes be posted again, once absence is settled?
bool MayResubmit(const Payout& row, const Moment& moment, const Policy& policy) {
  const Submission& submission = row.submission;
  const bool wanted = !row.intent.submit_before || moment.now < *row.intent.submit_before;
  if (submission.acknowledged || !row.status.needs_review.empty() || !wanted) return false;
  if (submission.resubmit_granted) return true;
  const std::optional<absl::Duration> since = SincePost(row, moment);
  return policy.resubmit_auto &&
         (submission.resubmits < policy.resubmits_max || PAYOUT_BUG(resubmit_for_ever)) && since &&
         *since <= policy.resubmit_window;
}

// A 410 for a payout that the platform never confirmed.
void CountAbsence(Draft& draft, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  Absence& absence = row.absence;
  if (PAYOUT_BUG(gone_is_failed)) return draft.Enter(State::kFailed);
  if (absence.instance != moment.instance && !PAYOUT_BUG(absence_outlives_restart)) {
    // Monotonic times of another process mean nothing here; the evidence starts over.
    absence = {
        .instance = moment.instance, .post_closed = moment.monotonic, .count = 0, .last = {}};
  }
  absl::Duration since_post = moment.monotonic - absence.post_closed;
  if (PAYOUT_BUG(absence_by_wall_clock))
    since_post = moment.now - *row.submission.last_post_closed_at;
  if (PAYOUT_BUG(absence_not_settled)) since_post = policy.absence_settle;
  // A callback for a payout that was rejected says that something is there: then one 410 proves
  // nothing.
  const bool fast = (row.submission.refused_fast && row.hint_seq == 0) ||
                    (row.submission.refused && PAYOUT_BUG(one_410_refuses));
  if (fast && since_post >= policy.refusal_settle) return EnterRefused(draft, policy);

  if (absence.count == 0 || PAYOUT_BUG(absence_gap_ignored) ||
      moment.monotonic - absence.last >= policy.absence_gap) {
    ++absence.count;
    absence.last = moment.monotonic;
  }
  const bool settled = absence.count >= policy.absence_reads && since_post >= policy.absence_settle;
  if (!settled) {
    ScheduleNextRead(draft, moment, policy);
    // Evidence that is half there is gathered now; the schedule of an old payout waits for hours.
    row.schedule.due_at =
        std::min(*row.schedule.due_at, moment.now + Jittered(2 * policy.absence_gap, moment));
    return;
  }

  if (row.submission.refused) return EnterRefused(draft, policy);
  if (MayResubmit(row, moment, policy)) {
    if (moment.paused) return draft.Due(WorkClass::kResolve, kPausedReadGap);
    row.submission.post_next = true;
    return draft.Due(WorkClass::kResolve, absl::ZeroDuration());
  }
  row.submission.resubmit_granted = false;
  if (PAYOUT_BUG(unknown_ages_into_failed)) return draft.Enter(State::kFailed);
  draft.NeedReview(Review::kResubmitNotAllowed);
  ScheduleNextRead(draft, moment, policy);
}

// Copies what the platform told, whatever the status.
void TakeOver(const Observation& seen, Status& status) {
  const auto take = [](const std::string& from, std::string& to) {
    if (!from.empty()) to = from;
  };
  take(seen.view.platform_reference, status.platform_reference);
  take(seen.view.transaction_reference, status.transaction_reference);
  take(seen.status_text, status.platform_status);
  take(seen.processor_status, status.processor_status);
  if (seen.fee) status.fee = seen.fee;
  if (seen.is_test) status.is_test = seen.is_test;
  if (seen.created_at) status.platform_created_at = seen.created_at;
  if (seen.processed_at) status.platform_processed_at = seen.processed_at;
}

// A settled payout was read and matches: does its terminal status still hold? `known`: the platform
// had confirmed the payout before.
void CheckSettled(Draft& draft, const Observation& seen, bool known, const Moment& moment,
                  const Policy& policy) {
  Payout& row = draft.row();
  const std::optional<State> reported = Transition(State::kProcessing, seen.status);
  if (!reported && known) return RetryAudit(draft, moment, policy);  // stale, or an unknown text
  draft.row().schedule.work = WorkClass::kAudit;
  if (reported == row.status.state) {
    row.contradiction.reset();
    return FinishAudit(draft, AuditResult::kHeld, moment, policy);
  }
  if (!reported) {
    // Refused by an answer, and there all the same: it is followed to its end, whatever that is.
    draft.decision().alarm = Alarm::kContradiction;
    row.contradiction = {State::kProcessing, moment.now};
    return draft.Due(WorkClass::kAudit, policy.correction_gap);
  }
  if (row.status.correction && row.status.correction->reported_state == *reported) {
    row.contradiction.reset();  // Known, and with a person.
    return FinishAudit(draft, AuditResult::kContradicted, moment, policy);
  }
  draft.decision().alarm = Alarm::kContradiction;
  const bool seen_once = (row.contradiction && row.contradiction->reported_state == *reported) ||
                         PAYOUT_BUG(correction_at_once);
  if (!seen_once) {
    row.contradiction = {*reported, moment.now};
  } else if (PAYOUT_BUG(correction_at_once) ||
             moment.now - row.contradiction->first_seen >= policy.correction_gap) {
    row.contradiction.reset();
    row.status.correction = {*reported, moment.now};
    draft.NeedReview(Review::kCorrected);
    return FinishAudit(draft, AuditResult::kContradicted, moment, policy);
  }
  draft.Due(WorkClass::kAudit, policy.correction_gap);
}

// An answer about a settled payout that tells no status of it. A contradiction that waits for its
// second read goes on waiting.
void EndAudit(Draft& draft, AuditResult result, const Moment& moment, const Policy& policy) {
  if (draft.row().contradiction) return RetryAudit(draft, moment, policy);
  FinishAudit(draft, result, moment, policy);
}

// Only after a 409 without a create of ours that may have been applied: is the platform's payout
// provably ours?
bool IsAdoptable(const Payout& row, const Observation& seen, const Moment& moment,
                 const Policy& policy) {
  if (PAYOUT_BUG(adopt_anything)) return true;
  if (!Mismatches(row.intent, seen.view, /*strict=*/true).empty()) return false;
  const bool forgotten = MayBeForgotten(row, moment);
  if (forgotten || row.submission.adoption_granted) return true;
  return seen.created_at && row.submission.first_claim_at &&
         *seen.created_at >= *row.submission.first_claim_at - policy.adoption_slack;
}

// The platform has something under our id that is not provably what we asked for.
void LeaveToPerson(Draft& draft, Review review, Alarm alarm, const Moment& moment,
                   const Policy& policy) {
  draft.decision().alarm = alarm;
  draft.NeedReview(review);
  if (IsSettled(draft.row().status.state)) {
    return EndAudit(draft, AuditResult::kContradicted, moment, policy);
  }
  ScheduleNextRead(draft, moment, policy);
}

void Observe(Draft& draft, const Observation& seen, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  row.absence.count = 0;
  // Whoever's it is, the platform has the id: nothing is posted again, and no refusal was the last
  // word.
  row.submission.acknowledged = true;
  row.submission.resubmit_granted = false;
  row.submission.refused = row.submission.refused_fast = false;
  row.submission.refusals.clear();

  const bool foreign = row.status.needs_review.contains(Review::kIdUsedElsewhere);
  if (row.submission.conflict && (foreign || !IsAdoptable(row, seen, moment, policy))) {
    row.submission.adoption_granted = false;
    return LeaveToPerson(draft, Review::kIdUsedElsewhere, Alarm::kIdUsedElsewhere, moment, policy);
  }
  if (!Mismatches(row.intent, seen.view, /*strict=*/false).empty()) {
    return LeaveToPerson(draft, Review::kPlatformMismatch, Alarm::kMismatch, moment, policy);
  }

  row.submission.conflict = row.submission.adoption_granted = false;
  if (PAYOUT_BUG(review_clears_itself)) row.status.needs_review.clear();
  const bool known = std::exchange(row.submission.confirmed, true);
  if (IsSettled(row.status.state) && !PAYOUT_BUG(terminal_rewritten)) {
    return CheckSettled(draft, seen, known, moment, policy);
  }

  TakeOver(seen, row.status);
  const std::optional<State> next = Transition(row.status.state, seen.status);
  if (next) {
    draft.Enter(*next);
    row.schedule.step = 0;
    const bool unpaid = *next == State::kFailed || *next == State::kRefused;
    if (unpaid && seen.failure) row.status.reasons = {*seen.failure};
  }
  ScheduleNextRead(draft, moment, policy);
}

}  // namespace

Decision DecideRead(const Payout& before, const ReadAnswer& answer, std::int64_t hint_seq,
                    const Moment& moment, const Policy& policy) {
  Draft draft(before, moment);
  Payout& row = draft.row();
  const ReadRule& rule = RuleFor(answer.kind);
  draft.decision().merchant = rule.merchant;
  draft.decision().alarm = rule.alarm;
  if (row.submission.confirmed && rule.alarm_once_confirmed != Alarm::kNone) {
    draft.decision().alarm = rule.alarm_once_confirmed;
  }
  row.last_read_at = moment.now;

  ReadEffect effect = ReadEffect::kKeep;
  switch (StandingOf(row.status.state, row.submission)) {
    case Standing::kUnresolved:
      effect = rule.unresolved;
      break;
    case Standing::kConfirmed:
      effect = rule.confirmed;
      break;
    case Standing::kSettled:
      effect = rule.settled;
      break;
    case Standing::kNeverSent:
      draft.decision().alarm = Alarm::kImpossible;
      return draft.Done("read.never_sent");
  }
  row.submission.post_next = false;  // Unless this read, too, says that absence is settled.
  // Something is there, even if it cannot be read.
  if (answer.kind == ReadAnswerKind::kFoundUnreadable) row.submission.acknowledged = true;
  const bool first_401 =
      answer.kind == ReadAnswerKind::kUnauthenticated && row.submission.unauthenticated == 0;
  row.submission.unauthenticated =
      answer.kind == ReadAnswerKind::kUnauthenticated ? row.submission.unauthenticated + 1 : 0;

  // A hint is answered by a read that was answered; otherwise it stays due.
  const bool told = Tells(answer);
  if (told || PAYOUT_BUG(hint_cleared_unanswered)) row.hint_read_seq = hint_seq;
  if (told || PAYOUT_BUG(failed_read_is_fresh)) row.last_answer_at = moment.now;
  if (answer.kind != ReadAnswerKind::kGone) row.absence.count = 0;

  switch (effect) {
    case ReadEffect::kObserve:
      Observe(draft, *answer.observation, moment, policy);
      break;
    case ReadEffect::kCountAbsence:
      CountAbsence(draft, moment, policy);
      break;
    case ReadEffect::kFreshToken:
      draft.decision().drop_token = true;
      if (first_401) {
        // Of a settled payout too; an audit goes on within its day.
        draft.Due(row.schedule.work, kReadGap);
        break;
      }
      draft.decision().alarm = Alarm::kCredentials;
      [[fallthrough]];
    case ReadEffect::kKeep:
      if (IsSettled(row.status.state) && answer.kind == ReadAnswerKind::kGone) {
        // What is expected of a refused one is an alarm for one that was confirmed.
        EndAudit(draft, row.submission.confirmed ? AuditResult::kContradicted : AuditResult::kHeld,
                 moment, policy);
      } else if (IsSettled(row.status.state)) {
        RetryAudit(draft, moment, policy);
      } else if (IsAnswered(answer.kind)) {
        ScheduleNextRead(draft, moment, policy);
      } else {
        RepeatRead(draft, moment, policy);
      }
      if (row.schedule.due_at) {
        row.schedule.due_at =
            moment.now + AtLeast(*row.schedule.due_at - moment.now, answer.retry_after, policy);
      }
      break;
  }
  // A callback came, and the platform does not know a payout that it confirmed: its reads lag
  // behind its callbacks.
  const bool lags = answer.kind == ReadAnswerKind::kGone && before.submission.confirmed &&
                    hint_seq > before.hint_read_seq;
  if (lags && !IsSettled(row.status.state)) {
    row.schedule.step = 0;
    draft.Due(WorkClass::kPoll, kLagGap);
  }
  if (row.schedule.due_at)
    row.schedule.due_at = std::max(*row.schedule.due_at, moment.now + kReadGap);
  // Absence that is settled leads to a create, which needs no distance from the read. It goes
  // before the reads of others: in a long queue of them it would grow stale each time
  // (kAbsenceFresh).
  if (row.submission.post_next) row.schedule.due_at = moment.now - kAheadOfReads;
  return draft.Done(std::string(ReadEffectName(effect)));
}

std::vector<std::string> Mismatches(const Intent& intent, const PlatformView& view, bool strict) {
  std::vector<std::string> fields;
  if (view.payout_id != intent.key.payout_id.value()) fields.emplace_back("payout_id");
  if (view.money.amount != intent.money.amount && !PAYOUT_BUG(ignore_amount))
    fields.emplace_back("money.amount");
  if (view.money.currency != intent.money.currency && !PAYOUT_BUG(ignore_currency))
    fields.emplace_back("money.currency_code");
  const bool method_told = (strict || !view.method_code.empty()) && !PAYOUT_BUG(ignore_method);
  if (method_told && view.method_code != MethodCode(intent.method)) fields.emplace_back("method");
  if (strict && view.segment_code != intent.segment_code) fields.emplace_back("segment_code");
  return fields;
}

}  // namespace payout
