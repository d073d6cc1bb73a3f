// Opening a store's file: locked, created, migrated, recognised as restored or not, its
// connections set up.
//
// Used by: sqlite_store.cc. Blocks on the disk; call it before the loop runs.

#ifndef PAYOUT_ADAPTERS_SQLITE_OPEN_STORE_H_
#define PAYOUT_ADAPTERS_SQLITE_OPEN_STORE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/sqlite/database.h"
#include "adapters/sqlite/epoch_file.h"
#include "adapters/sqlite/lock_file.h"
#include "adapters/sqlite/shared_reader.h"
#include "adapters/sqlite/sqlite_store.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

struct OpenedStore {
  std::unique_ptr<LockFile> lock;  // first: released last
  StoreIdentity identity;
  Reach reach;
  std::unique_ptr<EpochFile> epoch_file;
  std::unique_ptr<Database> writer;
  std::unique_ptr<Database> reader;
  SharedReader::Connections shared_readers;
  std::unique_ptr<Database> checkpointer;
};

absl::StatusOr<OpenedStore> OpenStore(const std::string& path, const SqliteOptions& options);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_OPEN_STORE_H_
