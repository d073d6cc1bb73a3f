// Who a store is: its id, its epoch and its secret, as rows of the table meta.
//
// Used by: the first migration, open_store.

#ifndef PAYOUT_ADAPTERS_SQLITE_IDENTITY_H_
#define PAYOUT_ADAPTERS_SQLITE_IDENTITY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sqlite/database.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

// Of a new store, in the transaction of its first migration.
absl::Status WriteIdentity(Database& database);

// DATA_LOSS when it is incomplete.
absl::StatusOr<StoreIdentity> ReadIdentity(Database& database);

// The store was restored: another epoch, and all rows of now are RestoredRows. Durable when it
// returns.
absl::Status BeginEpoch(Database& database, absl::Time now);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_IDENTITY_H_
