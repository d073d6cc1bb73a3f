// Checkpointer: moves committed pages from the write-ahead log into the database, on a thread and a
// connection of its own, so that no commit waits for it. Has the reads ended that SharedReader
// keeps; for one that waits for the disk it waits as well.
//
// Used by: group_commit.cc, which tells it how long the log has become.
// Thread-safety: AwaitTurn and NoteLog from the writer thread. The destructor ends the thread.

#ifndef PAYOUT_ADAPTERS_SQLITE_CHECKPOINTER_H_
#define PAYOUT_ADAPTERS_SQLITE_CHECKPOINTER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/shared_reader.h"

namespace payout::sqlite {

class Checkpointer {
 public:
  // `threshold`: pages in the log from which on it starts without waiting for an idle moment.
  Checkpointer(std::unique_ptr<Database> database, SharedReader& readers, int threshold);
  ~Checkpointer();

  // Before a transaction: waits while a log that has grown far beyond the threshold is started
  // anew, which a writer that never rests would keep from happening for ever.
  void AwaitTurn();

  // After a commit: `pages` are in the log now.
  void NoteLog(int pages);

 private:
  void Loop();
  bool Due() const { return pages_ - done_ >= threshold_; }  // under the lock
  int Run();
  void SetRestarting(bool restarting);

  const std::unique_ptr<Database> database_;
  SharedReader& readers_;
  const int threshold_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool restarting_ = false;
  int pages_ = 0;    // in the log
  int done_ = 0;     // of them in the database already
  int kept_at_ = 0;  // pages when a reader kept the log from starting anew; of the thread only
  std::thread thread_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_CHECKPOINTER_H_
