#include "adapters/sqlite/identity.h"

#include <cstdint>
#include <string>

#include "server/base/digest.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

constexpr std::string_view kSetMeta = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)";

// Random, so that tokens of a store that was removed and made anew, or of a history that a restore
// has cut off, do not fit by accident.
std::int64_t NewEpoch() {
  std::int64_t epoch = 0;
  while (epoch == 0) {
    for (const char byte : RandomBytes(7)) epoch = epoch << 8 | static_cast<unsigned char>(byte);
  }
  return epoch;
}

absl::Status BeginEpochInTransaction(Database& database, absl::Time now) {
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t last,
                          database.QueryInt("SELECT max(sequence) FROM payouts"));
  PAYOUT_RETURN_IF_ERROR(database.Run(kSetMeta).Bind("epoch").Bind(NewEpoch()).Finish());
  PAYOUT_RETURN_IF_ERROR(
      database.Run(kSetMeta).Bind("restored_at").Bind(absl::ToUnixMicros(now)).Finish());
  return database.Run(kSetMeta).Bind("restored_to").Bind(last).Finish();
}

}  // namespace

absl::Status WriteIdentity(Database& database) {
  PAYOUT_RETURN_IF_ERROR(
      database.Run(kSetMeta).Bind("store_id").Bind(HexEncode(RandomBytes(16))).Finish());
  PAYOUT_RETURN_IF_ERROR(database.Run(kSetMeta).Bind("epoch").Bind(NewEpoch()).Finish());
  return database.Run(kSetMeta).Bind("secret").BindBlob(RandomBytes(32)).Finish();
}

absl::StatusOr<StoreIdentity> ReadIdentity(Database& database) {
  StoreIdentity identity;
  Query query = database.Run(
      "SELECT name, value FROM meta WHERE name IN ('store_id', 'epoch', 'secret', 'restored_at')");
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) break;
    const std::string_view name = query.Bytes(0);
    if (name == "store_id") identity.store_id = query.String(1);
    if (name == "epoch") identity.epoch = static_cast<std::uint64_t>(query.Int(1));
    if (name == "secret") identity.secret = SecretString(query.String(1));
    if (name == "restored_at") identity.restored_at = absl::FromUnixMicros(query.Int(1));
  }
  if (identity.store_id.size() != 32 || identity.epoch == 0 ||
      identity.secret.Reveal().size() != 32) {
    return absl::DataLossError(database.path() + " has lost its identity");
  }
  return identity;
}

absl::Status BeginEpoch(Database& database, absl::Time now) {
  PAYOUT_RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
  absl::Status status = BeginEpochInTransaction(database, now);
  if (status.ok()) status = database.Execute("COMMIT");
  if (!status.ok() && database.InTransaction()) database.Execute("ROLLBACK").IgnoreError();
  return status;
}

}  // namespace payout::sqlite
