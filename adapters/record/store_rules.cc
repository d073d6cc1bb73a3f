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

absl::StatusOr<Payout> ChangedRow(const Payout& row, const Change& change,
                                  std::int64_t next_position) {
  if (row.version != change.expected_version) {
    return absl::AbortedError("the payout was changed meanwhile");
  }
  if (!change.emits_event && !(change.after.status == row.status)) {
    return absl::InvalidArgumentError("a change of status emits an event");
  }

  Payout after = row;  // What was asked for, hint_seq and the order of creation stay.
  after.status = change.after.status;
  after.submission = change.after.submission;
  after.absence = change.after.absence;
  after.contradiction = change.after.contradiction;
  after.schedule = change.after.schedule;
  after.hint_read_seq = change.after.hint_read_seq;
  after.last_read_at = change.after.last_read_at;
  after.last_answer_at = change.after.last_answer_at;
  after.version = row.version + 1;
  if (change.emits_event) {
    after.revision = row.revision + 1;
    after.position = next_position;
    after.updated_at = change.at;
  }
  if (row.hint_seq > after.hint_read_seq) {
    after.schedule = WithMissedHint(after.status.state, after.schedule, change.hint_due_at);
  }
  return after;
}

Event ChangeEvent(const Payout& before, const Payout& after) {
  return {after.position, after.intent.tenant, after.intent.key,
          after.revision, before.status.state, after.updated_at,
          after.status,   after.intent,        after.created_at};
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
