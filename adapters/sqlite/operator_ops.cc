// The parts of WriteOps and ReadOps that operators use: switches, actions, histories.

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/record/stored_form.h"
#include "adapters/sqlite/read_ops.h"
#include "adapters/sqlite/rows.h"
#include "adapters/sqlite/sql.h"
#include "adapters/sqlite/write_ops.h"
#include "server/base/status_macros.h"

namespace payout::sqlite {
namespace {

absl::StatusOr<OperatorAction> ReadAction(const Query& query) {
  OperatorAction action;
  action.number = query.Int(0);
  action.at = absl::FromUnixMicros(query.Int(1));
  action.operator_name = query.String(2);
  action.verb = static_cast<OperatorVerb>(query.Int(3));  // The schema keeps it in range.
  action.merchant = MerchantName(query.String(4));
  action.payout_id = PayoutId(query.String(5));
  action.note = query.String(6);
  action.details = query.String(7);
  return action;
}

}  // namespace

absl::StatusOr<OperatorAction> WriteOps::SetSwitch(PauseSwitch value, OperatorAction action) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(value.at));
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(action.at));
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kSetSwitch)
                             .Bind(value.merchant.value())
                             .Bind(value.paused ? 1 : 0)
                             .Bind(Micros(value.at))
                             .Bind(value.operator_name)
                             .Bind(value.note)
                             .Finish());
  return Append(std::move(action));
}

absl::StatusOr<OperatorAction> WriteOps::Append(OperatorAction action) {
  PAYOUT_RETURN_IF_ERROR(database_.Run(sql::kInsertAction)
                             .Bind(Micros(action.at))
                             .Bind(action.operator_name)
                             .Bind(static_cast<int>(action.verb))
                             .Bind(action.merchant.value())
                             .Bind(action.payout_id.value())
                             .Bind(action.note)
                             .Bind(action.details)
                             .Finish());
  action.number = database_.LastInsertRowid();
  reach_.action = action.number;
  return action;
}

absl::StatusOr<std::vector<PauseSwitch>> ReadOps::Switches() {
  std::vector<PauseSwitch> switches;
  Query query = database_.Run(sql::kSwitches);
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return switches;
    switches.push_back({MerchantName(query.String(0)), query.Int(1) != 0,
                        absl::FromUnixMicros(query.Int(2)), query.String(3), query.String(4)});
  }
}

absl::StatusOr<std::vector<OperatorAction>> ReadOps::Actions(const ActionQuery& query) {
  std::vector<OperatorAction> actions;
  Query run = database_.Run(query.payout ? sql::kActionsOfPayout : sql::kActions);
  if (query.payout) {
    run.Bind(query.payout->merchant.value()).Bind(query.payout->payout_id.value());
  }
  run.Bind(query.before_number.value_or(std::numeric_limits<std::int64_t>::max()))
      .Bind(std::max(query.limit, 0));
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, run.Step());
    if (!row) return actions;
    PAYOUT_ASSIGN_OR_RETURN(OperatorAction action, ReadAction(run));
    actions.push_back(std::move(action));
  }
}

absl::StatusOr<std::vector<ReviewCount>> ReadOps::CountReview() {
  std::vector<ReviewCount> counts;
  Query query = database_.Run(sql::kCountReview);
  while (true) {
    PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return counts;
    counts.push_back({MerchantName(query.String(0)), query.Int(1)});
  }
}

absl::StatusOr<std::optional<PayoutHistory>> ReadOps::History(const PayoutKey& key,
                                                              int events_max) {
  const ReadTransaction transaction(database_);
  PAYOUT_RETURN_IF_ERROR(transaction.status());
  PAYOUT_ASSIGN_OR_RETURN(std::optional<Payout> payout, FindPayout(database_, key));
  if (!payout) return std::nullopt;

  PayoutHistory history;
  history.payout = *std::move(payout);
  {
    Query query = database_.Run(sql::kNewestEvents);
    query.Bind(history.payout.sequence).Bind(std::max(events_max, 0));
    while (true) {
      PAYOUT_ASSIGN_OR_RETURN(const bool row, query.Step());
      if (!row) break;
      PAYOUT_ASSIGN_OR_RETURN(Event event, ReadEvent(query));
      history.events.push_back(std::move(event));
    }
  }
  std::reverse(history.events.begin(), history.events.end());
  PAYOUT_ASSIGN_OR_RETURN(history.attempts, Attempts(key));
  std::int64_t made = 0;
  {
    Query last = database_.Run(sql::kLastAttempt);
    PAYOUT_ASSIGN_OR_RETURN(const bool found, last.Bind(history.payout.sequence).Step());
    if (found) made = last.Int(0);
  }
  history.attempts_dropped = made - static_cast<std::int64_t>(history.attempts.size());
  PAYOUT_ASSIGN_OR_RETURN(
      history.actions,
      Actions({.payout = key, .before_number = std::nullopt, .limit = events_max}));
  return history;
}

}  // namespace payout::sqlite
