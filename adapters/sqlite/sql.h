// The statements, named. INDEXED BY states which index a query lives on: SQLite refuses the
// statement rather than scan a table of millions of settled payouts.
//
// Used by: write_ops.cc, read_ops.cc, snapshot.cc; tests explain their plans.

#ifndef PAYOUT_ADAPTERS_SQLITE_SQL_H_
#define PAYOUT_ADAPTERS_SQLITE_SQL_H_

#include <string_view>

namespace payout::sqlite::sql {

// In the order of ReadPayout (rows.h).
#define PAYOUT_ROW_COLUMNS                                                                  \
  "sequence, tenant, merchant, payout_id, amount, currency, created_at, updated_at, "       \
  "revision, position, version, work, due_at, hint_seq, fingerprint, status, bookkeeping, " \
  "sensitive"

// In the order of ReadEvent (rows.h). CROSS JOIN keeps the order of the tables: events lead.
#define PAYOUT_EVENT_COLUMNS                                                                     \
  "e.position, e.tenant, p.merchant, p.payout_id, e.revision, e.previous_state, e.at, e.state, " \
  "e.status, p.amount, p.currency, p.created_at, p.sensitive"

// ---- payouts ----
inline constexpr std::string_view kRowByKey =
    "SELECT " PAYOUT_ROW_COLUMNS " FROM payouts WHERE merchant = ? AND payout_id = ?";
inline constexpr std::string_view kRowBySequence =
    "SELECT " PAYOUT_ROW_COLUMNS " FROM payouts WHERE sequence = ?";
inline constexpr std::string_view kPlaceByKey =
    "SELECT sequence, tenant, position FROM payouts WHERE merchant = ? AND payout_id = ?";
inline constexpr std::string_view kInsertRow =
    "INSERT INTO payouts (tenant, merchant, payout_id, amount, currency, method, created_at, "
    "updated_at, state, needs_review, revision, position, version, work, due_at, fingerprint, "
    "status, bookkeeping, sensitive, submit_before, lease_owner, lease_until) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (merchant, payout_id) DO NOTHING";
inline constexpr std::string_view kUpdateRow =
    "UPDATE payouts SET updated_at = ?, state = ?, needs_review = ?, revision = ?, position = ?, "
    "status = ?, "
    "version = ?, work = ?, due_at = ?, bookkeeping = ?, lease_owner = NULL, lease_until = NULL "
    "WHERE sequence = ?";
// Without an event, the indexes on state and position need no touch.
inline constexpr std::string_view kUpdateBookkeeping =
    "UPDATE payouts SET version = ?, work = ?, due_at = ?, bookkeeping = ?, lease_owner = NULL, "
    "lease_until = NULL WHERE sequence = ?";
inline constexpr std::string_view kCountOpen =
    "SELECT merchant, state, count(*), min(created_at) FROM payouts INDEXED BY payouts_counted "
    "WHERE state < 5 GROUP BY merchant, state ORDER BY merchant, state";

// ---- restore ----
inline constexpr std::string_view kRestoredTo = "SELECT value FROM meta WHERE name = 'restored_to'";
inline constexpr std::string_view kFinishRestore = "DELETE FROM meta WHERE name = 'restored_to'";
inline constexpr std::string_view kRestoredRows =
    "SELECT sequence FROM payouts INDEXED BY payouts_counted "
    "WHERE state < 5 AND state IN (1, 3) AND sequence > ? AND sequence <= ? ORDER BY sequence "
    "LIMIT ?";

// ---- leases and hints ----
inline constexpr std::string_view kDueRows =
    "SELECT sequence, due_at, lease_until, tenant FROM payouts INDEXED BY payouts_due "
    "WHERE merchant = ? AND work = ? AND due_at IS NOT NULL ORDER BY due_at, sequence";
// In the columns of kDueRows: what expires is due when it does.
inline constexpr std::string_view kExpiringRows =
    "SELECT sequence, submit_before, lease_until FROM payouts INDEXED BY payouts_expiring "
    "WHERE merchant = ? AND state = 1 AND submit_before IS NOT NULL "
    "ORDER BY submit_before, sequence";
inline constexpr std::string_view kTakeLease =
    "UPDATE payouts SET lease_owner = ?, lease_until = ? WHERE sequence = ?";
inline constexpr std::string_view kRelease =
    "UPDATE payouts SET lease_owner = NULL, lease_until = NULL "
    "WHERE merchant = ? AND payout_id = ? AND lease_owner = ?";
// Whatever is leased was due, so the index of due rows has them all. It also has the settled
// payouts that wait for an audit, of which there may be millions; the bound keeps their rows from
// being read.
inline constexpr std::string_view kRecover =
    "UPDATE payouts INDEXED BY payouts_due SET lease_owner = NULL, lease_until = NULL, due_at = "
    "min(due_at, ?) "
    "WHERE due_at IS NOT NULL AND due_at <= ? AND lease_owner <> ?";
// Open rows that a clock which was ahead has put off, and leases that it made too long.
inline constexpr std::string_view kShiftDue =
    "UPDATE payouts INDEXED BY payouts_counted "
    "SET due_at = CASE WHEN due_at > ?1 THEN max(?1, due_at - ?2) ELSE due_at END, "
    "lease_until = CASE WHEN lease_until > ?1 THEN max(?1, lease_until - ?2) ELSE lease_until END "
    "WHERE state < 5 AND (due_at > ?1 OR lease_until > ?1)";
inline constexpr std::string_view kClock = "SELECT value FROM meta WHERE name = 'clock'";
inline constexpr std::string_view kSetClock =
    "INSERT OR REPLACE INTO meta (name, value) VALUES ('clock', ?)";
inline constexpr std::string_view kDueTooLate =
    "UPDATE payouts INDEXED BY payouts_counted SET due_at = ? WHERE state < 5 AND due_at > ?";
inline constexpr std::string_view kRecoverSubmitting =
    "UPDATE payouts INDEXED BY payouts_counted SET due_at = min(due_at, ?) "
    "WHERE state < 5 AND state = 2 AND lease_owner IS NULL";
inline constexpr std::string_view kRowForHint =
    "SELECT sequence, state, work, due_at, bookkeeping FROM payouts WHERE merchant = ? AND "
    "payout_id = ?";
inline constexpr std::string_view kNoteHint =
    "UPDATE payouts SET hint_seq = hint_seq + 1, work = ?, due_at = ? WHERE sequence = ?";
inline constexpr std::string_view kParkAgain =
    "UPDATE parked_callbacks SET callbacks = callbacks + 1, last_at = ? WHERE merchant = ? AND "
    "payout_id = ?";
inline constexpr std::string_view kPark =
    "INSERT INTO parked_callbacks (merchant, payout_id, callbacks, first_at, last_at) VALUES (?, "
    "?, 1, ?, ?)";
inline constexpr std::string_view kCountParked = "SELECT count(*) FROM parked_callbacks";

// ---- attempts ----
inline constexpr std::string_view kLastAttempt =
    "SELECT max(ordinal) FROM attempts WHERE payout = ?";
inline constexpr std::string_view kOpenAttempt =
    "SELECT ordinal FROM attempts WHERE payout = ? AND certainty = 0 ORDER BY ordinal DESC LIMIT 1";
inline constexpr std::string_view kPutAttempt =
    "INSERT OR REPLACE INTO attempts (payout, ordinal, call, started_at, ended_at, certainty, "
    "http_status, "
    "answer, rule) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Those between the first and the newest ones.
inline constexpr std::string_view kDropAttempts =
    "DELETE FROM attempts WHERE payout = ? AND ordinal > ? AND ordinal <= ?";
inline constexpr std::string_view kAttempts =
    "SELECT a.call, a.started_at, a.ended_at, a.certainty, a.http_status, a.answer, a.rule "
    "FROM payouts AS p CROSS JOIN attempts AS a ON a.payout = p.sequence "
    "WHERE p.merchant = ? AND p.payout_id = ? ORDER BY a.ordinal";

// ---- events ----
inline constexpr std::string_view kInsertEvent =
    "INSERT INTO events (position, payout, tenant, revision, previous_state, state, at, status) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
inline constexpr std::string_view kLastPosition = "SELECT max(position) FROM events";
inline constexpr std::string_view kFirstPosition = "SELECT min(position) FROM events";
inline constexpr std::string_view kEventsAfter =
    "SELECT " PAYOUT_EVENT_COLUMNS
    " FROM events AS e CROSS JOIN payouts AS p ON p.sequence = e.payout "
    "WHERE e.position > ? ORDER BY e.position LIMIT ?";
inline constexpr std::string_view kTenantEventsAfter =
    "SELECT " PAYOUT_EVENT_COLUMNS
    " FROM events AS e INDEXED BY events_of_tenant CROSS JOIN payouts AS p ON p.sequence = "
    "e.payout "
    "WHERE e.tenant = ? AND e.position > ? ORDER BY e.position LIMIT ?";
// Events of one payout have increasing revisions and positions, so the newest come first either
// way.
inline constexpr std::string_view kPayoutEventsAfter =
    "SELECT " PAYOUT_EVENT_COLUMNS
    " FROM events AS e CROSS JOIN payouts AS p ON p.sequence = e.payout "
    "WHERE e.payout = ? AND e.position > ? ORDER BY e.revision LIMIT ?";
inline constexpr std::string_view kPayoutEventAt =
    "SELECT " PAYOUT_EVENT_COLUMNS
    " FROM events AS e CROSS JOIN payouts AS p ON p.sequence = e.payout "
    "WHERE e.payout = ? AND e.position <= ? ORDER BY e.revision DESC LIMIT 1";

inline constexpr std::string_view kNewestEvents =
    "SELECT " PAYOUT_EVENT_COLUMNS
    " FROM events AS e CROSS JOIN payouts AS p ON p.sequence = e.payout "
    "WHERE e.payout = ? ORDER BY e.revision DESC LIMIT ?";

// ---- operators ----
inline constexpr std::string_view kSetSwitch =
    "INSERT OR REPLACE INTO pause_switches (merchant, paused, at, operator, note) "
    "VALUES (?, ?, ?, ?, ?)";
inline constexpr std::string_view kSwitches =
    "SELECT merchant, paused, at, operator, note FROM pause_switches ORDER BY merchant";
inline constexpr std::string_view kInsertAction =
    "INSERT INTO operator_actions (at, operator, verb, merchant, payout_id, note, details) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";
inline constexpr std::string_view kLastAction = "SELECT max(number) FROM operator_actions";
inline constexpr std::string_view kActions =
    "SELECT number, at, operator, verb, merchant, payout_id, note, details FROM operator_actions "
    "WHERE number < ? ORDER BY number DESC LIMIT ?";
inline constexpr std::string_view kActionsOfPayout =
    "SELECT number, at, operator, verb, merchant, payout_id, note, details FROM operator_actions "
    "INDEXED BY operator_actions_of_payout WHERE merchant = ? AND payout_id = ? AND "
    "payout_id <> '' AND number < ? ORDER BY number DESC LIMIT ?";
inline constexpr std::string_view kCountReview =
    "SELECT merchant, count(*) FROM payouts INDEXED BY payouts_in_review WHERE needs_review = 1 "
    "GROUP BY merchant ORDER BY merchant";

// ---- snapshots ----
inline constexpr std::string_view kOpenAfter =
    "SELECT sequence FROM payouts INDEXED BY payouts_open "
    "WHERE tenant = ? AND sequence > ? AND (state < 5 OR needs_review = 1) ORDER BY sequence LIMIT "
    "?";
inline constexpr std::string_view kChangedAfter =
    "SELECT sequence FROM payouts INDEXED BY payouts_changed "
    "WHERE tenant = ? AND position > ? AND sequence > ? ORDER BY sequence LIMIT ?";

#undef PAYOUT_ROW_COLUMNS
#undef PAYOUT_EVENT_COLUMNS

}  // namespace payout::sqlite::sql

#endif  // PAYOUT_ADAPTERS_SQLITE_SQL_H_
