#include "tests/bench/store_filler.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/echelon/create_codec.h"
#include "adapters/record/store_rules.h"
#include "adapters/record/stored_form.h"
#include "adapters/sqlite/open_store.h"
#include "adapters/sqlite/rows.h"
#include "server/app/capability.h"
#include "server/base/digest.h"
#include "server/base/status_macros.h"
#include "server/domain/decide.h"
#include "server/domain/fingerprint.h"
#include "tests/bench/interrupt.h"

namespace payout::bench {
namespace {

using sqlite::Database;
using sqlite::Query;

constexpr std::size_t kRowsPerTransaction = 10'000;
// Payouts were made one after the other until now, so many a day.
constexpr double kPayoutsPerDay = 100'000;
// Nothing is due while growth is measured, nor when the store is used again: the platform cannot be
// asked.
constexpr absl::Duration kNextRead = absl::Hours(24 * 200);

Policy PolicyOfStore() {
  Policy policy;
  policy.audits = {kNextRead};
  return policy;
}

struct Index {
  std::string name;
  std::string sql;
};

// Indexes are made at the end, sorted, which is much faster than row by row; the file is the same
// in content.
absl::StatusOr<std::vector<Index>> TakeIndexes(Database& database) {
  std::vector<Index> indexes;
  {
    Query query =
        database.Run("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''");
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      indexes.push_back({query.String(0), query.String(1)});
    }
  }
  for (const Index& index : indexes) {
    PAYOUT_RETURN_IF_ERROR(database.Execute("DROP INDEX " + index.name));
  }
  return indexes;
}

class Filler {
 public:
  Filler(sqlite::OpenedStore& store, const FillPlan& plan)
      : database_(*store.writer),
        plan_(plan),
        end_(plan.now - absl::Minutes(10)),
        step_(absl::Hours(24) / kPayoutsPerDay),
        fingerprint_key_(HmacSha256(store.identity.secret.Reveal(), "fingerprint")),
        capability_(
            "http://127.0.0.1:7451",
            {{"s1", SecretString(HmacSha256(store.identity.secret.Reveal(), "callback"))}}) {}

  absl::Status Fill() {
    // An index of millions of rows takes long, too.
    constexpr int kSteps = 100'000;
    sqlite3_progress_handler(
        database_.handle(), kSteps, [](void*) { return Interrupted() ? 1 : 0; }, nullptr);
    PAYOUT_RETURN_IF_ERROR(database_.Execute("PRAGMA synchronous = OFF"));
    PAYOUT_RETURN_IF_ERROR(database_.Execute("PRAGMA foreign_keys = OFF"));
    PAYOUT_RETURN_IF_ERROR(database_.Execute("PRAGMA cache_size = -1048576"));
    // The log would hold everything twice.
    PAYOUT_RETURN_IF_ERROR(SetJournal("OFF"));
    PAYOUT_ASSIGN_OR_RETURN(const std::vector<Index> indexes, TakeIndexes(database_));
    for (std::size_t number = 0; number < plan_.payouts; number += kRowsPerTransaction) {
      PAYOUT_RETURN_IF_ERROR(database_.Execute("BEGIN"));
      const std::size_t end = std::min(number + kRowsPerTransaction, plan_.payouts);
      for (std::size_t i = number; i < end; ++i) PAYOUT_RETURN_IF_ERROR(Write(i));
      PAYOUT_RETURN_IF_ERROR(database_.Execute("COMMIT"));
      if (plan_.progress) plan_.progress(end);
      PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
    }
    // The callback that led to the read; new rows have none.
    PAYOUT_RETURN_IF_ERROR(database_.Execute("UPDATE payouts SET hint_seq = 1 WHERE state = 5"));
    for (const Index& index : indexes) PAYOUT_RETURN_IF_ERROR(database_.Execute(index.sql));
    return SetJournal("WAL");
  }

