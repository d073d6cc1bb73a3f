#include "adapters/sqlite/shared_reader.h"

#include <utility>

#include "adapters/sqlite/rows.h"

namespace payout::sqlite {

SharedReader::SharedReader(Connections connections) {
  for (std::size_t i = 0; i < kConnections; ++i) slots_[i].database = std::move(connections[i]);
}

absl::StatusOr<std::optional<Payout>> SharedReader::Find(const PayoutKey& key) {
  // The first ones are used most, so that what they have cached serves most reads.
  for (Slot& slot : slots_) {
    const std::unique_lock lock(slot.mutex, std::try_to_lock);
    if (lock.owns_lock()) return FindPayout(*slot.database, key);
  }
  return absl::UnavailableError("all connections for reading are in use");
}

}  // namespace payout::sqlite
