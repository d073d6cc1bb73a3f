// SharedReader: finds payouts on the threads of those who ask, on connections that cannot write.
//
// Used by: sqlite_store.cc. A read takes about ten microseconds, less than handing it to another
// thread and back.
// Thread-safety: any thread. Errors: as Database; UNAVAILABLE when all connections are in use.

#ifndef PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
#define PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_

#include <array>
#include <cstddef>
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

  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override;

 private:
  struct Slot {
    std::mutex mutex;
    std::unique_ptr<Database> database;
  };
  std::array<Slot, kConnections> slots_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
