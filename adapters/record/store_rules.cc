#include "adapters/record/store_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace payout::record {
namespace {

template <class T>
bool EmptyOrHas(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

// A callback came after the read that `schedule` was decided on: its answer is not in yet.
Schedule WithMissedHint(State state, Schedule schedule, absl::Time hint_due_at) {
  const bool readable = state == State::kOutcomeUnknown || state == State::kProcessing ||
                        (IsSettled(state) && state != State::kCancelled);
  if (!readable || hint_due_at == absl::InfiniteFuture()) return schedule;
  schedule.due_at = std::min(schedule.due_at.value_or(hint_due_at), hint_due_at);
  if (state == State::kProcessing) schedule.work = WorkClass::kHint;
  if (IsSettled(state)) schedule.work = WorkClass::kAudit;
  return schedule;
}

}  // namespace

Payout NewRow(Payout payout, std::int64_t position) {
  payout.revision = 1;
  payout.version = 1;
  payout.position = position;
  payout.updated_at = payout.created_at;
  payout.hint_seq = 0;
  payout.hint_read_seq = 0;
  return payout;
}

Event FirstEvent(const Payout& row) {
  return {row.position,   row.intent.tenant, row.intent.key, row.revision,  std::nullopt,
          row.updated_at, row.status,        row.intent,     row.created_at};
}

absl::StatusOr<Payout> ChangedRow(Payout row, const Change& change, std::int64_t next_position) {
  if (row.version != change.expected_version) {
    return absl::AbortedError("the payout was changed meanwhile");
  }
  if (!change.emits_event && !(change.after.status == row.status)) {
    return absl::InvalidArgumentError("a change of status emits an event");
  }

  // What was asked for, hint_seq and the order of creation stay.
  row.status = change.after.status;
  row.submission = change.after.submission;
  row.absence = change.after.absence;
  row.contradiction = change.after.contradiction;
  row.schedule = change.after.schedule;
  row.hint_read_seq = change.after.hint_read_seq;
  row.last_read_at = change.after.last_read_at;
  row.last_answer_at = change.after.last_answer_at;
  ++row.version;
  if (change.emits_event) {
    ++row.revision;
    row.position = next_position;
    row.updated_at = change.at;
  }
  if (row.hint_seq > row.hint_read_seq) {
    row.schedule = WithMissedHint(row.status.state, row.schedule, change.hint_due_at);
  }
  return row;
}

Event ChangeEvent(State before, const Payout& after) {
  return {after.position,   after.intent.tenant, after.intent.key, after.revision,  before,
          after.updated_at, after.status,        after.intent,     after.created_at};
}

absl::Time AvailableAt(absl::Time due_at, absl::Time lease_until) {
  return std::max(due_at, lease_until);
}

bool Wants(const StreamFilter& filter, const TenantName& tenant, const MerchantName& merchant,
           State state) {
  return tenant == filter.tenant && EmptyOrHas(filter.merchants, merchant) &&
         EmptyOrHas(filter.states, state);
}

void Rewind(const Event& event, Payout& row) {
  row.status = event.status;
  row.revision = event.revision;
  row.position = event.position;
  row.updated_at = event.at;
}

}  // namespace payout::record
