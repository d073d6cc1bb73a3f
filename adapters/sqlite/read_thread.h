// ReadThread: the thread that reads, on a connection that cannot write.
//
// Used by: sqlite_store.cc.
// Thread-safety: queue() may be used from any thread. The destructor answers what is queued, then
// ends the thread.

#ifndef PAYOUT_ADAPTERS_SQLITE_READ_THREAD_H_
#define PAYOUT_ADAPTERS_SQLITE_READ_THREAD_H_

#include <memory>
#include <thread>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/job.h"
#include "adapters/sqlite/read_ops.h"
#include "server/base/executor.h"

namespace payout::sqlite {

class ReadThread {
 public:
  ReadThread(std::unique_ptr<Database> database, Executor& executor, std::size_t queue_limit);
  ~ReadThread();

  JobQueue<ReadOps>& queue() { return queue_; }

 private:
  void Loop();

  const std::unique_ptr<Database> database_;
  Executor& executor_;
  JobQueue<ReadOps> queue_;
  std::thread thread_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_READ_THREAD_H_
