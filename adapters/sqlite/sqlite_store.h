// SqliteStore: the PayoutStore of a single process, in one SQLite file.
//
// Used by: server/main. Commits are durable (WAL, synchronous=FULL) and grouped.
// Thread-safety: created, called and destroyed on the core loop. It runs three threads of its own:
// writer, reader and checkpointer; reader() reads on the threads of its callers. Lifetime: the
// executor outlives the store. Its destructor finishes what is queued and closes the file; the
// answers are posted by then, and nothing is posted afterwards. OnCommit is not called any more.
// Files: PATH (0600), PATH-wal, PATH-shm, PATH.lock, which names the process that has the store
// open, and PATH.epoch, by which a backup that was put back is recognised. Back up PATH with
// SQLite's own means, never by copying it alone while the store is open, and leave PATH.epoch out.
// Errors: see the port. Beyond `queue_limit` waiting calls: UNAVAILABLE.

#ifndef PAYOUT_ADAPTERS_SQLITE_SQLITE_STORE_H_
#define PAYOUT_ADAPTERS_SQLITE_SQLITE_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/app/ports/payout_store.h"
#include "server/base/executor.h"

namespace payout {

struct SqliteOptions {
  int queue_limit = 10'000;      // calls that wait for the writer, and as many for the reader
  int group_limit = 256;         // calls per commit
  int cache_kib = 4 * 1024;      // page cache of the writer; of the reader; of reader()
  int checkpoint_pages = 4'000;  // of the log, from which on it is moved into the database
  int max_pages = 0;             // of 4 KiB that the file may grow to; 0: as the disk allows
  // The file is a backup that was put back, whatever the epoch file says (see epoch_file.h).
  bool restored = false;
  absl::Time now = absl::UnixEpoch();  // becomes restored_at when it is one
};

class SqliteStore final : public PayoutStore {
 public:
  // Opens or creates the store. The directory of `path` is created when only that is missing.
  // FAILED_PRECONDITION: another process has it open; it is no payout store; or a newer program
  // wrote it.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(const std::string& path,
                                                           Executor& executor,
                                                           const SqliteOptions& options = {});
  ~SqliteStore() override;

  const StoreIdentity& identity() const override;
  WriteCounts write_counts() const override;
  void OnCommit(CommitCallback callback) override;
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
  struct Impl;
  explicit SqliteStore(std::unique_ptr<Impl> impl);

  template <class Ops, class T>
  class Pending;
  template <class T, class Ops>
  Task<absl::StatusOr<T>> Submit(std::function<absl::StatusOr<T>(Ops&)> operation);

  std::unique_ptr<Impl> impl_;
};

}  // namespace payout

#endif  // PAYOUT_ADAPTERS_SQLITE_SQLITE_STORE_H_
