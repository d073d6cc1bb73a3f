#include "adapters/sqlite/write_ops.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/record/record_codec.h"
#include "adapters/record/store_rules.h"
#include "adapters/record/stored_form.h"
#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/sql.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"
#include "server/domain/hint.h"

namespace payout::sqlite {
namespace {

// The clock is noted anew when it has moved on by so much; a row for each commit would cost more.
constexpr absl::Duration kClockGrain = absl::Minutes(1);

}  // namespace

absl::Status WriteOps::Write(std::int64_t sequence, Event event) {
  PAYOUT_RETURN_IF_ERROR(InsertEvent(database_, sequence, event));
  reach_.position = event.position;
  events_.push_back(std::make_shared<const Event>(std::move(event)));
  return absl::OkStatus();
}

void WriteOps::Forget(const Reach& reach) {
  reach_ = reach;
  clock_.reset();
  while (!events_.empty() && events_.back()->position > reach.position) events_.pop_back();
}

absl::StatusOr<InsertResult> WriteOps::Insert(const Payout& payout,
                                              const std::optional<RowLease>& given) {
  std::optional<RowLease> lease = given;
  if (lease) PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(lease->until));
  Payout row = record::NewRow(payout, reach_.position + 1);
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(row));
  PAYOUT_ASSIGN_OR_RETURN(const bool inserted, InsertPayout(database_, row, lease));
  if (!inserted) {
    PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> existing, FindPayout(database_, row.intent.key));
    if (!existing) return absl::InternalError("a key exists and cannot be found");
    return InsertResult{*std::move(existing), false};
  }
  row.sequence = database_.LastInsertRowid();
  PAYOUT_RETURN_IF_ERROR(NoteClock(row.created_at));
  PAYOUT_FAIL_POINT("store.insert.row_written");
  PAYOUT_RETURN_IF_ERROR(Write(row.sequence, record::FirstEvent(row)));
  PAYOUT_FAIL_POINT("store.insert.event_written");
  return InsertResult{std::move(row), true};
}

absl::StatusOr<Payout> WriteOps::Apply(Change& change) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(change));
  PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> row,
                          FindPayout(database_, change.after.intent.key));
  if (!row) return absl::NotFoundError("no such payout");
  const State before = row->status.state;
  PAYOUT_ASSIGN_OR_RETURN(Payout after,
                          record::ChangedRow(*std::move(row), change, reach_.position + 1));

  PAYOUT_RETURN_IF_ERROR(UpdatePayout(database_, after, change.emits_event));
  PAYOUT_FAIL_POINT("store.apply.row_written");
  if (change.emits_event) {
    PAYOUT_RETURN_IF_ERROR(Write(after.sequence, record::ChangeEvent(before, after)));
    PAYOUT_FAIL_POINT("store.apply.event_written");
  }
  if (change.attempt) {
    PAYOUT_RETURN_IF_ERROR(WriteAttempt(after.sequence, *change.attempt, change.closes_attempt));
    PAYOUT_FAIL_POINT("store.apply.attempt_written");
  }
  if (change.action) PAYOUT_RETURN_IF_ERROR(Append(*change.action).status());
  PAYOUT_RETURN_IF_ERROR(NoteClock(change.at));
  return after;
}

absl::Status WriteOps::WriteAttempt(std::int64_t sequence, const Attempt& attempt, bool closes) {
  std::int64_t ordinal = 0;
  if (closes) {
    Query open = database_.Run(sql::kOpenAttempt);
    PAYOUT_ASSIGN_OR_RETURN(const bool found, open.Bind(sequence).Step());
    if (found) ordinal = open.Int(0);
  }
  if (ordinal == 0) {
    Query last = database_.Run(sql::kLastAttempt);
    PAYOUT_ASSIGN_OR_RETURN(const bool found, last.Bind(sequence).Step());
    ordinal = found ? last.Int(0) + 1 : 1;
  }
  if (ordinal > kAttemptsFirst + kAttemptsNewest) {
    PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kDropAttempts)
                               .Bind(sequence)
                               .Bind(kAttemptsFirst)
                               .Bind(ordinal - kAttemptsNewest)
                               .Finish());
  }
  return PutAttempt(database_, sequence, ordinal, attempt);
}

absl::StatusOr<LeaseResult> WriteOps::Lease(const LeaseRequest& request) {
  LeaseResult result;
  const auto offer = [&result](absl::Time due) {
    result.next_due = std::min(result.next_due.value_or(due), due);
  };

  std::vector<std::int64_t> taken;
  {
    Query query = database_.Run(request.expired_only ? sql::kExpiringRows : sql::kDueRows);
    query.Bind(request.merchant.value());
    if (!request.expired_only) query.Bind(static_cast<int>(request.work));
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      const bool passed = std::ranges::any_of(
          request.passed_over,
          [tenant = query.Bytes(3)](const TenantName& name) { return name.value() == tenant; });
      if (passed) continue;
      const absl::Time due_at = absl::FromUnixMicros(query.Int(1));
      const std::optional<absl::Time> lease_until = OptionalTime(query, 2);
      if (lease_until && *lease_until > request.now) {
        offer(record::AvailableAt(due_at, *lease_until));
      } else if (due_at <= request.now && static_cast<int>(taken.size()) < request.limit) {
        taken.push_back(query.Int(0));
      } else {
        offer(due_at);
        break;  // All others are due later.
      }
    }
  }

  absl::Time until = request.until;
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(until));
  for (const std::int64_t sequence : taken) {
    PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kTakeLease)
                               .Bind(request.owner)
                               .Bind(Micros(until))
                               .Bind(sequence)
                               .Finish());
    PAYOUT_FAIL_POINT("store.lease.taken");
    PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> payout, FindPayout(database_, sequence));
    if (!payout) return absl::InternalError("a leased row is gone");
    result.payouts.push_back(*std::move(payout));
  }
  return result;
}

