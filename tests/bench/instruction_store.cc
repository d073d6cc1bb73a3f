// The store: rows of SQLite in a real file, written and read as the store's threads do it.
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/sqlite/open_store.h"
#include "adapters/sqlite/read_ops.h"
#include "adapters/sqlite/write_ops.h"
#include "server/domain/decide.h"
#include "tests/bench/instruction_paths.h"
#include "tests/bench/instruction_samples.h"
#include "tests/contract/temp_dir.h"

namespace payout::bench {
namespace {

constexpr char kOwner[] = "process-1";

// A new store in a directory that goes with it.
class Store {
 public:
  Store() : opened_(Must(sqlite::OpenStore(directory_.File("payouts.db"), {}))) {}

  // Sixty payouts to read; nobody waits for the disk.
  std::vector<PayoutKey> Fill() {
    Must(opened_.writer->Execute("PRAGMA synchronous = OFF"));
    std::vector<PayoutKey> keys;
    for (int i = 0; i < 60; ++i) keys.push_back(Live(i).intent.key);
    return keys;
  }

  sqlite::ReadOps& reads() { return reads_; }

  // Records a payout and brings it to its end: six commits.
  Payout Live(int number) {
    absl::Time now = kSampleTime + absl::Seconds(number);
    const auto moment = [&now] {
      return Moment{.now = now, .monotonic = now - kSampleTime, .instance = 1};
    };
    const InsertResult inserted = Commit(
        [&](sqlite::WriteOps& ops) { return ops.Insert(SamplePayout(number, now), std::nullopt); });
    Expect(inserted.inserted, "the payout exists");
    const LeaseResult lease = Commit([&](sqlite::WriteOps& ops) {
      return ops.Lease({.merchant = inserted.payout.intent.key.merchant,
                        .work = WorkClass::kCreate,
                        .now = now,
                        .until = now + absl::Seconds(30),
                        .owner = kOwner});
    });
    Expect(lease.payouts.size() == 1, "the payout is not due");
    Payout row = lease.payouts.front();

    Attempt call{.call = Call::kCreate, .started_at = now};
    row = Apply(row, DecideClaim(row, moment(), policy_), call, false, now);
    now += absl::Milliseconds(80);
    Finish(call, now, 201, "ACCEPTED");
    const CreateAnswer accepted = SampleAccepted(row.intent);
    row = Apply(row, DecideCreate(row, accepted, moment(), policy_), call, true, now);

    now += absl::Seconds(5);
    Commit([&](sqlite::WriteOps& ops) { return ops.RecordHint(row.intent.key, now); });
    call = {.call = Call::kRead, .started_at = now};
    Finish(call, now + absl::Milliseconds(40), 200, "FOUND");
    const ReadAnswer read = SampleFound(row.intent, PlatformStatus::kSuccess);
    row = Apply(row, DecideRead(row, read, 1, moment(), policy_), call, false, now);
    Expect(row.status.state == State::kSucceeded, "the payout was not settled");
    return row;
  }

 private:
  // One call in a commit of its own, as group_commit.cc makes it.
  template <class Operation>
  typename std::invoke_result_t<Operation, sqlite::WriteOps&>::value_type Commit(
      Operation operation) {
    sqlite::Database& database = *opened_.writer;
    Must(database.Run("BEGIN IMMEDIATE").Finish());
    auto result = Must(operation(writes_));
    Must(database.Run("COMMIT").Finish());
    opened_.epoch_file->Note(writes_.reach());
    writes_.TakeEvents();
    return result;
  }

  static void Finish(Attempt& call, absl::Time now, int status, std::string answer) {
    call.ended_at = now;
    call.certainty = Certainty::kAnswered;
    call.http_status = status;
    call.answer = std::move(answer);
  }

  Payout Apply(const Payout& before, Decision decision, Attempt call, bool closes, absl::Time now) {
    call.rule = std::move(decision.rule);
    Change change{.after = std::move(decision.after),
                  .expected_version = before.version,
                  .emits_event = decision.emits_event,
                  .at = now,
                  .hint_due_at = now,
                  .attempt = std::move(call),
                  .closes_attempt = closes};
    return Commit([&](sqlite::WriteOps& ops) { return ops.Apply(change); });
  }

  const testing::TempDir directory_;
  sqlite::OpenedStore opened_;
  sqlite::WriteOps writes_{*opened_.writer, opened_.reach};
  sqlite::ReadOps reads_{*opened_.reader};
  const Policy policy_;
};

void Write(int times, Checksum& sum) {
  Store store;
  for (int i = 0; i < times; ++i) {
    const Payout row = store.Live(i);
    sum.Add(static_cast<std::uint64_t>(row.position));
    sum.Add(static_cast<std::uint64_t>(row.version));
    sum.Add(row.status.transaction_reference);
  }
}

void Find(int times, Checksum& sum) {
  Store store;
  const std::vector<PayoutKey> keys = store.Fill();
  for (int i = 0; i < times; ++i) {
    const PayoutKey& key = keys[static_cast<std::size_t>(i) * 7 % keys.size()];
    const std::optional<Payout> row = Must(store.reads().Find(key));
    Expect(row.has_value(), "the payout was not found");
    sum.Add(row->rendered.body);
    sum.Add(static_cast<std::uint64_t>(row->revision));
  }
}

void Pages(int times, Checksum& sum) {
  Store store;
  store.Fill();
  const ListQuery query{.tenant = TenantName("billing"), .limit = 50};
  const StreamFilter feed{.tenant = TenantName("billing")};
  for (int i = 0; i < times; ++i) {
    for (const Payout& row : Must(store.reads().List(query))) {
      sum.Add(static_cast<std::uint64_t>(row.sequence));
    }
    const EventPage page = Must(store.reads().ReadEvents(&feed, 20, 100));
    Expect(page.events.size() == 100, "events are missing");
    for (const Event& event : page.events) sum.Add(static_cast<std::uint64_t>(event.position));
  }
}

}  // namespace

std::vector<InstructionPath> StorePaths() {
  return {
      {"store-write", 30, "inserts, leases, claims, answers, hints and settles one payout", Write},
      {"store-find", 200, "finds one payout", Find},
      {"store-pages", 10, "lists 50 payouts and reads 100 events of a feed", Pages},
  };
}

}  // namespace payout::bench
