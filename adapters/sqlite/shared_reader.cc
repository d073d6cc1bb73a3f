#include "adapters/sqlite/shared_reader.h"

#include <utility>

#include "adapters/sqlite/rows.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

void EndTransaction(Database& database) {
  if (database.InTransaction()) database.Run("COMMIT").Finish().IgnoreError();
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
  Database& database = *slot.database;
  // Before the transaction begins: it sees these commits, and perhaps more.
  const std::int64_t commits = commits_;
  if (slot.commits != commits) EndTransaction(database);
  if (!database.InTransaction()) {
    PAYOUT_RETURN_IF_ERROR(database.Run("BEGIN").Finish());
    slot.commits = commits;
  }
  absl::StatusOr<std::optional<Payout>> found = FindPayout(database, key);
  if (!found.ok() || !keeps_) EndTransaction(database);
  return found;
}

SharedReader::NothingKept::NothingKept(SharedReader& reader) : reader_(reader) {
  reader_.keeps_ = false;
  for (Slot& slot : reader_.slots_) {
    const std::lock_guard lock(slot.mutex);
    if (slot.database != nullptr) EndTransaction(*slot.database);
  }
}

void SharedReader::Close() {
  for (Slot& slot : slots_) {
    const std::lock_guard lock(slot.mutex);
    slot.database.reset();
  }
}

}  // namespace payout::sqlite
