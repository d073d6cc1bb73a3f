// The decisions about audits of settled payouts. When one is due: audit.h.

#include <algorithm>

#include "server/domain/audit.h"
#include "server/domain/decide.h"
#include "server/domain/decision_draft.h"

namespace payout {
namespace {

// The second read of a contradiction is tried ever more rarely, and for ever.
constexpr absl::Duration kFollowMax = absl::Hours(24);

}  // namespace

std::string_view AuditResultName(AuditResult result) {
  switch (result) {
    case AuditResult::kHeld:
      return "held";
    case AuditResult::kContradicted:
      return "contradicted";
    case AuditResult::kUnanswered:
      return "unanswered";
    case AuditResult::kDropped:
      return "dropped";
  }
  return "?";
}

void ScheduleAudit(Draft& draft, const Policy& policy) {
  Schedule& schedule = draft.row().schedule;
  schedule.work = WorkClass::kAudit;
  schedule.due_at = AuditDueAt(draft.row(), schedule.step, policy);
}

void FinishAudit(Draft& draft, AuditResult result, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  // One read serves all that were due by now.
  int ended = 0;
  for (; PendingAudit(row, moment.now, policy); ++row.schedule.step) ++ended;
  if (ended > 0) draft.decision().audit = {result, ended};
  ScheduleAudit(draft, policy);
}

void RetryAudit(Draft& draft, const Moment& moment, const Policy& policy) {
  Payout& row = draft.row();
  if (row.contradiction) {
    const absl::Duration since = moment.now - row.contradiction->first_seen;
    return draft.Due(WorkClass::kAudit,
                     Jittered(std::clamp(since, policy.correction_gap, kFollowMax), moment));
  }
  const std::optional<absl::Time> pending = PendingAudit(row, moment.now, policy);
  if (!pending) return ScheduleAudit(draft, policy);
  const absl::Duration wait = Jittered(kAuditRetry, moment);
  if (moment.now + wait > *pending + kAuditLate) {
    return FinishAudit(draft, AuditResult::kUnanswered, moment, policy);
  }
  draft.Due(WorkClass::kAudit, wait);
}

Decision DecideAuditDrop(const Payout& before, const Moment& moment, const Policy& policy) {
  Draft draft(before, moment);
  Payout& row = draft.row();
  int dropped = 0;
  for (; PendingAudit(row, moment.now - kAuditLate, policy); ++row.schedule.step) ++dropped;
  if (dropped > 0) draft.decision().audit = {AuditResult::kDropped, dropped};
  ScheduleAudit(draft, policy);
  return draft.Done("audit.drop");
}

}  // namespace payout
