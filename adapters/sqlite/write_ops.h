// WriteOps: the writes of the PayoutStore port as synchronous functions on one connection.
//
// Used by: group_commit.cc, which runs each inside a savepoint of a transaction. A failed operation
// may have written in part; the caller rolls its savepoint back. Thread-safety: none; the writer
// thread only.

#ifndef PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_
#define PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_

#include <cstdint>
#include <string>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/epoch_file.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

class WriteOps {
 public:
  WriteOps(Database& database, const Reach& reach) : database_(database), reach_(reach) {}

  absl::StatusOr<InsertResult> Insert(Payout payout);
  absl::StatusOr<Payout> Apply(Change change);
  absl::StatusOr<LeaseResult> Lease(const LeaseRequest& request);
  absl::Status Release(const PayoutKey& key, const std::string& owner);
  absl::StatusOr<HintOutcome> RecordHint(const PayoutKey& key, absl::Time now);
  absl::StatusOr<int> Recover(const std::string& owner, absl::Time now);
  absl::StatusOr<OperatorAction> SetSwitch(PauseSwitch value, OperatorAction action);
  absl::Status FinishRestore();

  // With what was written; set back together with a roll-back.
  const Reach& reach() const { return reach_; }
  void set_reach(const Reach& reach) { reach_ = reach; }

 private:
  absl::Status WriteAttempt(std::int64_t sequence, const Attempt& attempt, bool closes);
  absl::StatusOr<OperatorAction> Append(OperatorAction action);
  absl::Status Park(const PayoutKey& key, absl::Time now);

  Database& database_;
  Reach reach_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_WRITE_OPS_H_
