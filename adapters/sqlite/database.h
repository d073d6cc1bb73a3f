// Database and Query: RAII over one SQLite connection and its prepared statements.
//
// Used by: everything in this folder; nothing else includes sqlite3.h.
// Thread-safety: none; a connection belongs to one thread at a time.
// Errors: UNAVAILABLE when the database is busy or the disk is full (the transaction may be gone,
// see InTransaction), DATA_LOSS when the file is damaged, FAILED_PRECONDITION when it is no
// database, INTERNAL for the rest. Once AbortOnIoError was called, I/O errors, failed syncs and
// damage end the process instead: what was acknowledged could no longer be vouched for.

#ifndef PAYOUT_ADAPTERS_SQLITE_DATABASE_H_
#define PAYOUT_ADAPTERS_SQLITE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace payout::sqlite {

class Query;

class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // The file exists already.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs statements that have no parameters and whose rows nobody wants.
  absl::Status Execute(const std::string& sql);

  // A statement from the cache, ready to be bound. One use of one text at a time.
  Query Run(std::string_view sql);

  // The first column of the first row as a number; 0 without a row or for NULL.
  absl::StatusOr<std::int64_t> QueryInt(std::string_view sql);

  // False after an error that rolled the whole transaction back.
  bool InTransaction() const;
  std::int64_t LastInsertRowid() const { return sqlite3_last_insert_rowid(handle_); }
  // Rows that the last INSERT, UPDATE or DELETE changed.
  int Changes() const { return sqlite3_changes(handle_); }
  // That all statements together have changed since it was opened, undone ones included.
  std::int64_t TotalChanges() const { return sqlite3_total_changes64(handle_); }

  // Pages in the write-ahead log, and how many of them are in the database too.
  struct LogState {
    int pages = 0;
    int done = 0;
    bool busy = false;  // a reader or the writer kept it from being done
  };
  // `mode`: SQLITE_CHECKPOINT_*. A busy writer or reader is no error.
  absl::StatusOr<LogState> Checkpoint(int mode);

  void AbortOnIoError() { abort_on_io_error_ = true; }

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

 private:
  friend class Query;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Cached {
    std::unique_ptr<sqlite3_stmt, Finalize> statement;
    bool in_use = false;
  };

  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  absl::Status Error(int code, std::string_view what) const;

  const std::string path_;
  sqlite3* const handle_;
  bool abort_on_io_error_ = false;
  absl::node_hash_map<std::string, Cached> cache_;  // a query keeps a pointer into it
};

// One run of a statement. The end of its scope resets it: a read that is left open would keep the
// write-ahead log from being reset (shared_reader.h keeps some, and says when not).
class Query {
 public:
  Query(Query&&) = delete;
  ~Query();

  // Parameters in order. Bytes are copied.
  Query& Bind(std::int64_t value);
  Query& Bind(int value) { return Bind(static_cast<std::int64_t>(value)); }
  Query& Bind(std::string_view text);
  Query& BindBlob(std::string_view bytes);
  Query& Bind(const std::optional<std::int64_t>& value);

  // True: there is a row to read. False: the statement is done.
  absl::StatusOr<bool> Step();
  // For statements without rows.
  absl::Status Finish();

  // Columns of the current row, from 0. The views hold until the next Step.
  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::optional<std::int64_t> OptionalInt(int column) const;
  std::string_view Bytes(int column) const;  // TEXT or BLOB
  std::string String(int column) const { return std::string(Bytes(column)); }

 private:
  friend class Database;
  Query(Database& database, std::string_view sql);
  void Note(int code);

  Database& database_;
  Database::Cached* cached_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int next_parameter_ = 1;
  absl::Status status_;
};

// A read transaction: all queries in its scope see the same state.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& database)
      : database_(database), begun_(database.Execute("BEGIN")) {}
  ~ReadTransaction() {
    if (begun_.ok()) database_.Execute("COMMIT").IgnoreError();
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  const absl::Status& status() const { return begun_; }

 private:
  Database& database_;
  absl::Status begun_;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_DATABASE_H_
