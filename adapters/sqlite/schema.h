// The schema as the migrations build it.
//
// Used by: migrations.cc.
// Times are UTC microseconds. Columns are what queries ask for and what constraints guard; the rest
// of a payout is in its BLOBs, each with a leading codec byte (adapters/record). They come last in
// the row, so that reading the other columns does not walk their overflow pages. Numbers of states
// and classes are those of server/domain/payout.h; 1 to 4 are the open states.

#ifndef PAYOUT_ADAPTERS_SQLITE_SCHEMA_H_
#define PAYOUT_ADAPTERS_SQLITE_SCHEMA_H_

namespace payout::sqlite {

// An index ends in the rowid, which is `sequence` for payouts: (tenant) is in effect (tenant,
// sequence).
inline constexpr char kSchema1[] = R"sql(
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE payouts (
  sequence INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL CHECK (tenant <> ''),
  merchant TEXT NOT NULL CHECK (merchant <> ''),
  payout_id TEXT NOT NULL CHECK (length(payout_id) BETWEEN 1 AND 250),
  amount TEXT NOT NULL CHECK (amount <> ''),
  currency TEXT NOT NULL CHECK (length(currency) BETWEEN 1 AND 64),
  method TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 8),
  needs_review INTEGER NOT NULL CHECK (needs_review IN (0, 1)),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  position INTEGER NOT NULL CHECK (position >= 1),
  version INTEGER NOT NULL CHECK (version >= 1),
  work INTEGER NOT NULL CHECK (work BETWEEN 1 AND 6),
  due_at INTEGER,
  lease_owner TEXT,
  lease_until INTEGER,
  hint_seq INTEGER NOT NULL DEFAULT 0 CHECK (hint_seq >= 0),
  fingerprint TEXT NOT NULL,
  status BLOB NOT NULL,
  bookkeeping BLOB NOT NULL,
  sensitive BLOB NOT NULL,
  UNIQUE (merchant, payout_id),
  CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT;
CREATE INDEX payouts_due ON payouts (merchant, work, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX payouts_of_tenant ON payouts (tenant);
CREATE INDEX payouts_in_state ON payouts (tenant, state);
CREATE INDEX payouts_in_time ON payouts (tenant, created_at);
CREATE INDEX payouts_open ON payouts (tenant) WHERE state < 5 OR needs_review = 1;
CREATE INDEX payouts_changed ON payouts (tenant, position);
CREATE INDEX payouts_counted ON payouts (merchant, state, created_at) WHERE state < 5;

CREATE TABLE events (
  position INTEGER PRIMARY KEY CHECK (position >= 1),
  payout INTEGER NOT NULL REFERENCES payouts (sequence),
  tenant TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 1),
  previous_state INTEGER CHECK (previous_state BETWEEN 1 AND 8),
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 8),
  at INTEGER NOT NULL,
  status BLOB NOT NULL,
  UNIQUE (payout, revision)
) STRICT;
CREATE INDEX events_of_tenant ON events (tenant);

CREATE TABLE attempts (
  payout INTEGER NOT NULL REFERENCES payouts (sequence),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
  call INTEGER NOT NULL CHECK (call BETWEEN 1 AND 3),
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  certainty INTEGER NOT NULL CHECK (certainty BETWEEN 0 AND 3),
  http_status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (payout, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE parked_callbacks (
  merchant TEXT NOT NULL,
  payout_id TEXT NOT NULL,
  callbacks INTEGER NOT NULL CHECK (callbacks >= 1),
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (merchant, payout_id)
) STRICT, WITHOUT ROWID;
)sql";

// Operators' switches and deeds; and QUEUED payouts by submit_before, so that they expire while
// submission rests. The log of deeds only grows.
inline constexpr char kSchema2[] = R"sql(
CREATE TABLE pause_switches (
  merchant TEXT NOT NULL PRIMARY KEY,
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  at INTEGER NOT NULL,
  operator TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_actions (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  operator TEXT NOT NULL,
  verb INTEGER NOT NULL CHECK (verb BETWEEN 1 AND 3),
  merchant TEXT NOT NULL,
  payout_id TEXT NOT NULL,
  note TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX operator_actions_of_payout ON operator_actions (merchant, payout_id)
  WHERE payout_id <> '';
CREATE TRIGGER operator_actions_stay BEFORE UPDATE ON operator_actions
BEGIN SELECT RAISE(ABORT, 'operator actions are never changed'); END;
CREATE TRIGGER operator_actions_remain BEFORE DELETE ON operator_actions
BEGIN SELECT RAISE(ABORT, 'operator actions are never removed'); END;

ALTER TABLE payouts ADD COLUMN submit_before INTEGER;
CREATE INDEX payouts_expiring ON payouts (merchant, submit_before)
  WHERE state = 1 AND submit_before IS NOT NULL;
CREATE INDEX payouts_in_review ON payouts (merchant, needs_review) WHERE needs_review = 1;
)sql";

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_SCHEMA_H_
