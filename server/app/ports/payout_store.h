// PayoutStore: the durable record of payouts, their attempts, their events and received hints.
//
// Used by: use cases and streams. Implemented by: adapters/memory, adapters/sqlite; one contract
// suite (tests/contract) runs on each. The port is made for a store that several processes share:
// leases live in rows, positions are in commit order, and no reader can step over a late commit.
// Thread-safety: called and resumed on the core loop only, but for what reader() returns;
// implementations use threads of their own. Durability: a write has happened when, and only when,
// its task returns OK. Errors of every method: UNAVAILABLE when the store is busy, full or closing
// (for a write the outcome may be unknown; writes are safe to repeat or to re-decide). An I/O or
// fsync error ends the process: what was acknowledged must stay true.

#ifndef PAYOUT_SERVER_APP_PORTS_PAYOUT_STORE_H_
#define PAYOUT_SERVER_APP_PORTS_PAYOUT_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/base/task.h"
#include "server/domain/operator_action.h"
#include "server/domain/payout.h"

namespace payout {

// Who this store is.
struct StoreIdentity {
  std::string store_id;  // 32 hex digits, made with the store
  std::uint64_t epoch =
      0;  // changes when the store's history may have been rewound; part of stream tokens
  SecretString secret;  // 32 random bytes made with the store: keys of fingerprints and tokens
                        // derive from it
  // When this epoch began, if the store was found to be a backup that was put back: what happened
  // between the backup and then is not in it.
  std::optional<absl::Time> restored_at;
};

// What the store has written since it was opened.
struct WriteCounts {
  std::int64_t commits = 0;
  std::int64_t calls = 0;  // that these commits carried
  std::int64_t rows = 0;   // that they wrote, changed or removed; those that were undone, too
};

// No open row is due later than this: it is asked about at least once a day, give or take.
inline constexpr absl::Duration kDueAheadMax = absl::Hours(30);

// Who works on a row until when, so that nobody else does.
struct RowLease {
  std::string owner;  // a process instance
  absl::Time until;   // it ends by itself then
};

struct InsertResult {
  Payout payout;          // as stored: the new one, or the one that had the id
  bool inserted = false;  // false: the key existed (perhaps of another tenant); nothing was written
};

// A change of one payout, decided on the row of `expected_version`.
struct Change {
  Payout after;  // `revision`, `position`, `sequence`, `version`, `updated_at`: see Apply
  std::int64_t expected_version = 0;  // version of the row that was decided on
  bool emits_event = false;           // callers can see the difference
  absl::Time at;                      // of the event; becomes updated_at when an event is emitted
  // If a hint came while the call was in flight (hint_seq > after.hint_read_seq when written), the
  // row is due no later than this, with WorkClass kHint for open payouts.
  absl::Time hint_due_at;
  std::optional<Attempt>
      attempt;  // appended; with `closes_attempt` it replaces the newest open one instead
  bool closes_attempt = false;
  std::optional<OperatorAction> action;  // whose wish this is; appended to the log of actions
};

struct LeaseRequest {
  MerchantName merchant;
  WorkClass work = WorkClass::kCreate;
  absl::Time now;
  absl::Time until;   // the lease ends by itself then
  std::string owner;  // this process instance
  int limit = 1;
  // Only rows that are QUEUED past their submit_before, whatever `work` they wait for; they are
  // due at that time. For a merchant whose submission rests.
  bool expired_only = false;
  // Rows of these tenants are not looked at, and do not count for next_due.
  std::vector<TenantName> passed_over;
};

struct LeaseResult {
  std::vector<Payout> payouts;  // earliest due first
  std::optional<absl::Time>
      next_due;  // earliest due_at or lease end among the rows of the class that were not taken
};

struct ListQuery {
  TenantName tenant;
  std::vector<MerchantName> merchants;  // empty: all
  std::vector<State> states;            // empty: all
  std::optional<absl::Time> created_from;
  std::optional<absl::Time> created_before;
  bool needs_review = false;  // only those that need it
  std::optional<std::int64_t> before_sequence;
  int limit = 100;
};

// Which events or payouts a stream wants. Empty lists mean all.
struct StreamFilter {
  TenantName tenant;
  std::vector<MerchantName> merchants;
  std::vector<State> states;
  std::vector<PayoutKey> keys;  // by-id streams; then merchants and states are empty
};

struct EventPage {
  std::vector<Event> events;    // in order of position
  std::int64_t scanned_to = 0;  // everything up to here was looked at; resume after it
};

struct SnapshotPage {
  // Payouts of the filter as they stood at the position asked for, by sequence. `status`,
  // `revision`, `position` and `updated_at` are those of their last event at or before that
  // position.
  std::vector<Payout> payouts;
  std::optional<std::int64_t> next_after;  // sequence to go on after; nullopt: complete
};

// Of the calls made for a payout, the first and the newest are kept: one that is read every day for
// years does not grow for ever.
inline constexpr std::int64_t kAttemptsFirst = 20;
inline constexpr std::int64_t kAttemptsNewest = 200;

// What is known about one payout, from one state of the store.
struct PayoutHistory {
  Payout payout;
  std::vector<Event>
      events;  // the newest, oldest first; `payout.revision` tells how many there are
  std::vector<Attempt> attempts;        // that are kept, oldest first
  std::int64_t attempts_dropped = 0;    // after the first kAttemptsFirst
  std::vector<OperatorAction> actions;  // on this payout: the newest, newest first
};

struct ActionQuery {
  std::optional<PayoutKey> payout;  // only actions on this payout
  std::optional<std::int64_t> before_number;
  int limit = 100;
};

struct ReviewCount {
  MerchantName merchant;
  std::int64_t count = 0;  // payouts that need review, settled or not
};

struct MerchantCounts {
  MerchantName merchant;
  State state = State::kQueued;
  std::int64_t count = 0;
  std::optional<absl::Time> oldest_created_at;
};

// Finds payouts on the thread of whoever asks.
class PayoutReader {
 public:
  virtual ~PayoutReader() = default;

