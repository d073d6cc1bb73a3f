#include "adapters/sqlite/rows.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/record/record_codec.h"
#include "adapters/sqlite/sql.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

absl::StatusOr<std::optional<Payout>> FirstPayout(Query& query) {
  PAYOUT_ASSIGN_OR_RETURN(const bool found, query.Step());
  if (!found) return std::nullopt;
  return ReadPayout(query);
}

// The amount in `column` and the currency after it.
absl::StatusOr<Money> ReadMoney(const Query& query, int column) {
  const std::optional<Decimal> amount = Decimal::Parse(query.Bytes(column));
  if (!amount) return absl::DataLossError("unreadable amount");
  return Money{*amount, query.String(column + 1)};
}

}  // namespace

std::optional<std::int64_t> Micros(const std::optional<absl::Time>& time) {
  return time ? std::optional(absl::ToUnixMicros(*time)) : std::nullopt;
}

std::optional<absl::Time> OptionalTime(const Query& query, int column) {
  const std::optional<std::int64_t> micros = query.OptionalInt(column);
  return micros ? std::optional(absl::FromUnixMicros(*micros)) : std::nullopt;
}

absl::StatusOr<WorkClass> WorkClassFrom(std::int64_t number) {
  for (const WorkClass work : kAllWorkClasses) {
    if (static_cast<std::int64_t>(work) == number) return work;
  }
  return absl::DataLossError(absl::StrCat("unknown work class ", number));
}

absl::StatusOr<Payout> ReadPayout(const Query& query) {
  Payout row;
  row.sequence = query.Int(0);
  row.intent.tenant = TenantName(query.String(1));
  row.intent.key = {MerchantName(query.String(2)), PayoutId(query.String(3))};
  PAYOUT_ASSIGN_OR_RETURN(row.intent.money, ReadMoney(query, 4));
  row.created_at = absl::FromUnixMicros(query.Int(6));
  row.updated_at = absl::FromUnixMicros(query.Int(7));
  row.revision = query.Int(8);
  row.position = query.Int(9);
  row.version = query.Int(10);
  PAYOUT_ASSIGN_OR_RETURN(row.schedule.work, WorkClassFrom(query.Int(11)));
  row.schedule.due_at = OptionalTime(query, 12);
  row.hint_seq = query.Int(13);
  row.fingerprint = query.String(14);
  PAYOUT_ASSIGN_OR_RETURN(row.status, record::DecodeStatus(query.Bytes(15)));
  PAYOUT_RETURN_IF_ERROR(record::DecodeBookkeeping(query.Bytes(16), row));
  PAYOUT_RETURN_IF_ERROR(record::DecodeSensitive(query.Bytes(17), row.intent, row.rendered));
  return row;
}

absl::StatusOr<std::optional<Payout>> FindPayout(Database& database, const PayoutKey& key) {
  Query query = database.Run(sql::kRowByKey);
  query.Bind(key.merchant.value()).Bind(key.payout_id.value());
  return FirstPayout(query);
}

absl::StatusOr<std::optional<Payout>> FindPayout(Database& database, std::int64_t sequence) {
  Query query = database.Run(sql::kRowBySequence);
  query.Bind(sequence);
  return FirstPayout(query);
}

absl::StatusOr<bool> InsertPayout(Database& database, const Payout& row,
                                  const std::optional<RowLease>& lease) {
  const Intent& intent = row.intent;
  Query query = database.Run(sql::kInsertRow);
  query.Bind(intent.tenant.value())
      .Bind(intent.key.merchant.value())
      .Bind(intent.key.payout_id.value())
      .Bind(intent.money.amount.ToString())
      .Bind(intent.money.currency)
      .Bind(MethodCode(intent.method))
      .Bind(Micros(row.created_at))
      .Bind(Micros(row.updated_at))
      .Bind(static_cast<int>(row.status.state))
      .Bind(row.status.needs_review.empty() ? 0 : 1)
      .Bind(row.revision)
      .Bind(row.position)
      .Bind(row.version)
      .Bind(static_cast<int>(row.schedule.work))
      .Bind(Micros(row.schedule.due_at))
      .Bind(row.fingerprint)
      .BindBlob(record::EncodeStatus(row.status))
      .BindBlob(record::EncodeBookkeeping(row))
      .BindBlob(record::EncodeSensitive(intent, row.rendered))
      .Bind(Micros(intent.submit_before));
  if (lease) {
    query.Bind(lease->owner).Bind(Micros(lease->until));
  } else {
    query.Bind(std::nullopt).Bind(std::nullopt);
  }
  PAYOUT_RETURN_IF_ERROR(query.Finish());
  return database.Changes() == 1;
}

