// GroupCommit: the one thread that writes. It takes all calls that wait, runs them in one
// transaction, commits, and only then lets any of the callers go on.
//
// Used by: sqlite_store.cc.
// Thread-safety: queue() may be used from any thread. The destructor writes what is queued, then
// ends the thread; all completions have been posted by then. Errors: a call that fails is rolled
// back alone; if it had written something, the group is run again, each call in a savepoint, so
// calls must give the same when they are run twice. When the commit fails, or an error takes the
// whole transaction with it (a full disk may), all calls of the group answer UNAVAILABLE and none
// has happened.

#ifndef PAYOUT_ADAPTERS_SQLITE_GROUP_COMMIT_H_
#define PAYOUT_ADAPTERS_SQLITE_GROUP_COMMIT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "adapters/sqlite/checkpointer.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/epoch_file.h"
#include "adapters/sqlite/job.h"
#include "adapters/sqlite/shared_reader.h"
#include "adapters/sqlite/write_ops.h"
#include "server/app/ports/payout_store.h"
#include "server/base/executor.h"

namespace payout::sqlite {

// Who listens to commits. Lives on the core loop; the store takes the callback away when it goes.
struct CommitListener {
  PayoutStore::CommitCallback callback;
};

class GroupCommit {
 public:
  struct Limits {
    std::size_t queue;
    std::size_t group;
  };
  GroupCommit(std::unique_ptr<Database> database, std::unique_ptr<EpochFile> epoch_file,
              const Reach& reach, Executor& executor, std::shared_ptr<CommitListener> listener,
              Limits limits, Checkpointer& checkpointer, SharedReader& readers);
  ~GroupCommit();

  JobQueue<WriteOps>& queue() { return queue_; }
  WriteCounts counts() const { return {commits_, calls_, rows_}; }  // any thread

 private:
  void Loop();
  absl::Status RunGroup(const Jobs<WriteOps>& jobs);
  // False: a call failed after it had written something.
  absl::StatusOr<bool> RunAll(const Jobs<WriteOps>& jobs);
  absl::Status RunAgainWithSavepoints(const Jobs<WriteOps>& jobs);

  const std::unique_ptr<Database> database_;
  const std::unique_ptr<EpochFile> epoch_file_;
  Executor& executor_;
  const std::shared_ptr<CommitListener> listener_;
  const Limits limits_;
  Checkpointer& checkpointer_;
  SharedReader& readers_;
  WriteOps ops_;
  Reach committed_;
  JobQueue<WriteOps> queue_;
  std::atomic<std::int64_t> commits_{0};
  std::atomic<std::int64_t> calls_{0};
  std::atomic<std::int64_t> rows_{0};
  std::thread thread_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_GROUP_COMMIT_H_
