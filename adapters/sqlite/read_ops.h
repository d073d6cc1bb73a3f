// ReadOps: the reads of the PayoutStore port as synchronous functions on one connection.
//
// Used by: read_thread.cc. Each call sees one state of the store and leaves no transaction open.
// How much one call looks at is bounded, so that a filter that matches little cannot hold up other
// readers; only List by time looks at the whole range of times that it is asked for. Thread-safety:
// none; the reader thread only.

#ifndef PAYOUT_ADAPTERS_SQLITE_READ_OPS_H_
#define PAYOUT_ADAPTERS_SQLITE_READ_OPS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/sqlite/database.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

class ReadOps {
 public:
  explicit ReadOps(Database& database) : database_(database) {}

  absl::StatusOr<std::vector<Payout>> RestoredRows(std::int64_t after_sequence, int limit);
  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key);
  absl::StatusOr<std::vector<Payout>> List(const ListQuery& query);
  absl::StatusOr<std::int64_t> LastPosition();
  absl::StatusOr<std::int64_t> OldestPosition();
  // No filter: events of the whole store.
  absl::StatusOr<EventPage> ReadEvents(const StreamFilter* filter, std::int64_t after, int limit);
  absl::StatusOr<SnapshotPage> Snapshot(const StreamFilter& filter, std::int64_t position,
                                        std::int64_t after_sequence, int limit);
  absl::StatusOr<std::vector<Attempt>> Attempts(const PayoutKey& key);
  absl::StatusOr<std::optional<PayoutHistory>> History(const PayoutKey& key, int events_max);
  absl::StatusOr<std::vector<PauseSwitch>> Switches();
  absl::StatusOr<std::vector<OperatorAction>> Actions(const ActionQuery& query);
  absl::StatusOr<std::vector<ReviewCount>> CountReview();
  absl::StatusOr<std::vector<MerchantCounts>> CountOpen();

 private:
  absl::StatusOr<EventPage> ScanEvents(const StreamFilter* filter, std::int64_t after, int limit);
  absl::StatusOr<EventPage> ReadEventsOfKeys(const StreamFilter& filter, std::int64_t after,
                                             int limit);
  // Sequences after `after`, in order, of payouts that the snapshot may have to show; at most
  // `limit`.
  absl::StatusOr<std::vector<std::int64_t>> FeedCandidates(const TenantName& tenant,
                                                           std::int64_t position,
                                                           std::int64_t after, int limit);
  absl::StatusOr<std::vector<std::int64_t>> KeyCandidates(const StreamFilter& filter,
                                                          std::int64_t after);
  // The row as of `position`; nullopt: it did not exist.
  absl::StatusOr<std::optional<Payout>> AsOf(std::int64_t sequence, std::int64_t position);

  Database& database_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_READ_OPS_H_
