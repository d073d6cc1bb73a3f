#include "adapters/sqlite/migrations.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/record/record_codec.h"
#include "adapters/sqlite/identity.h"
#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/schema.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// What is QUEUED gets its column from its record; what was sent does not expire.
absl::Status WriteSubmitBefore(Database& database) {
  std::vector<std::pair<std::int64_t, std::int64_t>> times;
  {
    Query query = database.Run("SELECT sequence, sensitive FROM payouts WHERE state = 1");
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      Intent intent;
      RenderedRequest rendered;
      PAYOUT_RETURN_IF_ERROR(record::DecodeSensitive(query.Bytes(1), intent, rendered));
      if (intent.submit_before) times.emplace_back(query.Int(0), Micros(*intent.submit_before));
    }
  }
  for (const auto& [sequence, time] : times) {
    PAYOUT_RETURN_IF_ERROR(database.Run("UPDATE payouts SET submit_before = ? WHERE sequence = ?")
                               .Bind(time)
                               .Bind(sequence)
                               .Finish());
  }
  return absl::OkStatus();
}

constexpr Migration kMigrations[] = {
    {1, kSchema1, WriteIdentity},
    {2, kSchema2, WriteSubmitBefore},
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

}  // namespace payout::sqlite
