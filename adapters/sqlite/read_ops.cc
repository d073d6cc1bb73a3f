#include "adapters/sqlite/read_ops.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/record/store_rules.h"
#include "adapters/sqlite/list_sql.h"
#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/sql.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// Events that one call looks at when few of them are wanted.
constexpr int kEventScan = 2000;

}  // namespace

absl::StatusOr<std::optional<Payout>> ReadOps::Find(const PayoutKey& key) {
  return FindPayout(database_, key);
}

absl::StatusOr<std::vector<Payout>> ReadOps::RestoredRows(std::int64_t after_sequence, int limit) {
  const ReadTransaction transaction(database_);
  PAYOUT_RETURN_IF_ERROR(transaction.status());
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t to, database_.QueryInt(sql::kRestoredTo));
  std::vector<Payout> rows;
  Query query = database_.Run(sql::kRestoredRows);
  query.Bind(after_sequence).Bind(to).Bind(limit);
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool found, query.Step());
    if (!found) return rows;
    PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> row, FindPayout(database_, query.Int(0)));
    if (row) rows.push_back(*std::move(row));
  }
}

absl::StatusOr<std::int64_t> ReadOps::LastPosition() {
  return database_.QueryInt(sql::kLastPosition);
}

absl::StatusOr<std::int64_t> ReadOps::OldestPosition() {
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t first, database_.QueryInt(sql::kFirstPosition));
  return first == 0 ? 0 : first - 1;
}

absl::StatusOr<std::vector<Payout>> ReadOps::List(const ListQuery& query) {
  const ReadTransaction transaction(database_);
  PAYOUT_RETURN_IF_ERROR(transaction.status());

  std::vector<std::int64_t> sequences;
  for (const ListPart& part : ListParts(query)) {
    Query run = database_.Run(part.sql);
    BindList(query, part, run);
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, run.Step());
      if (!row) break;
      sequences.push_back(run.Int(0));
    }
  }
  std::sort(sequences.rbegin(), sequences.rend());
  sequences.resize(std::min(sequences.size(), static_cast<std::size_t>(std::max(query.limit, 0))));

  std::vector<Payout> payouts;
  for (const std::int64_t sequence : sequences) {
    PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> payout, FindPayout(database_, sequence));
    if (payout) payouts.push_back(*std::move(payout));
  }
  return payouts;
}

absl::StatusOr<EventPage> ReadOps::ReadEvents(const StreamFilter* filter, std::int64_t after,
                                              int limit) {
  const ReadTransaction transaction(database_);
  PAYOUT_RETURN_IF_ERROR(transaction.status());
  if (filter != nullptr && !filter->keys.empty()) return ReadEventsOfKeys(*filter, after, limit);
  return ScanEvents(filter, after, limit);
}

absl::StatusOr<EventPage> ReadOps::ScanEvents(const StreamFilter* filter, std::int64_t after,
                                              int limit) {
  EventPage page;
  page.scanned_to = after;
  const int scan = filter == nullptr ? limit : std::max(limit, kEventScan);
  Query query = database_.Run(filter == nullptr ? sql::kEventsAfter : sql::kTenantEventsAfter);
  if (filter != nullptr) query.Bind(filter->tenant.value());
  query.Bind(after).Bind(std::max(scan, 0));
  for (int scanned = 0; scanned < scan && static_cast<int>(page.events.size()) < limit; ++scanned) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) {
      PAYOUT_ASSIGN_OR_RETURN(const std::int64_t last, LastPosition());
      page.scanned_to = std::max(after, last);
      return page;
    }
    page.scanned_to = query.Int(0);
    if (filter != nullptr) {
      const EventHead head = ReadEventHead(query);
      if (!record::Wants(*filter, head.tenant, head.merchant, head.state)) continue;
    }
    PAYOUT_ASSIGN_OR_RETURN(Event event, ReadEvent(query));
    page.events.push_back(std::move(event));
  }
  return page;
}

absl::StatusOr<EventPage> ReadOps::ReadEventsOfKeys(const StreamFilter& filter, std::int64_t after,
                                                    int limit) {
  EventPage page;
  PAYOUT_ASSIGN_OR_RETURN(const std::int64_t last, LastPosition());
  page.scanned_to = std::max(after, last);

  for (const PayoutKey& key : std::set<PayoutKey>(filter.keys.begin(), filter.keys.end())) {
    Query place = database_.Run(sql::kPlaceByKey);
    PAYOUT_ASSIGN_OR_RETURN(const bool found,
                            place.Bind(key.merchant.value()).Bind(key.payout_id.value()).Step());
    // Most payouts have not changed since: their last position tells.
    if (!found || place.Bytes(1) != filter.tenant.value() || place.Int(2) <= after) continue;
    Query query = database_.Run(sql::kPayoutEventsAfter);
    query.Bind(place.Int(0)).Bind(after).Bind(std::max(limit, 0) + 1);
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      const EventHead head = ReadEventHead(query);
      if (!record::Wants(filter, head.tenant, head.merchant, head.state)) continue;
      PAYOUT_ASSIGN_OR_RETURN(Event event, ReadEvent(query));
      page.events.push_back(std::move(event));
    }
  }
  std::sort(page.events.begin(), page.events.end(),
            [](const Event& a, const Event& b) { return a.position < b.position; });
  if (static_cast<int>(page.events.size()) > limit) {
    page.events.resize(static_cast<std::size_t>(std::max(limit, 0)));
    page.scanned_to = page.events.empty() ? after : page.events.back().position;
  }
  return page;
}

absl::StatusOr<std::vector<Attempt>> ReadOps::Attempts(const PayoutKey& key) {
  std::vector<Attempt> attempts;
  Query query = database_.Run(sql::kAttempts);
  query.Bind(key.merchant.value()).Bind(key.payout_id.value());
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return attempts;
    attempts.push_back(ReadAttempt(query));
  }
}

absl::StatusOr<std::vector<MerchantCounts>> ReadOps::CountOpen() {
  std::vector<MerchantCounts> counts;
  Query query = database_.Run(sql::kCountOpen);
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return counts;
    counts.push_back({MerchantName(query.String(0)), static_cast<State>(query.Int(1)), query.Int(2),
                      OptionalTime(query, 3)});
  }
}

}  // namespace payout::sqlite
