// Store rules: what the port promises about the contents of rows, whatever keeps them.
//
// Used by: the stores, inside the transaction that writes. Pure.

#ifndef PAYOUT_ADAPTERS_RECORD_STORE_RULES_H_
#define PAYOUT_ADAPTERS_RECORD_STORE_RULES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/ports/payout_store.h"
#include "server/domain/payout.h"

namespace payout::record {

// Parked callbacks are kept for at most so many ids.
inline constexpr int kParkedIdsMax = 10'000;

// The new row of PayoutStore::Insert; its sequence is the store's to set.
Payout NewRow(Payout payout, std::int64_t position);
Event FirstEvent(const Payout& row);

// The row that PayoutStore::Apply writes in place of `row`; `next_position` is used when the change
// emits an event. ABORTED: decided on another version. INVALID_ARGUMENT: the status differs though
// the change emits no event; callers would see something that no stream ever told.
absl::StatusOr<Payout> ChangedRow(Payout row, const Change& change, std::int64_t next_position);
// The event of a change that has left the row as `after`.
Event ChangeEvent(State before, const Payout& after);

// When a leased row was not taken, it may be had from then on.
absl::Time AvailableAt(absl::Time due_at, absl::Time lease_until);

// Whether a stream with this filter wants a payout in `state`. `keys` are not looked at.
bool Wants(const StreamFilter& filter, const TenantName& tenant, const MerchantName& merchant,
           State state);

// Whether a feed's snapshot shows it.
inline bool OpenOrNeedsReview(const Status& status) {
  return !IsSettled(status.state) || !status.needs_review.empty();
}

// Shows `row` as `event`, its last one at the position asked for, left it.
void Rewind(const Event& event, Payout& row);

}  // namespace payout::record

#endif  // PAYOUT_ADAPTERS_RECORD_STORE_RULES_H_
