#include "adapters/sqlite/database.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// Texts that are built from a caller's filters could otherwise pile up.
constexpr std::size_t kCachedStatementsMax = 128;

bool IsDamage(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

absl::StatusCode CodeOf(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
      return absl::StatusCode::kDataLoss;
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kFailedPrecondition;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, Access access) {
  // Statistics of memory that nobody reads, for which each allocation would take a lock of the
  // process. Must come before SQLite's first use; if it does not, only time is lost.
  [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  const int mode = access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  // SQLite hands out a connection, with the error's text, even when it fails; the destructor closes
  // it.
  std::unique_ptr<Database> database(new Database(path, handle));
  if (handle == nullptr) return absl::ResourceExhaustedError("out of memory");
  if (code != SQLITE_OK) return database->Error(code, "open");
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  return database;
}

Database::~Database() {
  cache_.clear();
  sqlite3_close(handle_);
}

absl::Status Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code, sql.substr(0, 40));
}

Query Database::Run(std::string_view sql) { return Query(*this, sql); }

absl::StatusOr<std::int64_t> Database::QueryInt(std::string_view sql) {
  Query query = Run(sql);
  PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
  return row ? query.Int(0) : 0;
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(handle_) == 0; }

absl::StatusOr<Database::LogState> Database::Checkpoint(int mode) {
  LogState state;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, &state.pages, &state.done);
  state.busy = code == SQLITE_BUSY;
  if (code != SQLITE_OK && !state.busy) return Error(code, "checkpoint");
  return state;
}

absl::Status Database::Error(int code, std::string_view what) const {
  // SQLite's texts name tables and columns, never values.
  const std::string text = sqlite3_errmsg(handle_);
  if (abort_on_io_error_ && IsDamage(code)) {
    Log(LogLevel::kError, "store.io_error",
        {{"path", path_}, {"what", what}, {"code", code}, {"error", text}});
    std::abort();
  }
  return absl::Status(CodeOf(code),
                      absl::StrCat(path_, ": ", ToAbsl(what), ": ", text, " (", code, ")"));
}

Query::Query(Database& database, std::string_view sql) : database_(database) {
  if (database_.cache_.size() >= kCachedStatementsMax) {
    absl::erase_if(database_.cache_, [](const auto& entry) { return !entry.second.in_use; });
  }
  Database::Cached& cached = database_.cache_[ToAbsl(sql)];
  if (cached.in_use) {
    status_ = absl::InternalError("a statement is used twice at a time");
    return;
  }
  if (cached.statement == nullptr) {
    sqlite3_stmt* statement = nullptr;
    Note(sqlite3_prepare_v3(database_.handle_, sql.data(), static_cast<int>(sql.size()),
                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    cached.statement.reset(statement);
    if (statement == nullptr) return;
  }
  cached.in_use = true;
  cached_ = &cached;
  statement_ = cached.statement.get();
}

Query::~Query() {
  if (cached_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  cached_->in_use = false;
}

void Query::Note(int code) {
  if (code != SQLITE_OK && status_.ok()) status_ = database_.Error(code, "statement");
}

Query& Query::Bind(std::int64_t value) {
  if (status_.ok()) Note(sqlite3_bind_int64(statement_, next_parameter_++, value));
  return *this;
}

Query& Query::Bind(std::string_view text) {
  // A null pointer would bind NULL, and an empty view may have one.
  const char* data = text.empty() ? "" : text.data();
  if (status_.ok()) {
    Note(sqlite3_bind_text64(statement_, next_parameter_++, data, text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  }
  return *this;
}

Query& Query::BindBlob(std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  if (status_.ok()) {
    Note(sqlite3_bind_blob64(statement_, next_parameter_++, data, bytes.size(), SQLITE_TRANSIENT));
  }
  return *this;
}

Query& Query::Bind(const std::optional<std::int64_t>& value) {
  if (value) return Bind(*value);
  if (status_.ok()) Note(sqlite3_bind_null(statement_, next_parameter_++));
  return *this;
}

absl::StatusOr<bool> Query::Step() {
  if (!status_.ok()) return status_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Note(code);
  return status_;
}

absl::Status Query::Finish() {
  absl::StatusOr<bool> row = Step();
  while (row.ok() && *row) row = Step();
  return row.status();
}

std::optional<std::int64_t> Query::OptionalInt(int column) const {
  return IsNull(column) ? std::nullopt : std::optional(Int(column));
}

std::string_view Query::Bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string_view()
                         : std::string_view(data, static_cast<std::size_t>(size));
}

}  // namespace payout::sqlite
