// ReadOps::Snapshot: payouts as they stood at a position, while newer changes go on being
// committed.
//
// A row that has not changed since is as it stood. One that has is shown as its last event up to
// the position left it. So the candidates of a feed are the rows that are open now and the rows
// that changed after the position; the rest was settled then and is now.

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/record/store_rules.h"
#include "adapters/sqlite/read_ops.h"
#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/sql.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

// Candidates that one call looks at when few of them are wanted.
constexpr int kSnapshotScan = 1000;

absl::Status AppendSequences(Query& query, std::set<std::int64_t>& sequences) {
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return absl::OkStatus();
    sequences.insert(query.Int(0));
  }
}

}  // namespace

absl::StatusOr<SnapshotPage> ReadOps::Snapshot(const StreamFilter& filter, std::int64_t position,
                                               std::int64_t after_sequence, int limit) {
  const ReadTransaction transaction(database_);
  PAYOUT_RETURN_IF_ERROR(transaction.status());

  const bool feed = filter.keys.empty();
  const int scan = std::max(limit, kSnapshotScan);
  std::vector<std::int64_t> candidates;
  if (feed) {
    PAYOUT_ASSIGN_OR_RETURN(candidates,
                            FeedCandidates(filter.tenant, position, after_sequence, scan));
  } else {
    PAYOUT_ASSIGN_OR_RETURN(candidates, KeyCandidates(filter, after_sequence));
  }

  SnapshotPage page;
  for (const std::int64_t sequence : candidates) {
    PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> row, AsOf(sequence, position));
    // Sequences are given out in the order of first events: what comes after it did not exist
    // either.
    if (!row) return page;
    const bool shown = !feed || record::OpenOrNeedsReview(row->status);
    if (!shown ||
        !record::Wants(filter, row->intent.tenant, row->intent.key.merchant, row->status.state))
      continue;
    if (static_cast<int>(page.payouts.size()) >= limit) {
      page.next_after = page.payouts.empty() ? after_sequence : page.payouts.back().sequence;
      return page;
    }
    page.payouts.push_back(*std::move(row));
  }
  if (feed && static_cast<int>(candidates.size()) == scan) page.next_after = candidates.back();
  return page;
}

absl::StatusOr<std::vector<std::int64_t>> ReadOps::FeedCandidates(const TenantName& tenant,
                                                                  std::int64_t position,
                                                                  std::int64_t after, int limit) {
  std::set<std::int64_t> sequences;
  Query open = database_.Run(sql::kOpenAfter);
  PAYOUT_RETURN_IF_ERROR(
      AppendSequences(open.Bind(tenant.value()).Bind(after).Bind(limit), sequences));
  Query changed = database_.Run(sql::kChangedAfter);
  PAYOUT_RETURN_IF_ERROR(AppendSequences(
      changed.Bind(tenant.value()).Bind(position).Bind(after).Bind(limit), sequences));
  // Each list was cut at `limit`, so only the first `limit` of both together are complete.
  std::vector<std::int64_t> first(sequences.begin(), sequences.end());
  first.resize(std::min(first.size(), static_cast<std::size_t>(limit)));
  return first;
}

absl::StatusOr<std::vector<std::int64_t>> ReadOps::KeyCandidates(const StreamFilter& filter,
                                                                 std::int64_t after) {
  std::set<std::int64_t> sequences;
  for (const PayoutKey& key : filter.keys) {
    Query place = database_.Run(sql::kPlaceByKey);
    PAYOUT_ASSIGN_OR_RETURN(const bool found,
                            place.Bind(key.merchant.value()).Bind(key.payout_id.value()).Step());
    if (found && place.Bytes(1) == filter.tenant.value() && place.Int(0) > after)
      sequences.insert(place.Int(0));
  }
  return std::vector<std::int64_t>(sequences.begin(), sequences.end());
}

absl::StatusOr<std::optional<Payout>> ReadOps::AsOf(std::int64_t sequence, std::int64_t position) {
  PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> row, FindPayout(database_, sequence));
  if (!row || row->position <= position) return row;
  Query query = database_.Run(sql::kPayoutEventAt);
  PAYOUT_ASSIGN_OR_RETURN(const bool found, query.Bind(sequence).Bind(position).Step());
  if (!found) return std::nullopt;
  PAYOUT_ASSIGN_OR_RETURN(const Event event, ReadEvent(query));
  record::Rewind(event, *row);
  return row;
}

}  // namespace payout::sqlite