  // As PayoutStore::Find: what is committed. Thread-safe; may wait for the disk. UNAVAILABLE when
  // it would wait for something else, such as other readers.
  virtual absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) = 0;
};

class PayoutStore {
 public:
  virtual ~PayoutStore() = default;

  virtual const StoreIdentity& identity() const = 0;

  // Zeros where nobody counts.
  virtual WriteCounts write_counts() const { return {}; }

  // Called on the core loop after commits that wrote events, with the position of the last one and,
  // when the store has them at hand, all events since the call before, in order (as ReadEvents
  // would tell them); several commits may share one call. Set before the first write; null ends it.
  using CommitCallback = std::function<void(std::int64_t position, std::vector<EventPtr> events)>;
  virtual void OnCommit(CommitCallback callback) = 0;

  // ---- writes ----

  // Writes `payout` with revision 1, version 1 and its first event, unless the key exists.
  // Concurrent inserts of one key: exactly one inserts. With `lease` the new row is leased from the
  // beginning.
  virtual Task<absl::StatusOr<InsertResult>> Insert(
      Payout payout, std::optional<RowLease> lease = std::nullopt) = 0;

  // Writes a decided change, its event (revision + 1, next position) and its attempt in one
  // transaction, ends the lease, and returns the row as written (version + 1). ABORTED when the
  // row's version is not expected_version; nothing is written then: read again, decide again.
  // hint_seq is never taken from `after`.
  virtual Task<absl::StatusOr<Payout>> Apply(Change change) = 0;

  // Takes up to `limit` rows that are due (schedule.due_at <= now) and in no running lease, and
  // leases them to `owner`. Leasing does not change a row's version.
  virtual Task<absl::StatusOr<LeaseResult>> Lease(LeaseRequest request) = 0;

  // Ends a lease early without changing the row. No effect when the row is not leased to `owner`.
  virtual Task<absl::Status> Release(PayoutKey key, std::string owner) = 0;

  // Notes a callback: raises hint_seq and makes the row due, as HintSchedule (domain/hint.h) says.
  // Returns the row's schedule as it is then. nullopt: a key without a row was parked (counted,
  // bounded to 10,000 ids) as evidence of a lost record.
  virtual Task<absl::StatusOr<std::optional<Schedule>>> RecordHint(PayoutKey key,
                                                                   absl::Time now) = 0;

