// WriteOps: the writes of the PayoutStore port as synchronous functions on one connection.
//
// Used by: group_commit.cc, which runs them inside a transaction. A failed operation may have
// written in part; the caller rolls it back. Any operation may be undone and run again with the
// same arguments. Thread-safety: none; the writer thread only.

#ifndef PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_
#define PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/epoch_file.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

class WriteOps {
 public:
  WriteOps(Database& database, const Reach& reach) : database_(database), reach_(reach) {}

  absl::StatusOr<InsertResult> Insert(const Payout& payout, const std::optional<RowLease>& lease);
  // Brings `change` into stored form.
  absl::StatusOr<Payout> Apply(Change& change);
  absl::StatusOr<LeaseResult> Lease(const LeaseRequest& request);
  absl::Status Release(const PayoutKey& key, const std::string& owner);
  absl::StatusOr<std::optional<Schedule>> RecordHint(const PayoutKey& key, absl::Time now);
  absl::StatusOr<int> Recover(const std::string& owner, absl::Time now);
  absl::StatusOr<int> ShiftDue(absl::Time now, absl::Duration by);
  absl::StatusOr<OperatorAction> SetSwitch(PauseSwitch value, OperatorAction action);
  absl::Status FinishRestore();

  // With what was written.
  const Reach& reach() const { return reach_; }
  // Goes back to what was there before a roll-back.
  void Forget(const Reach& reach);
  // Those written since the last call.
  std::vector<EventPtr> TakeEvents() { return std::exchange(events_, {}); }

 private:
  absl::Status WriteAttempt(std::int64_t sequence, const Attempt& attempt, bool closes);
  absl::StatusOr<OperatorAction> Append(OperatorAction action);
  absl::Status Write(std::int64_t sequence, Event event);
  absl::Status Park(const PayoutKey& key, absl::Time now);
  // Rows were written that have their times from a clock that says `now`, which is in stored form.
  absl::Status NoteClock(absl::Time now);
  absl::Status SetClock(absl::Time now);

  Database& database_;
  Reach reach_;
  std::vector<EventPtr> events_;
  std::optional<absl::Time> clock_;  // as it is noted; nullopt: look
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_