absl::Status UpdatePayout(Database& database, const Payout& row, bool with_event) {
  Query query = database.Run(with_event ? sql::kUpdateRow : sql::kUpdateBookkeeping);
  if (with_event) {
    query.Bind(Micros(row.updated_at))
        .Bind(static_cast<int>(row.status.state))
        .Bind(row.status.needs_review.empty() ? 0 : 1)
        .Bind(row.revision)
        .Bind(row.position)
        .BindBlob(record::EncodeStatus(row.status));
  }
  return query.Bind(row.version)
      .Bind(static_cast<int>(row.schedule.work))
      .Bind(Micros(row.schedule.due_at))
      .BindBlob(record::EncodeBookkeeping(row))
      .Bind(row.sequence)
      .Finish();
}

EventHead ReadEventHead(const Query& query) {
  return {TenantName(query.String(1)), MerchantName(query.String(2)),
          static_cast<State>(query.Int(7))};
}

absl::StatusOr<Event> ReadEvent(const Query& query) {
  Event event;
  event.position = query.Int(0);
  event.tenant = TenantName(query.String(1));
  event.key = {MerchantName(query.String(2)), PayoutId(query.String(3))};
  event.revision = query.Int(4);
  // The schema keeps states in range.
  if (!query.IsNull(5)) event.previous_state = static_cast<State>(query.Int(5));
  event.at = absl::FromUnixMicros(query.Int(6));
  PAYOUT_ASSIGN_OR_RETURN(event.status, record::DecodeStatus(query.Bytes(8)));
  event.intent.tenant = event.tenant;
  event.intent.key = event.key;
  PAYOUT_ASSIGN_OR_RETURN(event.intent.money, ReadMoney(query, 9));
  event.created_at = absl::FromUnixMicros(query.Int(11));
  RenderedRequest rendered;  // of no use to those who read events
  PAYOUT_RETURN_IF_ERROR(record::DecodeSensitive(query.Bytes(12), event.intent, rendered));
  return event;
}

absl::Status InsertEvent(Database& database, std::int64_t sequence, const Event& event) {
  std::optional<std::int64_t> previous;
  if (event.previous_state) previous = static_cast<std::int64_t>(*event.previous_state);
  return database.Run(sql::kInsertEvent)
      .Bind(event.position)
      .Bind(sequence)
      .Bind(event.tenant.value())
      .Bind(event.revision)
      .Bind(previous)
      .Bind(static_cast<int>(event.status.state))
      .Bind(Micros(event.at))
      .BindBlob(record::EncodeStatus(event.status))
      .Finish();
}

Attempt ReadAttempt(const Query& query) {
  // The schema keeps the numbers in range.
  Attempt attempt;
  attempt.call = static_cast<Call>(query.Int(0));
  attempt.started_at = absl::FromUnixMicros(query.Int(1));
  attempt.ended_at = OptionalTime(query, 2);
  attempt.certainty = static_cast<Certainty>(query.Int(3));
  attempt.http_status = static_cast<int>(query.Int(4));
  attempt.answer = query.String(5);
  attempt.rule = query.String(6);
  return attempt;
}

absl::Status PutAttempt(Database& database, std::int64_t sequence, std::int64_t ordinal,
                        const Attempt& attempt) {
  const auto& [call, started_at, ended_at, certainty, http_status, answer, rule] = attempt;
  return database.Run(sql::kPutAttempt)
      .Bind(sequence)
      .Bind(ordinal)
      .Bind(static_cast<int>(call))
      .Bind(Micros(started_at))
      .Bind(Micros(ended_at))
      .Bind(static_cast<int>(certainty))
      .Bind(http_status)
      .Bind(answer)
      .Bind(rule)
      .Finish();
}

}  // namespace payout::sqlite
