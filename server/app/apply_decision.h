// The one door through which anything changes a payout.
//
// Used by: submit_payout, track_status, query_payouts, review_payout.

#ifndef PAYOUT_SERVER_APP_APPLY_DECISION_H_
#define PAYOUT_SERVER_APP_APPLY_DECISION_H_

#include <optional>

#include "absl/status/statusor.h"
#include "server/app/merchant_desk.h"
#include "server/base/task.h"
#include "server/domain/decide.h"

namespace payout {

struct CallRecord {
  Attempt attempt;
  bool closes = false;  // replaces the open attempt that a claim appended
};

// A token call that failed, as an attempt; it ended at `now`.
CallRecord TokenCallRecord(const TokenAnswer& answer, absl::Time asked_at, absl::Time now);

// Commits `decision`, which was made on `before`: row, event, attempt and the operator's action, if
// it is one's wish, in one transaction. Then
// carries out what it says about the merchant, tells the observer, and wakes the loop of the
// payout's next work.
//
// ABORTED: the row changed meanwhile; nothing was written or done. UNAVAILABLE: the outcome of the
// write is unknown; the effects on the merchant were still carried out, since they do not depend on
// the row.
// Callers that end after it may leave the result alone: the row's lease or schedule sees to the
// rest.
Task<absl::StatusOr<Payout>> ApplyDecision(MerchantDesk& desk, const Payout& before,
                                           Decision decision, std::optional<CallRecord> call,
                                           std::optional<OperatorAction> action = std::nullopt);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_APPLY_DECISION_H_
