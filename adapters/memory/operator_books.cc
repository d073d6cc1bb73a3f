// The parts of Books that operators use: switches, actions, histories; and what is bounded or rests
// because of them.

#include <algorithm>
#include <iterator>
#include <utility>

#include "adapters/memory/books.h"
#include "adapters/record/store_rules.h"
#include "adapters/record/stored_form.h"
#include "server/base/status_macros.h"

namespace payout::memory {

absl::StatusOr<OperatorAction> Books::SetSwitch(PauseSwitch value, OperatorAction action) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(value.at));
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(action.at));
  switches_[value.merchant] = value;
  return Append(std::move(action));
}

OperatorAction Books::Append(OperatorAction action) {
  action.number = static_cast<std::int64_t>(actions_.size()) + 1;
  actions_.push_back(action);
  return action;
}

std::vector<PauseSwitch> Books::Switches() const {
  std::vector<PauseSwitch> result;
  for (const auto& [merchant, value] : switches_) result.push_back(value);
  return result;
}

std::vector<OperatorAction> Books::Actions(const ActionQuery& query) const {
  std::vector<OperatorAction> result;
  for (auto it = actions_.rbegin();
       it != actions_.rend() && static_cast<int>(result.size()) < query.limit; ++it) {
    const bool wanted = (!query.payout || query.payout == PayoutKey{it->merchant, it->payout_id}) &&
                        (!query.before_number || it->number < *query.before_number);
    if (wanted) result.push_back(*it);
  }
  return result;
}

std::optional<PayoutHistory> Books::History(const PayoutKey& key, int events_max) const {
  const Row* row = FindRow(key);
  if (row == nullptr) return std::nullopt;
  PayoutHistory history;
  history.payout = row->payout;
  for (auto it = events_.rbegin();
       it != events_.rend() && static_cast<int>(history.events.size()) < events_max; ++it) {
    if (it->key == key) history.events.push_back(*it);
  }
  std::reverse(history.events.begin(), history.events.end());
  history.attempts = row->attempts;
  history.attempts_dropped = row->attempts_dropped;
  history.actions = Actions({.payout = key, .before_number = std::nullopt, .limit = events_max});
  return history;
}

std::vector<ReviewCount> Books::CountReview() const {
  std::map<MerchantName, std::int64_t> counts;
  for (const auto& [sequence, row] : rows_) {
    if (!row.payout.status.needs_review.empty()) ++counts[row.payout.intent.key.merchant];
  }
  std::vector<ReviewCount> result;
  for (const auto& [merchant, count] : counts) result.push_back({merchant, count});
  return result;
}

LeaseResult Books::LeaseExpired(const LeaseRequest& request) {
  std::set<std::pair<absl::Time, std::int64_t>> expiring;
  for (const auto& [sequence, row] : rows_) {
    const Payout& payout = row.payout;
    if (payout.intent.key.merchant == request.merchant &&
        payout.status.state == payout::State::kQueued && payout.intent.submit_before) {
      expiring.emplace(*payout.intent.submit_before, sequence);
    }
  }
  LeaseResult result;
  const auto offer = [&result](absl::Time due) {
    result.next_due = std::min(result.next_due.value_or(due), due);
  };
  for (const auto& [due_at, sequence] : expiring) {
    Row& row = rows_.at(sequence);
    if (row.lease && row.lease->until > request.now) {
      offer(record::AvailableAt(due_at, row.lease->until));
    } else if (due_at <= request.now && static_cast<int>(result.payouts.size()) < request.limit) {
      row.lease = RowLease{request.owner, request.until};
      result.payouts.push_back(row.payout);
    } else {
      offer(due_at);
      break;  // All others are due later.
    }
  }
  return result;
}

void Books::AddAttempt(Row& row, const Attempt& attempt, bool closes) {
  std::vector<Attempt>& kept = row.attempts;
  const auto open = std::find_if(kept.rbegin(), kept.rend(), [](const Attempt& candidate) {
    return candidate.certainty == Certainty::kOpen;
  });
  if (closes && open != kept.rend()) {
    *open = attempt;
    return;
  }
  kept.push_back(attempt);
  if (static_cast<std::int64_t>(kept.size()) <= kAttemptsFirst + kAttemptsNewest) return;
  kept.erase(std::next(kept.begin(), kAttemptsFirst));
  ++row.attempts_dropped;
}

}  // namespace payout::memory
