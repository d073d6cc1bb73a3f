#include "adapters/sqlite/list_sql.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "adapters/sqlite/rows.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

std::string Placeholders(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += i == 0 ? "?" : ", ?";
  return list;
}

// The order of the conditions is that of BindList.
std::string Sql(const ListQuery& query, std::string_view index, bool one_state) {
  std::string sql =
      absl::StrCat("SELECT sequence FROM payouts INDEXED BY ", ToAbsl(index), " WHERE tenant = ?");
  if (one_state) sql += " AND state = ?";
  if (query.before_sequence) sql += " AND sequence < ?";
  if (query.created_from) sql += " AND created_at >= ?";
  if (query.created_before) sql += " AND created_at < ?";
  if (query.needs_review) sql += " AND needs_review = 1 AND (state < 5 OR needs_review = 1)";
  if (!one_state && !query.states.empty()) {
    absl::StrAppend(&sql, " AND state IN (", Placeholders(query.states.size()), ")");
  }
  if (!query.merchants.empty()) {
    absl::StrAppend(&sql, " AND merchant IN (", Placeholders(query.merchants.size()), ")");
  }
  return sql + " ORDER BY sequence DESC LIMIT ?";
}

}  // namespace

std::vector<ListPart> ListParts(const ListQuery& query) {
  if (query.needs_review) return {{Sql(query, "payouts_open", false), std::nullopt}};
  if (query.created_from || query.created_before)
    return {{Sql(query, "payouts_in_time", false), std::nullopt}};
  if (query.states.empty()) return {{Sql(query, "payouts_of_tenant", false), std::nullopt}};
  std::vector<ListPart> parts;
  for (const State state : std::set<State>(query.states.begin(), query.states.end())) {
    parts.push_back({Sql(query, "payouts_in_state", true), state});
  }
  return parts;
}

void BindList(const ListQuery& query, const ListPart& part, Query& run) {
  run.Bind(query.tenant.value());
  if (part.state) run.Bind(static_cast<int>(*part.state));
  if (query.before_sequence) run.Bind(*query.before_sequence);
  // Rows have whole microseconds: rounding bounds up keeps "from" and "before" exact.
  const auto micros_up = [](absl::Time time) {
    return Micros(time + absl::Microseconds(1) - absl::Nanoseconds(1));
  };
  if (query.created_from) run.Bind(micros_up(*query.created_from));
  if (query.created_before) run.Bind(micros_up(*query.created_before));
  if (!part.state) {
    for (const State state : query.states) run.Bind(static_cast<int>(state));
  }
  for (const MerchantName& merchant : query.merchants) run.Bind(merchant.value());
  run.Bind(std::max(query.limit, 0));
}

}  // namespace payout::sqlite
