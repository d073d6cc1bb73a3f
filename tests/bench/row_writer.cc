#include "tests/bench/row_writer.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/sql.h"
#include "adapters/sqlite/sqlite_store.h"

namespace payout::bench {
namespace {

const SqliteOptions kLikeTheGateway;
constexpr std::int64_t kNow = 1'800'000'000'000'000;

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

absl::Status ErrorOf(sqlite3* database) { return absl::InternalError(sqlite3_errmsg(database)); }

absl::StatusOr<Database> Open(const std::string& path, int flags) {
  // As the gateway does.
  [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return ErrorOf(handle);
  return database;
}

absl::Status Execute(sqlite3* database, const std::string& sql) {
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorOf(database);
}

// A value by its column's name, text and BLOBs as they are.
using Record = std::map<std::string, std::string>;

absl::StatusOr<std::vector<Record>> Select(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    return ErrorOf(database);
  }
  const Statement statement(raw);
  std::vector<Record> records;
  while (sqlite3_step(raw) == SQLITE_ROW) {
    Record& record = records.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw, i));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw, i));
      record[sqlite3_column_name(raw, i)] = bytes == nullptr ? "" : std::string(bytes, size);
    }
  }
  return records;
}

// The schema of a store, and one payout with its events and its call.
struct Model {
  std::vector<Record> schema;
  Record payout;
  std::vector<Record> events;
  Record attempt;
};

absl::StatusOr<Model> ReadModel(const std::string& like, bool accepted) {
  absl::StatusOr<Database> store = Open(like, SQLITE_OPEN_READWRITE);
  if (!store.ok()) return store.status();
  Model model;
  const auto take = [&store](const char* sql, std::vector<Record>& to) {
    absl::StatusOr<std::vector<Record>> records = Select(store->get(), sql);
    if (records.ok()) to = *std::move(records);
    return records.status();
  };
  std::vector<Record> payouts;
  std::vector<Record> attempts;
  absl::Status status =
      take("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid", model.schema);
  status.Update(take("SELECT * FROM payouts ORDER BY sequence DESC LIMIT 1", payouts));
  status.Update(
      take("SELECT * FROM events WHERE payout = (SELECT max(sequence) FROM payouts) "
           "ORDER BY revision",
           model.events));
  status.Update(
      take("SELECT * FROM attempts WHERE call = 2 ORDER BY payout DESC LIMIT 1", attempts));
  if (!status.ok()) return status;
  const std::size_t events = accepted ? 3 : 1;
  if (payouts.empty() || model.events.size() < events || (accepted && attempts.empty())) {
    return absl::FailedPreconditionError(like + " has no payout to go by");
  }
  model.payout = payouts.front();
  if (accepted) model.attempt = attempts.front();
  return model;
}

// A prepared statement that is run again and again.
class Prepared {
 public:
  Prepared(sqlite3* database, std::string_view sql) : database_(database) {
    sqlite3_stmt* raw = nullptr;
    sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                       SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement_.reset(raw);
  }

  template <class... Values>
  absl::Status Run(const Values&... values) {
    if (sqlite3_bind_parameter_count(statement_.get()) != static_cast<int>(sizeof...(values))) {
      return absl::InternalError("a statement of the gateway has changed");
    }
    int parameter = 0;
    (Bind(++parameter, values), ...);
    const int code = sqlite3_step(statement_.get());
    sqlite3_reset(statement_.get());
    return code == SQLITE_DONE ? absl::OkStatus() : ErrorOf(database_);
  }

  struct Blob {
    const std::string& bytes;
  };

 private:
  // Nothing that is bound changes while a statement runs, so nothing need be copied.
  void Bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), parameter, value);
  }
  void Bind(int parameter, const std::string& text) {
    sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
  }
  void Bind(int parameter, const Blob& blob) {
    sqlite3_bind_blob64(statement_.get(), parameter, blob.bytes.data(), blob.bytes.size(),
                        SQLITE_STATIC);
  }
  void Bind(int parameter, const std::string* text) {
    if (text != nullptr) return Bind(parameter, *text);
    Bind(parameter, nullptr);
  }
  void Bind(int parameter, const std::optional<std::int64_t>& value) {
    if (value) return Bind(parameter, *value);
    Bind(parameter, nullptr);
  }
  void Bind(int parameter, std::nullptr_t) { sqlite3_bind_null(statement_.get(), parameter); }

  sqlite3* const database_;
  Statement statement_;
};

}  // namespace

struct RowWriter::Impl {
  Impl(Model like, Database opened) : model(std::move(like)), database(std::move(opened)) {
    sqlite3_wal_hook(database.get(), &Impl::OnWal, this);
  }

  static int OnWal(void* self, sqlite3*, const char*, int pages) {
    auto* impl = static_cast<Impl*>(self);
    impl->wal_pages +=
        static_cast<std::size_t>(pages >= impl->log_pages ? pages - impl->log_pages : pages);
    impl->log_pages = pages;
    return SQLITE_OK;
  }

