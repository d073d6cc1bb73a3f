// Audits: settled payouts are read again, days later: does the platform still say what it said?
//
// Used by: the decisions. When an audit is due follows from the row alone, so neither a hint nor a
// restart nor a second read loses or repeats one: `schedule.step` counts the audits that are over.
// Pure.

#ifndef PAYOUT_SERVER_DOMAIN_AUDIT_H_
#define PAYOUT_SERVER_DOMAIN_AUDIT_H_

#include <optional>

#include "absl/time/time.h"
#include "server/domain/payout.h"
#include "server/domain/policy.h"

namespace payout {

// An audit that nobody got to for so long is dropped: the next one tells as much, and old ones
// would eat up the budget after an outage.
inline constexpr absl::Duration kAuditLate = absl::Hours(24);
// Between two tries of an audit that got no answer of use.
inline constexpr absl::Duration kAuditRetry = absl::Hours(1);

// Whether the payout is one of those that are audited: settled at the platform's word, and in the
// sample, which follows from its merchant and id alone.
bool IsAudited(const Payout& payout, const Policy& policy);

// When the audit of that number is due, counted from 0; nullopt: there is none. Payouts that were
// settled together are spread over up to a tenth of the time, at most six hours.
std::optional<absl::Time> AuditDueAt(const Payout& payout, int step, const Policy& policy);

// When the next audit was due, if that has come.
std::optional<absl::Time> PendingAudit(const Payout& payout, absl::Time now, const Policy& policy);

// A leased row has nothing to do but an audit that is more than its day late.
bool IsLateAudit(const Payout& payout, absl::Time now);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_AUDIT_H_
