// Migrations: the schema, step by step. Each runs once, in order, in one transaction with its
// number.
//
// Used by: sqlite_store.cc; tests bring lists of their own.
// A step that was released never changes; corrections are new steps.

#ifndef PAYOUT_ADAPTERS_SQLITE_MIGRATIONS_H_
#define PAYOUT_ADAPTERS_SQLITE_MIGRATIONS_H_

#include <span>

#include "absl/status/status.h"
#include "adapters/sqlite/database.h"

namespace payout::sqlite {

struct Migration {
  int version;  // 1, 2, 3 ...
  const char* sql;
  absl::Status (*then)(Database&) = nullptr;  // what SQL cannot do
};

std::span<const Migration> SchemaMigrations();

// Brings the schema up to the last of `migrations`; all steps or none.
// FAILED_PRECONDITION: the file is of a newer program, or holds something else.
absl::Status Migrate(Database& database, std::span<const Migration> migrations);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_MIGRATIONS_H_