  absl::Status Change(std::int64_t sequence, std::int64_t revision) {
    const Record& row = model.payout;
    const Record& call = model.attempt;
    const std::string& status_blob =
        model.events[static_cast<std::size_t>(revision - 1)].at("status");
    const std::int64_t state = revision == 2 ? 2 : 4;
    const bool ended = revision == 3;
    rows += 3;
    absl::Status status =
        update.Run(kNow + sequence, state, std::int64_t{0}, revision, ++position,
                   Prepared::Blob{status_blob}, revision, std::int64_t{ended ? 5 : 1},
                   kNow + 60'000'000 + sequence, Prepared::Blob{row.at("bookkeeping")}, sequence);
    status.Update(event.Run(position, sequence, row.at("tenant"), revision, revision - 1, state,
                            kNow + sequence, Prepared::Blob{status_blob}));
    if (ended) {
      status.Update(attempt.Run(sequence, std::int64_t{1}, std::int64_t{2}, kNow + sequence,
                                kNow + sequence, std::int64_t{3}, std::int64_t{201},
                                call.at("answer"), call.at("rule")));
    } else {
      status.Update(attempt.Run(sequence, std::int64_t{1}, std::int64_t{2}, kNow + sequence,
                                nullptr, std::int64_t{0}, std::int64_t{0}, std::string(),
                                call.at("rule")));
    }
    return status;
  }

  const Model model;
  const Database database;
  const std::string owner = "bench-instance-0123456789";
  Prepared begin{database.get(), "BEGIN IMMEDIATE"};
  Prepared commit{database.get(), "COMMIT"};
  Prepared insert{database.get(), sqlite::sql::kInsertRow};
  Prepared event{database.get(), sqlite::sql::kInsertEvent};
  Prepared lease{database.get(), sqlite::sql::kTakeLease};
  Prepared update{database.get(), sqlite::sql::kUpdateRow};
  Prepared attempt{database.get(), sqlite::sql::kPutAttempt};
  std::int64_t position = 0;
  int log_pages = 0;
  std::size_t wal_pages = 0;
  std::size_t rows = 0;
};

RowWriter::RowWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RowWriter::~RowWriter() = default;

absl::StatusOr<std::unique_ptr<RowWriter>> RowWriter::Open(const std::string& like, bool accepted,
                                                           const std::string& path) {
  absl::StatusOr<Model> model = ReadModel(like, accepted);
  if (!model.ok()) return model.status();
  absl::StatusOr<Database> database = bench::Open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database.ok()) return database.status();
  absl::Status status =
      Execute(database->get(),
              absl::StrCat("PRAGMA cache_size = -", kLikeTheGateway.cache_kib,
                           "; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; PRAGMA "
                           "foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA "
                           "wal_autocheckpoint = 0"));
  for (const Record& object : model->schema) {
    if (status.ok()) status = Execute(database->get(), object.at("sql"));
  }
  if (!status.ok()) return status;
  return std::unique_ptr<RowWriter>(
      new RowWriter(std::make_unique<Impl>(*std::move(model), *std::move(database))));
}

absl::Status RowWriter::Begin() { return impl_->begin.Run(); }

absl::Status RowWriter::Commit() { return impl_->commit.Run(); }
absl::Status RowWriter::Rollback() { return Execute(impl_->database.get(), "ROLLBACK"); }

void RowWriter::CheckpointIfLong() {
  if (impl_->log_pages < kLikeTheGateway.checkpoint_pages) return;
  sqlite3_wal_checkpoint_v2(impl_->database.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
  impl_->log_pages = 0;
}

absl::Status RowWriter::Insert(std::int64_t sequence, const std::string& payout_id, bool leased) {
  const Record& row = impl_->model.payout;
  const std::string& status_blob = impl_->model.events[0].at("status");
  impl_->rows += 2;
  absl::Status status = impl_->insert.Run(
      row.at("tenant"), row.at("merchant"), payout_id, row.at("amount"), row.at("currency"),
      row.at("method"), kNow + sequence, kNow + sequence, std::int64_t{1}, std::int64_t{0},
      std::int64_t{1}, ++impl_->position, std::int64_t{1}, std::int64_t{3}, kNow + sequence,
      row.at("fingerprint"), Prepared::Blob{status_blob}, Prepared::Blob{row.at("bookkeeping")},
      Prepared::Blob{row.at("sensitive")}, nullptr, leased ? &impl_->owner : nullptr,
      leased ? std::optional(kNow + 1) : std::nullopt);
  status.Update(impl_->event.Run(impl_->position, sequence, row.at("tenant"), std::int64_t{1},
                                 nullptr, std::int64_t{1}, kNow + sequence,
                                 Prepared::Blob{status_blob}));
  return status;
}

absl::Status RowWriter::Lease(std::int64_t sequence) {
  ++impl_->rows;
  return impl_->lease.Run(impl_->owner, kNow + 1, sequence);
}

absl::Status RowWriter::Claim(std::int64_t sequence) { return impl_->Change(sequence, 2); }
absl::Status RowWriter::Answer(std::int64_t sequence) { return impl_->Change(sequence, 3); }

std::size_t RowWriter::rows() const { return impl_->rows; }
std::size_t RowWriter::wal_pages() const { return impl_->wal_pages; }

}  // namespace payout::bench