 private:
  absl::Status SetJournal(const std::string& mode) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, database_.Run("PRAGMA journal_mode = " + mode).Step());
    return row ? absl::OkStatus() : absl::InternalError("no journal mode");
  }

  Payout Ask(std::size_t number, absl::Time now) const {
    Intent intent;
    intent.key = {MerchantName(plan_.merchant), PayoutId(FilledId(number))};
    intent.tenant = TenantName(plan_.tenant);
    intent.money = {*Decimal::Parse("25.25"), "EUR"};
    intent.method = BankTransfer{.account_name = "Ada Example",
                                 .account_number = "DE00123456780000000000",
                                 .operator_code = "BNK_000"};
    RenderedRequest rendered = echelon::RenderCreate(intent, capability_.Url(intent.key));
    std::string fingerprint = Fingerprint(intent, fingerprint_key_);
    return NewPayout(std::move(intent), std::move(fingerprint), std::move(rendered), now);
  }

  PlatformView View(const Payout& row) const {
    return {.payout_id = row.intent.key.payout_id.value(),
            .platform_reference = row.intent.key.payout_id.value(),
            .transaction_reference = absl::StrCat("TX", row.position),
            .method_code = std::string(MethodCode(row.intent.method)),
            .money = row.intent.money,
            .segment_code = ""};
  }

  // Carries the decision out on `row`, as the store would.
  absl::Status Apply(Decision decision, std::optional<Attempt> attempt, absl::Time now,
                     Payout& row) {
    Change change;
    change.after = std::move(decision.after);
    change.expected_version = row.version;
    change.emits_event = decision.emits_event;
    change.at = change.hint_due_at = now;
    if (attempt) attempt->rule = std::move(decision.rule);
    change.attempt = std::move(attempt);
    PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(change));
    PAYOUT_ASSIGN_OR_RETURN(Payout after, record::ChangedRow(row, change, position_ + 1));
    if (change.emits_event) {
      ++position_;
      events_.push_back(record::ChangeEvent(row.status.state, after));
    }
    if (change.attempt) attempts_.push_back(*std::move(change.attempt));
    row = std::move(after);
    return absl::OkStatus();
  }

  absl::Status Send(State until, absl::Time now, Payout& row) {
    const auto moment = [&now] {
      return Moment{.now = now, .monotonic = absl::Seconds(1), .instance = 1};
    };
    PAYOUT_RETURN_IF_ERROR(Apply(DecideClaim(row, moment(), policy_), std::nullopt, now, row));
    Attempt call{.call = Call::kCreate, .started_at = now, .certainty = Certainty::kAnswered};
    now += absl::Milliseconds(80);
    call.ended_at = now;
    CreateAnswer answer{.kind = CreateAnswerKind::kServerError, .http_status = 502};
    if (until != State::kOutcomeUnknown) {
      answer = {.kind = CreateAnswerKind::kAccepted, .http_status = 201, .echo = View(row)};
    }
    call.http_status = answer.http_status;
    call.answer = CreateAnswerName(answer.kind);
    PAYOUT_RETURN_IF_ERROR(Apply(DecideCreate(row, answer, moment(), policy_), call, now, row));
    if (until != State::kSucceeded) return absl::OkStatus();

    row.hint_seq = 1;
    now += absl::Seconds(5);
    call = Attempt{.call = Call::kRead,
                   .started_at = now - absl::Milliseconds(50),
                   .ended_at = now,
                   .certainty = Certainty::kAnswered,
                   .http_status = 200,
                   .answer = std::string(ReadAnswerName(ReadAnswerKind::kFound))};
    ReadAnswer read{.kind = ReadAnswerKind::kFound, .http_status = 200};
    read.observation = Observation{.view = View(row),
                                   .status = PlatformStatus::kSuccess,
                                   .status_text = "SUCCESS",
                                   .processor_status = "PROCESSED",
                                   .fee = Money{*Decimal::Parse("0.25"), "EUR"},
                                   .is_test = false,
                                   .created_at = row.created_at,
                                   .processed_at = now};
    return Apply(DecideRead(row, read, row.hint_seq, moment(), policy_), call, now, row);
  }

  State StateOf(std::size_t number) const {
    if (number + plan_.open < plan_.payouts) return State::kSucceeded;
    if (number % 20 == 0) return State::kQueued;
    return number % 20 == 1 ? State::kOutcomeUnknown : State::kProcessing;
  }

  absl::Status Write(std::size_t number) {
    const absl::Time now = end_ - step_ * static_cast<double>(plan_.payouts - number);
    Payout row = Ask(number, now);
    PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(row));
    row = record::NewRow(std::move(row), ++position_);
    row.sequence = static_cast<std::int64_t>(number) + 1;
    events_.assign(1, record::FirstEvent(row));
    attempts_.clear();
    const State state = StateOf(number);
    if (state != State::kQueued) PAYOUT_RETURN_IF_ERROR(Send(state, now, row));
    if (row.status.state != state) return absl::InternalError("a payout is not as it should be");
    if (!IsSettled(state)) row.schedule.due_at = plan_.now + kNextRead;
    PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(row));

    PAYOUT_ASSIGN_OR_RETURN(const bool inserted,
                            sqlite::InsertPayout(database_, row, std::nullopt));
    if (!inserted || database_.LastInsertRowid() != row.sequence) {
      return absl::InternalError("the store was not empty");
    }
    for (const Event& event : events_) {
      PAYOUT_RETURN_IF_ERROR(sqlite::InsertEvent(database_, row.sequence, event));
    }
    std::int64_t ordinal = 0;
    for (const Attempt& attempt : attempts_) {
      PAYOUT_RETURN_IF_ERROR(sqlite::PutAttempt(database_, row.sequence, ++ordinal, attempt));
    }
    return absl::OkStatus();
  }

  Database& database_;
  const FillPlan& plan_;
  const absl::Time end_;
  const absl::Duration step_;
  const HmacKey fingerprint_key_;
  const Capability capability_;
  const Policy policy_ = PolicyOfStore();
  std::int64_t position_ = 0;
  std::vector<Event> events_;
  std::vector<Attempt> attempts_;
};

void RemoveStore(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock", ".epoch"}) {
    std::filesystem::remove(path + suffix);
  }
}

}  // namespace

absl::Status FillStore(const std::string& path, const FillPlan& plan) {
  if (std::filesystem::exists(path)) return absl::AlreadyExistsError(path + " exists");
  const std::string draft = path + ".draft";
  RemoveStore(draft);
  const auto fill = [&]() -> absl::Status {
    PAYOUT_ASSIGN_OR_RETURN(sqlite::OpenedStore store, sqlite::OpenStore(draft, {}));
    // They would keep the journal mode from being changed.
    store.reader.reset();
    store.checkpointer.reset();
    for (auto& connection : store.shared_readers) connection.reset();
    return Filler(store, plan).Fill();
  };
  const absl::Status filled = fill();
  if (!filled.ok()) {
    RemoveStore(draft);
    PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
    return filled;
  }
  std::filesystem::remove(draft + ".lock");
  std::filesystem::rename(draft + ".epoch", path + ".epoch");
  std::filesystem::rename(draft, path);
  return absl::OkStatus();
}

std::string FilledId(std::size_t number) {
  // SplitMix64: each number another id.
  std::uint64_t z = (number + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return absl::StrCat("p-", absl::Hex(z, absl::kZeroPad16));
}

}  // namespace payout::bench