absl::Status WriteOps::Release(const PayoutKey& key, const std::string& owner) {
  PAYOUT_FAIL_POINT("store.release");
  return database_.Run(sql::kRelease)
      .Bind(key.merchant.value())
      .Bind(key.payout_id.value())
      .Bind(owner)
      .Finish();
}

absl::StatusOr<std::optional<Schedule>> WriteOps::RecordHint(const PayoutKey& key, absl::Time now) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(now));
  Query query = database_.Run(sql::kRowForHint);
  query.Bind(key.merchant.value()).Bind(key.payout_id.value());
  PAYOUT_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) {
    PAYOUT_RETURN_IF_ERROR(Park(key, now));
    return std::nullopt;
  }

  Payout row;
  const std::int64_t sequence = query.Int(0);
  row.status.state = static_cast<State>(query.Int(1));
  PAYOUT_ASSIGN_OR_RETURN(row.schedule.work, WorkClassFrom(query.Int(2)));
  row.schedule.due_at = OptionalTime(query, 3);
  PAYOUT_RETURN_IF_ERROR(record::DecodeBookkeeping(query.Bytes(4), row));
  Schedule schedule = HintSchedule(row.status.state, row.schedule, row.last_read_at, now);
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kNoteHint)
                             .Bind(static_cast<int>(schedule.work))
                             .Bind(Micros(schedule.due_at))
                             .Bind(sequence)
                             .Finish());
  PAYOUT_RETURN_IF_ERROR(NoteClock(now));
  PAYOUT_FAIL_POINT("store.hint.written");
  return schedule;
}

absl::Status WriteOps::Park(const PayoutKey& key, absl::Time now) {
  const std::int64_t at = Micros(now);
  const std::string& merchant = key.merchant.value();
  const std::string& id = key.payout_id.value();
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kParkAgain).Bind(at).Bind(merchant).Bind(id).Finish());
  if (database_.Changes() > 0) return absl::OkStatus();
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t parked, database_.QueryInt(sql::kCountParked));
  // The first ones are the evidence; more of the same adds nothing.
  if (parked >= record::kParkedIdsMax) return absl::OkStatus();
  return database_.Run(sql::kPark).Bind(merchant).Bind(id).Bind(at).Bind(at).Finish();
}

absl::Status WriteOps::NoteClock(absl::Time now) {
  if (!clock_) {
    PAYOUT_ASSIGN_OR_RETURN(const std::int64_t noted, database_.QueryInt(sql::kClock));
    clock_ = absl::FromUnixMicros(noted);
  }
  return now < *clock_ + kClockGrain ? absl::OkStatus() : SetClock(now);
}

absl::Status WriteOps::SetClock(absl::Time now) {
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kSetClock).Bind(Micros(now)).Finish());
  clock_ = now;
  return absl::OkStatus();
}

absl::StatusOr<int> WriteOps::ShiftDue(absl::Time now, absl::Duration by) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(now));
  PAYOUT_RETURN_IF_ERROR(
      database_.Run(sql::kShiftDue).Bind(Micros(now)).Bind(absl::ToInt64Microseconds(by)).Finish());
  const int shifted = database_.Changes();
  PAYOUT_RETURN_IF_ERROR(SetClock(now));
  return shifted;
}

absl::StatusOr<int> WriteOps::Recover(const std::string& owner, absl::Time now) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(now));
  PAYOUT_RETURN_IF_ERROR(NoteClock(now));
  if (*clock_ > now) PAYOUT_RETURN_IF_ERROR(ShiftDue(now, *clock_ - now).status());
  PAYOUT_RETURN_IF_ERROR(
      database_.Run(sql::kDueTooLate).Bind(Micros(now)).Bind(Micros(now + kDueAheadMax)).Finish());
  // Those without a lease first: ending leases would make the others look like them.
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kRecoverSubmitting).Bind(Micros(now)).Finish());
  const int submitting = database_.Changes();
  PAYOUT_FAIL_POINT("store.recover.half");
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kRecover)
                             .Bind(Micros(now))
                             .Bind(Micros(now + kDueAheadMax))
                             .Bind(owner)
                             .Finish());
  return submitting + database_.Changes();
}

absl::Status WriteOps::FinishRestore() { return database_.Run(sql::kFinishRestore).Finish(); }

}  // namespace payout::sqlite
