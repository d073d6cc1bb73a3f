#include "adapters/memory/books.h"

#include <algorithm>
#include <utility>

#include "adapters/record/store_rules.h"
#include "adapters/record/stored_form.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"
#include "server/domain/hint.h"

namespace payout::memory {
namespace {

template <class T>
bool EmptyOrHas(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

absl::StatusOr<InsertResult> Books::Insert(Payout payout, const std::optional<RowLease>& lease) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(payout));
  if (const Row* existing = FindRow(payout.intent.key))
    return InsertResult{existing->payout, false};

  Row row;
  row.payout = record::NewRow(std::move(payout), LastPosition() + 1);
  row.payout.sequence = static_cast<std::int64_t>(rows_.size()) + 1;
  row.lease = lease;
  events_.push_back(record::FirstEvent(row.payout));
  sequences_[row.payout.intent.key] = row.payout.sequence;
  const Schedule schedule = std::exchange(row.payout.schedule, Schedule{});
  Row& stored = rows_[row.payout.sequence] = std::move(row);
  SetSchedule(stored, schedule);
  clock_ = std::max(clock_, stored.payout.created_at);
  return InsertResult{stored.payout, true};
}

absl::StatusOr<Payout> Books::Apply(Change change) {
  PAYOUT_RETURN_IF_ERROR(record::ToStoredForm(change));
  Row* row = FindRow(change.after.intent.key);
  if (row == nullptr) return absl::NotFoundError("no such payout");
  if (PAYOUT_BUG(stale_write_wins)) change.expected_version = row->payout.version;
  if (PAYOUT_BUG(event_before_commit) && change.emits_event) {
    events_.push_back(record::ChangeEvent(row->payout.status.state, change.after));
  }
  PAYOUT_ASSIGN_OR_RETURN(Payout after,
                          record::ChangedRow(row->payout, change, LastPosition() + 1));

  if (PAYOUT_BUG(revision_skipped) && change.emits_event) ++after.revision;
  if (PAYOUT_BUG(hint_lost_in_flight)) after.hint_read_seq = row->payout.hint_seq;
  if (change.emits_event) events_.push_back(record::ChangeEvent(row->payout.status.state, after));
  const Schedule schedule = after.schedule;
  after.schedule = row->payout.schedule;
  row->payout = std::move(after);
  row->lease.reset();
  SetSchedule(*row, schedule);

  if (change.attempt) AddAttempt(*row, *change.attempt, change.closes_attempt);
  if (change.action) Append(*std::move(change.action));
  clock_ = std::max(clock_, change.at);
  return row->payout;
}

LeaseResult Books::Lease(const LeaseRequest& request) {
  if (request.expired_only) return LeaseExpired(request);
  LeaseResult result;
  const auto offer = [&result](absl::Time due) {
    if (!result.next_due || due < *result.next_due) result.next_due = due;
  };
  const DueEntry first{request.merchant, request.work, absl::InfinitePast(), 0};
  for (auto it = due_.lower_bound(first); it != due_.end(); ++it) {
    const auto& [merchant, work, due_at, sequence] = *it;
    if (merchant != request.merchant || work != request.work) break;
    Row& row = rows_.at(sequence);
    if (std::ranges::find(request.passed_over, row.payout.intent.tenant) !=
        request.passed_over.end()) {
      continue;
    }
    if (row.lease && (row.lease->until > request.now || PAYOUT_BUG(lease_never_ends))) {
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

void Books::Release(const PayoutKey& key, const std::string& owner) {
  Row* row = FindRow(key);
  if (row != nullptr && row->lease && row->lease->owner == owner) row->lease.reset();
}

std::optional<Schedule> Books::RecordHint(const PayoutKey& key, absl::Time now) {
  Row* row = FindRow(key);
  if (row == nullptr) {
    if (static_cast<int>(parked_.size()) < record::kParkedIdsMax || parked_.contains(key))
      ++parked_[key];
    return std::nullopt;
  }
  Payout& payout = row->payout;
  ++payout.hint_seq;
  if (PAYOUT_BUG(trust_callback)) payout.status.state = State::kSucceeded;
  SetSchedule(*row, HintSchedule(payout.status.state, payout.schedule, payout.last_read_at, now));
  clock_ = std::max(clock_, now);
  return payout.schedule;
}

int Books::ShiftDue(absl::Time now, absl::Duration by) {
  int count = 0;
  for (auto& [sequence, row] : rows_) {
    Schedule schedule = row.payout.schedule;
    const bool leased = row.lease && row.lease->until > now;
    const bool put_off = schedule.due_at > now;
    if (IsSettled(row.payout.status.state) || (!leased && !put_off)) continue;
    if (leased) row.lease->until = std::max(now, row.lease->until - by);
    if (put_off) schedule.due_at = std::max(now, *schedule.due_at - by);
    SetSchedule(row, schedule);
    ++count;
  }
  clock_ = now;
  return count;
}

int Books::Recover(const std::string& owner, absl::Time now) {
  clock_ = std::max(clock_, now);
  if (clock_ > now) ShiftDue(now, clock_ - now);
  for (auto& [sequence, row] : rows_) {
    Schedule schedule = row.payout.schedule;
    if (IsSettled(row.payout.status.state) || schedule.due_at <= now + kDueAheadMax) continue;
    schedule.due_at = now;
    SetSchedule(row, schedule);
  }
  int count = 0;
  for (auto& [sequence, row] : rows_) {
    const bool leased = row.lease && row.lease->owner != owner;
    const bool submitting = !row.lease && row.payout.status.state == State::kSubmitting;
    if (!leased && !submitting) continue;
    row.lease.reset();
    Schedule schedule = row.payout.schedule;
    schedule.due_at = std::min(schedule.due_at.value_or(now), now);
    SetSchedule(row, schedule);
    ++count;
  }
  return count;
}

std::vector<Payout> Books::Unsettled(std::int64_t after, std::int64_t to, int limit) const {
  std::vector<Payout> result;
  for (auto it = rows_.upper_bound(after); it != rows_.end() && it->first <= to; ++it) {
    if (static_cast<int>(result.size()) >= limit) break;
    const State state = it->second.payout.status.state;
    if (state == State::kQueued || state == State::kOutcomeUnknown) {
      result.push_back(it->second.payout);
    }
  }
  return result;
}

std::optional<Payout> Books::Find(const PayoutKey& key) const {
  const Row* row = FindRow(key);
  return row == nullptr ? std::nullopt : std::optional(row->payout);
}

std::vector<Payout> Books::List(const ListQuery& query) const {
  std::vector<Payout> result;
  for (auto it = rows_.rbegin();
       it != rows_.rend() && static_cast<int>(result.size()) < query.limit; ++it) {
    const Payout& payout = it->second.payout;
    const bool own = payout.intent.tenant == query.tenant || PAYOUT_BUG(list_across_tenants);
    const bool wanted = own && EmptyOrHas(query.merchants, payout.intent.key.merchant) &&
                        EmptyOrHas(query.states, payout.status.state) &&
                        (!query.created_from || payout.created_at >= *query.created_from) &&
                        (!query.created_before || payout.created_at < *query.created_before) &&
                        (!query.needs_review || !payout.status.needs_review.empty()) &&
                        (!query.before_sequence || payout.sequence < *query.before_sequence);
    if (wanted) result.push_back(payout);
  }
  return result;
}

EventPage Books::ReadEvents(const StreamFilter* filter, std::int64_t after, int limit) const {
  EventPage page;
  page.scanned_to = std::max(after, LastPosition());
  for (std::int64_t position = after + 1; position <= LastPosition(); ++position) {
    if (static_cast<int>(page.events.size()) == limit) {
      page.scanned_to = position - 1;
      break;
    }
    const Event& event = events_[static_cast<std::size_t>(position - 1)];
    if (filter == nullptr ||
        (EmptyOrHas(filter->keys, event.key) &&
         record::Wants(*filter, event.tenant, event.key.merchant, event.status.state))) {
      page.events.push_back(event);
    }
  }
  return page;
}

SnapshotPage Books::Snapshot(const StreamFilter& filter, std::int64_t position,
                             std::int64_t after_sequence, int limit) const {
  SnapshotPage page;
  for (auto it = rows_.upper_bound(after_sequence); it != rows_.end(); ++it) {
    const PayoutKey& key = it->second.payout.intent.key;
    std::optional<Payout> then = AsOf(it->second.payout, position);
    if (!then || !EmptyOrHas(filter.keys, key)) continue;
    if (filter.keys.empty() && !record::OpenOrNeedsReview(then->status)) continue;
    if (!record::Wants(filter, then->intent.tenant, key.merchant, then->status.state)) continue;
    if (static_cast<int>(page.payouts.size()) == limit) {
      page.next_after = page.payouts.back().sequence;
      break;
    }
    page.payouts.push_back(*std::move(then));
  }
  return page;
}

std::vector<Attempt> Books::Attempts(const PayoutKey& key) const {
  const Row* row = FindRow(key);
  return row == nullptr ? std::vector<Attempt>() : row->attempts;
}

std::vector<MerchantCounts> Books::CountOpen() const {
  std::map<std::pair<MerchantName, payout::State>, MerchantCounts> counts;
  for (const auto& [sequence, row] : rows_) {
    const Payout& payout = row.payout;
    if (IsSettled(payout.status.state)) continue;
    MerchantCounts& entry = counts[{payout.intent.key.merchant, payout.status.state}];
    entry.merchant = payout.intent.key.merchant;
    entry.state = payout.status.state;
    ++entry.count;
    entry.oldest_created_at =
        std::min(entry.oldest_created_at.value_or(payout.created_at), payout.created_at);
  }
  std::vector<MerchantCounts> result;
  for (auto& [group, entry] : counts) result.push_back(std::move(entry));
  return result;
}

std::int64_t Books::ParkedCount(const PayoutKey& key) const {
  const auto found = parked_.find(key);
  return found == parked_.end() ? 0 : found->second;
}

const Books::Row* Books::FindRow(const PayoutKey& key) const {
  const auto found = sequences_.find(key);
  return found == sequences_.end() ? nullptr : &rows_.at(found->second);
}

Books::Row* Books::FindRow(const PayoutKey& key) {
  return const_cast<Row*>(std::as_const(*this).FindRow(key));
}

void Books::SetSchedule(Row& row, const Schedule& schedule) {
  const Payout& payout = row.payout;
  const auto entry = [&payout] {
    return DueEntry{payout.intent.key.merchant, payout.schedule.work, *payout.schedule.due_at,
                    payout.sequence};
  };
  if (payout.schedule.due_at) due_.erase(entry());
  row.payout.schedule = schedule;
  if (payout.schedule.due_at) due_.insert(entry());
}

std::optional<Payout> Books::AsOf(const Payout& row, std::int64_t position) const {
  if (row.position <= position || PAYOUT_BUG(snapshot_shows_now)) return row;
  for (std::int64_t at = std::min(position, LastPosition()); at > 0; --at) {
    const Event& event = events_[static_cast<std::size_t>(at - 1)];
    if (event.key != row.intent.key) continue;
    Payout then = row;
    record::Rewind(event, then);
    return then;
  }
  return std::nullopt;
}

}  // namespace payout::memory
