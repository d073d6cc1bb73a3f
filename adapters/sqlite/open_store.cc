#include "adapters/sqlite/open_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/identity.h"
#include "adapters/sqlite/migrations.h"
#include "adapters/sqlite/sql.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// Shrinks a log that once grew large: beyond what it has when the checkpointer starts it anew.
constexpr int kLogBytesKept = 96 << 20;
// It copies pages and looks nothing up.
constexpr int kCheckpointerCacheKib = 256;

absl::Status Configure(Database& database, int cache_kib) {
  return database.Execute(absl::StrCat("PRAGMA cache_size = -", cache_kib,
                                       "; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA "
                                       "trusted_schema = OFF; PRAGMA synchronous = FULL"));
}

absl::Status UseWriteAheadLog(Database& database) {
  Query query = database.Run("PRAGMA journal_mode = WAL");
  PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row || query.Bytes(0) != "wal") {
    return absl::FailedPreconditionError(absl::StrCat(
        database.path(), " cannot have a write-ahead log; is it on a network file system?"));
  }
  return absl::OkStatus();
}

absl::Status ConfigureWriter(Database& database, const SqliteOptions& options) {
  PAYOUT_RETURN_IF_ERROR(Configure(database, options.cache_kib));
  PAYOUT_RETURN_IF_ERROR(database.Execute(absl::StrCat(
      "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ",
      kLogBytesKept)));
  if (options.max_pages > 0) {
    PAYOUT_RETURN_IF_ERROR(
        database.Execute(absl::StrCat("PRAGMA max_page_count = ", options.max_pages)));
  }
  // Before the journal mode, which is written to the file: one that is not ours stays as it is.
  PAYOUT_RETURN_IF_ERROR(Migrate(database, SchemaMigrations()));
  return UseWriteAheadLog(database);
}

// A log that was left beside the file that was put back belongs to another database, and SQLite
// applies it all the same.
absl::Status RefuseDamage(Database& database) {
  Query query = database.Run("PRAGMA quick_check(1)");
  PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
  if (row && query.Bytes(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      database.path(), " was put back and is damaged: ", row ? ToAbsl(query.Bytes(0)) : "?",
      ". Put the backup back again, and remove ", database.path(), "-wal and -shm before"));
}

// Finds out whether the database is a backup that was put back, and begins a new epoch then. The
// database comes first: a crash between it and the file leaves two epochs that differ, which is
// told as another restore at the next start; nobody was served in between.
absl::Status SettleEpoch(const std::string& path, const SqliteOptions& options,
                         OpenedStore& store) {
  PAYOUT_ASSIGN_OR_RETURN(store.identity, ReadIdentity(*store.writer));
  PAYOUT_ASSIGN_OR_RETURN(store.reach.position, store.writer->QueryInt(sql::kLastPosition));
  PAYOUT_ASSIGN_OR_RETURN(store.reach.action, store.writer->QueryInt(sql::kLastAction));
  const std::string file = path + ".epoch";
  PAYOUT_ASSIGN_OR_RETURN(const EpochReading noted, ReadEpochFile(file));
  EpochMark mark{store.identity.store_id, store.identity.epoch, store.reach};
  const std::string_view why = options.restored ? "told" : WhyRestored(noted, mark);
  if (!why.empty()) {
    PAYOUT_RETURN_IF_ERROR(RefuseDamage(*store.writer));
    PAYOUT_RETURN_IF_ERROR(BeginEpoch(*store.writer, options.now));
    PAYOUT_ASSIGN_OR_RETURN(store.identity, ReadIdentity(*store.writer));
    mark.epoch = store.identity.epoch;
    Log(LogLevel::kWarning, "store.restored",
        {{"path", path},
         {"why", why},
         {"position", mark.reach.position},
         {"noted", noted.mark ? noted.mark->reach.position : 0}});
  }
  PAYOUT_ASSIGN_OR_RETURN(store.epoch_file, EpochFile::Write(file, mark));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OpenedStore> OpenStore(const std::string& given_path, const SqliteOptions& options) {
  OpenedStore store;
  PAYOUT_ASSIGN_OR_RETURN(const std::string path, RealPath(given_path));
  PAYOUT_ASSIGN_OR_RETURN(store.lock, LockFile::Acquire(path + ".lock"));
  PAYOUT_FAIL_POINT("open.locked");
  PAYOUT_RETURN_IF_ERROR(CreatePrivateFile(path));
  PAYOUT_FAIL_POINT("open.file_created");
  PAYOUT_RETURN_IF_ERROR(RefuseHardLinks(path));

  PAYOUT_ASSIGN_OR_RETURN(store.writer, Database::Open(path, Database::Access::kReadWrite));
  PAYOUT_RETURN_IF_ERROR(ConfigureWriter(*store.writer, options));
  PAYOUT_RETURN_IF_ERROR(SettleEpoch(path, options, store));

  PAYOUT_ASSIGN_OR_RETURN(store.checkpointer, Database::Open(path, Database::Access::kReadWrite));
  PAYOUT_RETURN_IF_ERROR(Configure(*store.checkpointer, kCheckpointerCacheKib));
  // While it waits for readers to start the log anew, so does the writer. Ours take less.
  PAYOUT_RETURN_IF_ERROR(store.checkpointer->Execute("PRAGMA busy_timeout = 100"));
  PAYOUT_ASSIGN_OR_RETURN(store.reader, Database::Open(path, Database::Access::kReadOnly));
  PAYOUT_RETURN_IF_ERROR(Configure(*store.reader, options.cache_kib));
  for (std::unique_ptr<Database>& shared : store.shared_readers) {
    PAYOUT_ASSIGN_OR_RETURN(shared, Database::Open(path, Database::Access::kReadOnly));
    // Their callers do not wait for a lock; they have another way.
    PAYOUT_RETURN_IF_ERROR(shared->Execute("PRAGMA busy_timeout = 0"));
    PAYOUT_RETURN_IF_ERROR(
        Configure(*shared, options.cache_kib / static_cast<int>(SharedReader::kConnections)));
  }

  PAYOUT_FAIL_POINT("open.done");
  store.writer->AbortOnIoError();
  store.checkpointer->AbortOnIoError();
  return store;
}

}  // namespace payout::sqlite