  // At start of an embedded store, whose earlier processes are all gone: ends the leases of other
  // owners, and makes their rows and all SUBMITTING rows due at once. Returns how many rows. If
  // anything was written with a later time than `now`, give or take a minute, the clock was set
  // back since: as ShiftDue by how far. Open rows that are due later than kDueAheadMax become due
  // at once.
  virtual Task<absl::StatusOr<int>> Recover(std::string owner, absl::Time now) = 0;

  // The wall clock was set back by `by`: open rows that are due, or leased until, after `now` are
  // so that much earlier, but not before `now`. Returns how many. Doing it twice costs work, no
  // more.
  virtual Task<absl::StatusOr<int>> ShiftDue(absl::Time now, absl::Duration by) = 0;

  // Sets the switch of a merchant (or of all) and appends the action, in one transaction. Returns
  // the action as written.
  virtual Task<absl::StatusOr<OperatorAction>> SetSwitch(PauseSwitch value,
                                                         OperatorAction action) = 0;
  // All of RestoredRows have been dealt with; there are none from now on.
  virtual Task<absl::Status> FinishRestore() = 0;

  // ---- reads ----

  // After a restore, until FinishRestore: rows of before it that are QUEUED or OUTCOME_UNKNOWN,
  // with a sequence above `after_sequence`, by sequence, at most `limit`. Otherwise none.
  virtual Task<absl::StatusOr<std::vector<Payout>>> RestoredRows(std::int64_t after_sequence,
                                                                 int limit) = 0;

  // For threads other than the core loop, while the store lives; nullptr: this store has none.
  virtual PayoutReader* reader() { return nullptr; }

  // The row, whoever's it is; nullopt when there is none. Callers check the tenant.
  virtual Task<absl::StatusOr<std::optional<Payout>>> Find(PayoutKey key) = 0;

  // Newest first.
  virtual Task<absl::StatusOr<std::vector<Payout>>> List(ListQuery query) = 0;

  // Position of the last committed event; 0 when there is none.
  virtual Task<absl::StatusOr<std::int64_t>> LastPosition() = 0;
  // Position before the oldest event that is kept; 0 when all are kept.
  virtual Task<absl::StatusOr<std::int64_t>> OldestPosition() = 0;

  // Events after `after` of the whole store (for the in-memory tail).
  virtual Task<absl::StatusOr<EventPage>> ReadEvents(std::int64_t after, int limit) = 0;
  // Events after `after` of a stream's filter.
  virtual Task<absl::StatusOr<EventPage>> ReadEvents(StreamFilter filter, std::int64_t after,
                                                     int limit) = 0;

  // Payouts of the filter as of `position`, after the sequence `after_sequence`. Without keys: only
  // payouts that at that position were not settled or needed review. No long transaction: later
  // changes do not disturb it.
  virtual Task<absl::StatusOr<SnapshotPage>> Snapshot(StreamFilter filter, std::int64_t position,
                                                      std::int64_t after_sequence, int limit) = 0;

  // Calls that were made for a payout, oldest first: the first kAttemptsFirst and the newest
  // kAttemptsNewest.
  virtual Task<absl::StatusOr<std::vector<Attempt>>> Attempts(PayoutKey key) = 0;

  // At most `events_max` events and as many actions. nullopt when there is no such payout; whoever
  // it belongs to: callers check the tenant.
  virtual Task<absl::StatusOr<std::optional<PayoutHistory>>> History(PayoutKey key,
                                                                     int events_max) = 0;

  // Every switch that was ever set, by merchant; that of all merchants first.
  virtual Task<absl::StatusOr<std::vector<PauseSwitch>>> Switches() = 0;

  // What operators did, newest first. Nothing is ever removed.
  virtual Task<absl::StatusOr<std::vector<OperatorAction>>> Actions(ActionQuery query) = 0;

  // Merchants that have payouts which need review.
  virtual Task<absl::StatusOr<std::vector<ReviewCount>>> CountReview() = 0;

  // How many payouts are in each open state (and how many need review are not told here), per
  // merchant.
  virtual Task<absl::StatusOr<std::vector<MerchantCounts>>> CountOpen() = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PORTS_PAYOUT_STORE_H_
