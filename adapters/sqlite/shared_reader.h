// SharedReader: finds payouts on the threads of those who ask, on connections that cannot write.
//
// Used by: sqlite_store.cc. A read takes less time than handing it to another thread and back, and
// a third of it was the beginning and the end of a transaction. So a connection keeps its
// transaction until the first read after a commit, or until the log is moved. That relies on being
// told of all commits: what another program writes to the file may stay unseen until our next one.
// Thread-safety: any thread. Errors: as Database; UNAVAILABLE when all connections are in use, or
// closed.

#ifndef PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
#define PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "adapters/sqlite/database.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

class SharedReader final : public PayoutReader {
 public:
  // A thread that waits for the disk, or loses its core, in the middle of a read has one of them.
  static constexpr std::size_t kConnections = 4;
  using Connections = std::array<std::unique_ptr<Database>, kConnections>;

  explicit SharedReader(Connections connections);

  // Sees all that was committed, or seen by any other reader, before the call.
  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override;

  // Around each COMMIT of the writer, one at a time. While it lives, others may see the commit or
  // not see it yet; reads begin anew then and are not kept.
  class Committing {
   public:
    explicit Committing(SharedReader& reader) : reader_(reader) { ++reader_.commits_; }
    ~Committing() { ++reader_.commits_; }
    Committing(const Committing&) = delete;
    Committing& operator=(const Committing&) = delete;

   private:
    SharedReader& reader_;
  };

  // Ends the transactions that are kept, and while it lives none is: they would keep the log from
  // being moved and from starting anew. One at a time. Waits for reads that are under way.
  class NothingKept {
   public:
    explicit NothingKept(SharedReader& reader);
    ~NothingKept() { reader_.keeps_ = true; }
    NothingKept(const NothingKept&) = delete;
    NothingKept& operator=(const NothingKept&) = delete;

   private:
    SharedReader& reader_;
  };

  // Closes the connections.
  void Close();

 private:
  struct Slot {
    std::mutex mutex;
    std::unique_ptr<Database> database;
    std::int64_t commits = 0;  // commits_ before its transaction began
  };

  absl::StatusOr<std::optional<Payout>> FindIn(Slot& slot, const PayoutKey& key);

  std::atomic<std::int64_t> commits_{0};  // begun and ended: odd while one is under way
  std::atomic<bool> keeps_{true};
  std::array<Slot, kConnections> slots_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
