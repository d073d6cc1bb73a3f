// Stored form: payouts and attempts at the precision that stores keep, so that what a write returns
// is what a later read returns.
//
// Used by: the stores, on what they are given. Pure.
// Units: times become whole microseconds (rounded down), monotonic durations whole nanoseconds.
// Errors: INVALID_ARGUMENT for infinite times; they have no stored form, and a payout that is due
// "never" has no due time instead.

#ifndef PAYOUT_ADAPTERS_RECORD_STORED_FORM_H_
#define PAYOUT_ADAPTERS_RECORD_STORED_FORM_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/app/ports/payout_store.h"
#include "server/domain/payout.h"

namespace payout::record {

absl::Status ToStoredForm(absl::Time& time);
absl::Status ToStoredForm(Payout& payout);
// `after`, `at`, `hint_due_at`, the attempt and the action.
absl::Status ToStoredForm(Change& change);

}  // namespace payout::record

#endif  // PAYOUT_ADAPTERS_RECORD_STORED_FORM_H_
