// Books: rows, events and parked callbacks of a MemoryStore, as plain synchronous functions. The
// contract without its coroutines.
//
// Used by: memory_store.cc. Thread-safety: none.

#ifndef PAYOUT_ADAPTERS_MEMORY_BOOKS_H_
#define PAYOUT_ADAPTERS_MEMORY_BOOKS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "server/app/ports/payout_store.h"

namespace payout::memory {

class Books {
 public:
  absl::StatusOr<InsertResult> Insert(Payout payout, const std::optional<RowLease>& lease);
  absl::StatusOr<Payout> Apply(Change change);
  LeaseResult Lease(const LeaseRequest& request);
  void Release(const PayoutKey& key, const std::string& owner);
  std::optional<Schedule> RecordHint(const PayoutKey& key, absl::Time now);
  int Recover(const std::string& owner, absl::Time now);
  int ShiftDue(absl::Time now, absl::Duration by);
  absl::StatusOr<OperatorAction> SetSwitch(PauseSwitch value, OperatorAction action);

  // QUEUED and OUTCOME_UNKNOWN rows with a sequence within (after, to].
  std::vector<Payout> Unsettled(std::int64_t after, std::int64_t to, int limit) const;
  std::int64_t LastSequence() const { return static_cast<std::int64_t>(rows_.size()); }

  std::optional<Payout> Find(const PayoutKey& key) const;
  std::vector<Payout> List(const ListQuery& query) const;
  std::int64_t LastPosition() const { return static_cast<std::int64_t>(events_.size()); }
  EventPage ReadEvents(const StreamFilter* filter, std::int64_t after, int limit) const;
  SnapshotPage Snapshot(const StreamFilter& filter, std::int64_t position,
                        std::int64_t after_sequence, int limit) const;
  std::vector<Attempt> Attempts(const PayoutKey& key) const;
  std::optional<PayoutHistory> History(const PayoutKey& key, int events_max) const;
  std::vector<PauseSwitch> Switches() const;
  std::vector<OperatorAction> Actions(const ActionQuery& query) const;
  std::vector<ReviewCount> CountReview() const;
  std::vector<MerchantCounts> CountOpen() const;
  std::int64_t ParkedCount(const PayoutKey& key) const;

 private:
  struct Row {
    Payout payout;
    std::optional<RowLease> lease;
    std::vector<Attempt> attempts;
    std::int64_t attempts_dropped = 0;
  };
  // merchant, class, due, sequence: the rows that Lease looks at, in its order.
  using DueEntry = std::tuple<MerchantName, WorkClass, absl::Time, std::int64_t>;

  Row* FindRow(const PayoutKey& key);
  const Row* FindRow(const PayoutKey& key) const;
  void SetSchedule(Row& row, const Schedule& schedule);
  LeaseResult LeaseExpired(const LeaseRequest& request);
  static void AddAttempt(Row& row, const Attempt& attempt, bool closes);
  OperatorAction Append(OperatorAction action);
  std::optional<Payout> AsOf(const Payout& row, std::int64_t position) const;

  std::map<std::int64_t, Row> rows_;  // by sequence
  std::map<PayoutKey, std::int64_t> sequences_;
  std::set<DueEntry> due_;
  std::vector<Event> events_;  // position 1 first
  std::map<PayoutKey, std::int64_t> parked_;
  std::map<MerchantName, PauseSwitch> switches_;
  std::vector<OperatorAction> actions_;   // number 1 first
  absl::Time clock_ = absl::UnixEpoch();  // the latest time that was written
};

}  // namespace payout::memory

#endif  // PAYOUT_ADAPTERS_MEMORY_BOOKS_H_
