#include "adapters/sqlite/shared_reader.h"

#include <utility>

#include "adapters/sqlite/rows.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// UNAVAILABLE: it goes on, and what it sees may be old.
absl::Status EndTransaction(Database& database) {
  if (!database.InTransaction()) return absl::OkStatus();
  const absl::Status ended = database.Run("COMMIT").Finish();
  if (!database.InTransaction()) return absl::OkStatus();
  return absl::UnavailableError(ended.message());
}

}  // namespace

SharedReader::SharedReader(Connections connections) {
  for (std::size_t i = 0; i < kConnections; ++i) slots_[i].database = std::move(connections[i]);
}

absl::StatusOr<std::optional<Payout>> SharedReader::Find(const PayoutKey& key) {
  // The first ones are used most, so that what they have cached serves most reads.
  for (Slot& slot : slots_) {
    const std::unique_lock lock(slot.mutex, std::try_to_lock);
    if (lock.owns_lock()) return FindIn(slot, key);
  }
  return absl::UnavailableError("all connections for reading are in use");
}

absl::StatusOr<std::optional<Payout>> SharedReader::FindIn(Slot& slot, const PayoutKey& key) {
  if (slot.database == nullptr) return absl::UnavailableError("the store is closed");
  Database& database = *slot.database;
  // Before the transaction begins, so that what it sees is not older than this.
  const std::int64_t commits = commits_;
  const bool keep = keeps_ && commits % 2 == 0;
  if (!keep || slot.commits != commits) PAYOUT_RETURN_IF_ERROR(EndTransaction(database));
  if (keep && !database.InTransaction()) {
    PAYOUT_RETURN_IF_ERROR(database.Run("BEGIN").Finish());
    slot.commits = commits;
  }
  absl::StatusOr<std::optional<Payout>> found = FindPayout(database, key);
  if (!found.ok()) EndTransaction(database).IgnoreError();  // The next read tries again.
  return found;
}

SharedReader::NothingKept::NothingKept(SharedReader& reader) : reader_(reader) {
  reader_.keeps_ = false;
  for (Slot& slot : reader_.slots_) {
    const std::lock_guard lock(slot.mutex);
    // One that cannot be ended keeps the log as any other reader does.
    if (slot.database != nullptr) EndTransaction(*slot.database).IgnoreError();
  }
}

void SharedReader::Close() {
  for (Slot& slot : slots_) {
    const std::lock_guard lock(slot.mutex);
    slot.database.reset();
  }
}

}  // namespace payout::sqlite
