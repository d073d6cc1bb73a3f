#include "adapters/sqlite/migrations.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/schema.h"
#include "server/base/digest.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

constexpr std::string_view kSetMeta = "INSERT INTO meta (name, value) VALUES (?, ?)";

absl::Status WriteIdentity(Database& database) {
  // The epoch is random, so that tokens of a store that was removed and made anew do not fit by
  // accident.
  std::uint64_t epoch = 0;
  while (epoch == 0) {
    for (const char byte : RandomBytes(7)) epoch = epoch << 8 | static_cast<unsigned char>(byte);
  }
  PAYOUT_RETURN_IF_ERROR(
      database.Run(kSetMeta).Bind("store_id").Bind(HexEncode(RandomBytes(16))).Finish());
  PAYOUT_RETURN_IF_ERROR(
      database.Run(kSetMeta).Bind("epoch").Bind(static_cast<std::int64_t>(epoch)).Finish());
  return database.Run(kSetMeta).Bind("secret").BindBlob(RandomBytes(32)).Finish();
}

constexpr Migration kMigrations[] = {
    {1, kSchema1, WriteIdentity},
};

// 0: the file is empty.
absl::StatusOr<std::int64_t> SchemaVersion(Database& database) {
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t tables,
                          database.QueryInt("SELECT count(*) FROM sqlite_schema"));
  if (tables == 0) return 0;
  PAYOUT_ASSIGN_OR_RETURN(
      const std::int64_t has_meta,
      database.QueryInt(
          "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'"));
  std::int64_t version = 0;
  if (has_meta != 0) {
    PAYOUT_ASSIGN_OR_RETURN(
        version, database.QueryInt("SELECT value FROM meta WHERE name = 'schema_version'"));
  }
  if (version < 1) return absl::FailedPreconditionError(database.path() + " is not a payout store");
  return version;
}

absl::Status MigrateInTransaction(Database& database, std::span<const Migration> migrations) {
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t before, SchemaVersion(database));
  const int last = migrations.back().version;
  if (before > last) {
    return absl::FailedPreconditionError(absl::StrCat(
        database.path(), " has schema version ", before, "; this program knows versions up to ",
        last, ". It was written by a newer program: run that one, or restore a backup"));
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= before) continue;
    PAYOUT_RETURN_IF_ERROR(database.Execute(migration.sql));
    PAYOUT_FAIL_POINT("migrate.schema_written");
    if (migration.then != nullptr) PAYOUT_RETURN_IF_ERROR(migration.then(database));
    PAYOUT_RETURN_IF_ERROR(
        database.Run("INSERT OR REPLACE INTO meta (name, value) VALUES ('schema_version', ?)")
            .Bind(migration.version)
            .Finish());
  }
  if (before < last) {
    Log(LogLevel::kInfo, "store.migrated",
        {{"path", database.path()}, {"from", before}, {"to", last}});
  }
  return absl::OkStatus();
}

}  // namespace

std::span<const Migration> SchemaMigrations() { return kMigrations; }

absl::Status Migrate(Database& database, std::span<const Migration> migrations) {
  PAYOUT_RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
  absl::Status status = MigrateInTransaction(database, migrations);
  PAYOUT_FAIL_POINT("migrate.commit.before");
  if (status.ok()) status = database.Execute("COMMIT");
  PAYOUT_FAIL_POINT("migrate.commit.after");
  if (!status.ok() && database.InTransaction()) database.Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::StatusOr<StoreIdentity> ReadIdentity(Database& database) {
  StoreIdentity identity;
  Query query =
      database.Run("SELECT name, value FROM meta WHERE name IN ('store_id', 'epoch', 'secret')");
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) break;
    const std::string_view name = query.Bytes(0);
    if (name == "store_id") identity.store_id = query.String(1);
    if (name == "epoch") identity.epoch = static_cast<std::uint64_t>(query.Int(1));
    if (name == "secret") identity.secret = SecretString(query.String(1));
  }
  if (identity.store_id.size() != 32 || identity.epoch == 0 ||
      identity.secret.Reveal().size() != 32) {
    return absl::DataLossError(database.path() + " has lost its identity");
  }
  return identity;
}

}  // namespace payout::sqlite
