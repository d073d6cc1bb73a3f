// Rows: domain values to and from the columns of the schema.
//
// Used by: the operations in this folder. DATA_LOSS: the row holds what this program cannot have
// written.

#ifndef PAYOUT_ADAPTERS_SQLITE_ROWS_H_
#define PAYOUT_ADAPTERS_SQLITE_ROWS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/sqlite/database.h"
#include "server/app/ports/payout_store.h"
#include "server/domain/payout.h"

namespace payout::sqlite {

inline std::int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }
std::optional<std::int64_t> Micros(const std::optional<absl::Time>& time);
std::optional<absl::Time> OptionalTime(const Query& query, int column);

absl::StatusOr<WorkClass> WorkClassFrom(std::int64_t number);

// The current row of sql::kRowByKey or sql::kRowBySequence.
absl::StatusOr<Payout> ReadPayout(const Query& query);
absl::StatusOr<std::optional<Payout>> FindPayout(Database& database, const PayoutKey& key);
absl::StatusOr<std::optional<Payout>> FindPayout(Database& database, std::int64_t sequence);

// `row` without its sequence. False: the key exists.
absl::StatusOr<bool> InsertPayout(Database& database, const Payout& row,
                                  const std::optional<RowLease>& lease);
// What a decided change can alter; `with_event`: also what its event tells. Ends the lease.
absl::Status UpdatePayout(Database& database, const Payout& row, bool with_event);

// The current row of one of the event queries. The cheap parts come first, so that unwanted events
// need no decoding.
struct EventHead {
  TenantName tenant;
  MerchantName merchant;
  State state;
};
EventHead ReadEventHead(const Query& query);
absl::StatusOr<Event> ReadEvent(const Query& query);
absl::Status InsertEvent(Database& database, std::int64_t sequence, const Event& event);

Attempt ReadAttempt(const Query& query);
absl::Status PutAttempt(Database& database, std::int64_t sequence, std::int64_t ordinal,
                        const Attempt& attempt);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_ROWS_H_
