// SharedReader: finds payouts on the threads of those who ask, on a connection that cannot write.
//
// Used by: sqlite_store.cc. A read takes about ten microseconds, less than handing it to another
// thread and back; readers take turns.
// Thread-safety: any thread. Errors: as Database.

#ifndef PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
#define PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/rows.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

class SharedReader final : public PayoutReader {
 public:
  explicit SharedReader(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override {
    const std::lock_guard lock(mutex_);
    return FindPayout(*database_, key);
  }

 private:
  std::mutex mutex_;
  const std::unique_ptr<Database> database_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_SHARED_READER_H_
