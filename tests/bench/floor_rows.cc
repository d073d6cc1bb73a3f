#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/sql.h"
#include "tests/bench/floor.h"
#include "tests/bench/load.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCheckpointPages = 4000;  // as the gateway's
// The insert writes 2, the claim and the answer 3 each: row, event, call.
constexpr double kRowsAccepted = 8;
constexpr std::int64_t kNow = 1'800'000'000'000'000;

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

absl::Status ErrorOf(sqlite3* database) { return absl::InternalError(sqlite3_errmsg(database)); }

absl::StatusOr<Database> Open(const std::string& path, int flags) {
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

absl::StatusOr<Model> ReadModel(const RowsFloor& plan) {
  absl::StatusOr<Database> store = Open(plan.like, SQLITE_OPEN_READWRITE);
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
  const std::size_t events = plan.accepted ? 3 : 1;
  if (payouts.empty() || model.events.size() < events || (plan.accepted && attempts.empty())) {
    return absl::FailedPreconditionError(plan.like + " has no payout to go by");
  }
  model.payout = payouts.front();
  if (plan.accepted) model.attempt = attempts.front();
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

enum Step { kInsert, kLease, kClaim, kAnswer };

class Writer {
 public:
  Writer(const RowsFloor& plan, const Model& model, Database database)
      : plan_(plan), model_(model), database_(std::move(database)) {
    sqlite3_wal_hook(database_.get(), &Writer::OnWal, this);
  }

  absl::StatusOr<Figures> Run() {
    absl::Status status = RunFor(plan_.time / 5);
    if (!status.ok()) return status;
    latencies_.clear();
    writes_ = wal_pages_ = 0;
    const std::int64_t first = sequence_;
    const Stretch stretch;
    status = RunFor(plan_.time);
    if (!status.ok()) return status;
    const auto count = static_cast<std::size_t>(sequence_ - first);
    const auto commits = static_cast<double>(latencies_.size());
    Figures figures = stretch.End(count, std::move(latencies_));
    figures["commits_per_op"] = commits / static_cast<double>(count);
    figures["rows_per_op"] = static_cast<double>(writes_) / static_cast<double>(count);
    figures["wal_pages_per_op"] = static_cast<double>(wal_pages_) / static_cast<double>(count);
    return figures;
  }

 private:
  static int OnWal(void* self, sqlite3*, const char*, int pages) {
    auto* writer = static_cast<Writer*>(self);
    writer->wal_pages_ +=
        static_cast<std::size_t>(pages >= writer->log_pages_ ? pages - writer->log_pages_ : pages);
    writer->log_pages_ = pages;
    return SQLITE_OK;
  }

  // As many payouts go together as makes the wanted number of commits per payout: each step of
  // them is a commit, as in a gateway in which each payout is at another step.
  absl::Status RunFor(std::chrono::milliseconds time) {
    const double leased =
        plan_.accepted ? std::clamp(plan_.rows_per_payout - kRowsAccepted, 0.0, 1.0) : 0;
    const double steps = plan_.accepted ? 3 + leased : 1;
    const auto together = static_cast<std::int64_t>(
        std::max(1.0, std::round(steps / std::max(plan_.commits_per_payout, 1e-3))));
    leases_ = static_cast<std::int64_t>(std::round(leased * static_cast<double>(together)));
    const Clock::time_point end = Clock::now() + time;
    const std::int64_t begun_with = sequence_;
    while (Clock::now() < end) {
      if (plan_.calls != 0 && sequence_ - begun_with >= static_cast<std::int64_t>(plan_.calls)) {
        break;
      }
      const std::int64_t first = sequence_ + 1;
      absl::Status status = Commit(kInsert, first, first + together);
      if (leases_ > 0) status.Update(Commit(kLease, first, first + leases_));
      if (plan_.accepted) {
        status.Update(Commit(kClaim, first, first + together));
        status.Update(Commit(kAnswer, first, first + together));
      }
      if (!status.ok()) return status;
      sequence_ += together;
    }
    return absl::OkStatus();
  }

  absl::Status Commit(Step step, std::int64_t first, std::int64_t end) {
    const Clock::time_point began = Clock::now();
    absl::Status status = begin_.Run();
    for (std::int64_t sequence = first; sequence < end && status.ok(); ++sequence) {
      status = Write(step, sequence);
    }
    if (status.ok()) status = commit_.Run();
    latencies_.push_back(Clock::now() - began);
    if (log_pages_ >= kCheckpointPages) {
      sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                nullptr);
      log_pages_ = 0;
    }
    return status;
  }

  absl::Status Write(Step step, std::int64_t sequence) {
    switch (step) {
      case kInsert:
        return Insert(sequence);
      case kLease:
        ++writes_;
        return lease_.Run(owner_, kNow + 1, sequence);
      case kClaim:
        return Change(sequence, 2);
      case kAnswer:
        return Change(sequence, 3);
    }
    return absl::OkStatus();
  }

  absl::Status Insert(std::int64_t sequence) {
    const Record& row = model_.payout;
    writes_ += 2;
    // Who gets no lease later has one from the beginning, unless nothing is sent.
    const bool leased = plan_.accepted && leases_ == 0;
    absl::Status status = insert_.Run(
        row.at("tenant"), row.at("merchant"), BenchId(static_cast<std::size_t>(sequence)),
        row.at("amount"), row.at("currency"), row.at("method"), kNow + sequence, kNow + sequence,
        std::int64_t{1}, std::int64_t{0}, std::int64_t{1}, ++position_, std::int64_t{1},
        std::int64_t{3}, kNow + sequence, row.at("fingerprint"),
        Prepared::Blob{model_.events[0].at("status")}, Prepared::Blob{row.at("bookkeeping")},
        Prepared::Blob{row.at("sensitive")}, nullptr, leased ? &owner_ : nullptr,
        leased ? std::optional(kNow + 1) : std::nullopt);
    status.Update(event_.Run(position_, sequence, row.at("tenant"), std::int64_t{1}, nullptr,
                             std::int64_t{1}, kNow + sequence,
                             Prepared::Blob{model_.events[0].at("status")}));
    return status;
  }

  // To SUBMITTING (2) or PROCESSING (3): the row, its event, and the call that begins or ends.
  absl::Status Change(std::int64_t sequence, std::int64_t revision) {
    const Record& row = model_.payout;
    const Record& attempt = model_.attempt;
    const std::string& status_blob =
        model_.events[static_cast<std::size_t>(revision - 1)].at("status");
    const std::int64_t state = revision == 2 ? 2 : 4;
    const bool ended = revision == 3;
    writes_ += 3;
    absl::Status status =
        update_.Run(kNow + sequence, state, std::int64_t{0}, revision, ++position_,
                    Prepared::Blob{status_blob}, revision, std::int64_t{ended ? 5 : 1},
                    kNow + 60'000'000 + sequence, Prepared::Blob{row.at("bookkeeping")}, sequence);
    status.Update(event_.Run(position_, sequence, row.at("tenant"), revision, revision - 1, state,
                             kNow + sequence, Prepared::Blob{status_blob}));
    if (ended) {
      status.Update(attempt_.Run(sequence, std::int64_t{1}, std::int64_t{2}, kNow + sequence,
                                 kNow + sequence, std::int64_t{3}, std::int64_t{201},
                                 attempt.at("answer"), attempt.at("rule")));
    } else {
      status.Update(attempt_.Run(sequence, std::int64_t{1}, std::int64_t{2}, kNow + sequence,
                                 nullptr, std::int64_t{0}, std::int64_t{0}, std::string(),
                                 attempt.at("rule")));
    }
    return status;
  }

  const RowsFloor& plan_;
  const Model& model_;
  const Database database_;
  const std::string owner_ = "bench-instance-0123456789";
  Prepared begin_{database_.get(), "BEGIN IMMEDIATE"};
  Prepared commit_{database_.get(), "COMMIT"};
  Prepared insert_{database_.get(), sqlite::sql::kInsertRow};
  Prepared event_{database_.get(), sqlite::sql::kInsertEvent};
  Prepared lease_{database_.get(), sqlite::sql::kTakeLease};
  Prepared update_{database_.get(), sqlite::sql::kUpdateRow};
  Prepared attempt_{database_.get(), sqlite::sql::kPutAttempt};
  std::int64_t sequence_ = 0;
  std::int64_t position_ = 0;
  std::int64_t leases_ = 0;  // of the payouts that go together
  int log_pages_ = 0;
  std::size_t wal_pages_ = 0;
  std::size_t writes_ = 0;
  std::vector<std::chrono::nanoseconds> latencies_;
};

}  // namespace

absl::StatusOr<Figures> RunRowsFloor(const RowsFloor& plan) {
  const absl::StatusOr<Model> model = ReadModel(plan);
  if (!model.ok()) return model.status();
  absl::StatusOr<Database> database =
      Open(plan.dir + "/floor.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!database.ok()) return database.status();
  absl::Status status =
      Execute(database->get(),
              "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL; "
              "PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  for (const Record& object : model->schema) {
    if (status.ok()) status = Execute(database->get(), object.at("sql"));
  }
  if (!status.ok()) return status;
  return Writer(plan, *model, *std::move(database)).Run();
}

}  // namespace payout::bench
