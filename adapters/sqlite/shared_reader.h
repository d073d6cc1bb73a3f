// SharedReader: finds payouts on the threads of those who ask, on connections that cannot write.
//
// Used by: sqlite_store.cc. A read takes about ten microseconds, less than handing it to another
// thread and back; most of what could be saved of it is the beginning and the end of a transaction,
// so a connection keeps its own until something was committed. Nobody else writes the file.
// Thread-safety: any thread; Close when nobody calls any more. Errors: as Database; UNAVAILABLE
// when all connections are in use.

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

  // All that was committed before the call is seen.
  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override;

  // After each commit, before anybody is told of it.
  void NoteCommit() { ++commits_; }

  // Ends the transactions that are kept, and while it lives none is: they would keep the log from
  // being moved and from starting anew. One at a time.
  class NothingKept {
   public:
    explicit NothingKept(SharedReader& reader);
    ~NothingKept() { reader_.keeps_ = true; }
    NothingKept(const NothingKept&) = delete;
    NothingKept& operator=(const NothingKept&) = delete;

   private:
    SharedReader& reader_;
  };

  void Close();

 private:
  struct Slot {
    std::mutex mutex;
    std::unique_ptr<Database> database;
    std::int64_t commits = 0;  // that its transaction sees at least
  };

  absl::StatusOr<std::optional<Payout>> FindIn(Slot& slot, const PayoutKey& key);

  std::atomic<std::int64_t> commits_{0};
  std::atomic<bool> keeps_{true};
  std::array<Slot, kConnections> slots_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
