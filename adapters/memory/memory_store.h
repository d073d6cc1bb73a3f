// MemoryStore: the PayoutStore contract in its simplest form, on maps.
//
// Used by: tests and the simulation. Nothing survives the object; a simulated process that crashes
// and starts again keeps the object. Thread-safety: none; the core loop only. Every call takes
// effect and completes in a later turn of the executor, in the order of the calls, so that callers
// really suspend. A caller that is destroyed meanwhile is not resumed; its write happens all the
// same.

#ifndef PAYOUT_ADAPTERS_MEMORY_MEMORY_STORE_H_
#define PAYOUT_ADAPTERS_MEMORY_MEMORY_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/app/ports/payout_store.h"
#include "server/base/executor.h"

namespace payout {

namespace memory {
class Books;
}

class MemoryStore final : public PayoutStore {
 public:
  // With a random identity.
  explicit MemoryStore(Executor& executor);
  MemoryStore(Executor& executor, StoreIdentity identity);
  ~MemoryStore() override;

  // Fault: the next call answers `error`; a write is applied all the same if `after_applying`.
  void FailNext(absl::Status error, bool after_applying);

  // Callbacks that were parked for `key`.
  std::int64_t ParkedCount(const PayoutKey& key) const;

  // A backup of what is in the store now, and its being put back at `now`: what came after it is
  // gone, and a new epoch begins. For a process that is not running.
  std::shared_ptr<const memory::Books> Backup() const;
  void Restore(const memory::Books& backup, absl::Time now);

  const StoreIdentity& identity() const override;
  void OnCommit(CommitCallback callback) override;
  // Not for other threads: for the one thread that everything runs on in a test.
  PayoutReader* reader() override;

  Task<absl::StatusOr<InsertResult>> Insert(Payout payout,
                                            std::optional<RowLease> lease = std::nullopt) override;
  Task<absl::StatusOr<Payout>> Apply(Change change) override;
  Task<absl::StatusOr<LeaseResult>> Lease(LeaseRequest request) override;
  Task<absl::Status> Release(PayoutKey key, std::string owner) override;
  Task<absl::StatusOr<std::optional<Schedule>>> RecordHint(PayoutKey key, absl::Time now) override;
  Task<absl::StatusOr<int>> Recover(std::string owner, absl::Time now) override;
  Task<absl::StatusOr<int>> ShiftDue(absl::Time now, absl::Duration by) override;
  Task<absl::StatusOr<OperatorAction>> SetSwitch(PauseSwitch value, OperatorAction action) override;
  Task<absl::Status> FinishRestore() override;

  Task<absl::StatusOr<std::vector<Payout>>> RestoredRows(std::int64_t after_sequence,
                                                         int limit) override;
  Task<absl::StatusOr<std::optional<Payout>>> Find(PayoutKey key) override;
  Task<absl::StatusOr<std::vector<Payout>>> List(ListQuery query) override;
  Task<absl::StatusOr<std::int64_t>> LastPosition() override;
  Task<absl::StatusOr<std::int64_t>> OldestPosition() override;
  Task<absl::StatusOr<EventPage>> ReadEvents(std::int64_t after, int limit) override;
  Task<absl::StatusOr<EventPage>> ReadEvents(StreamFilter filter, std::int64_t after,
                                             int limit) override;
  Task<absl::StatusOr<SnapshotPage>> Snapshot(StreamFilter filter, std::int64_t position,
                                              std::int64_t after_sequence, int limit) override;
  Task<absl::StatusOr<std::vector<Attempt>>> Attempts(PayoutKey key) override;
  Task<absl::StatusOr<std::optional<PayoutHistory>>> History(PayoutKey key,
                                                             int events_max) override;
  Task<absl::StatusOr<std::vector<PauseSwitch>>> Switches() override;
  Task<absl::StatusOr<std::vector<OperatorAction>>> Actions(ActionQuery query) override;
  Task<absl::StatusOr<std::vector<ReviewCount>>> CountReview() override;
  Task<absl::StatusOr<std::vector<MerchantCounts>>> CountOpen() override;

 private:
  struct Core;
  class Reader;
  template <class T>
  class Call;
  template <class T>
  Task<absl::StatusOr<T>> Submit(std::function<absl::StatusOr<T>()> operation);

  std::shared_ptr<Core> core_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace payout

#endif  // PAYOUT_ADAPTERS_MEMORY_MEMORY_STORE_H_
