// SimulatedStore: a PayoutStore in front of another one, which survives the process, with
// everything a store can do to its callers: refuse, commit and lose the answer, be slow, be away
// for a while, and be caught in the middle by a crash.
//
// Used by: world.h. Tells the checker of every commit before anybody else can know of it.
// Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_SIMULATED_STORE_H_
#define PAYOUT_TESTS_SIMULATION_SIMULATED_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/memory/memory_store.h"
#include "server/base/task_scope.h"
#include "tests/simulation/checker.h"
#include "tests/simulation/fault_ranges.h"
#include "tests/simulation/random.h"

namespace payout::simulation {

class SimulatedStore final : public PayoutStore {
 public:
  SimulatedStore(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
                 Checker& checker);

  // The process died: of what is on its way some was written and some never will be; nobody is
  // told.
  void OnCrash();
  // Nothing is on its way any more: another process may start.
  bool quiet() const { return pending_.empty(); }
  // Every call is refused until then (monotonic).
  void GoAway(absl::Duration until) { away_until_ = until; }
  // What is in it now, and its being put back at `now` (the gateway's clock), once it is quiet.
  void Backup() { backup_ = inner_.Backup(); }
  void Restore(absl::Time now) { inner_.Restore(*backup_, now); }
  // As it is, without faults.
  PayoutStore& inner() { return inner_; }

  const StoreIdentity& identity() const override { return inner_.identity(); }
  void OnCommit(CommitCallback callback) override;
  PayoutReader* reader() override { return &reader_; }

  Task<absl::StatusOr<InsertResult>> Insert(Payout payout,
                                            std::optional<RowLease> lease = std::nullopt) override;
  Task<absl::StatusOr<Payout>> Apply(Change change) override;
  Task<absl::StatusOr<LeaseResult>> Lease(LeaseRequest request) override;
  Task<absl::Status> Release(PayoutKey key, std::string owner) override;
  Task<absl::StatusOr<std::optional<Schedule>>> RecordHint(PayoutKey key, absl::Time now) override;
  Task<absl::StatusOr<int>> Recover(std::string owner, absl::Time now) override;
  Task<absl::StatusOr<int>> ShiftDue(absl::Time now, absl::Duration by) override;

  Task<absl::StatusOr<std::optional<Payout>>> Find(PayoutKey key) override;
  Task<absl::StatusOr<std::vector<Payout>>> List(ListQuery query) override;
  Task<absl::StatusOr<std::int64_t>> LastPosition() override;
  Task<absl::StatusOr<std::int64_t>> OldestPosition() override;
  Task<absl::StatusOr<EventPage>> ReadEvents(std::int64_t after, int limit) override;
  Task<absl::StatusOr<EventPage>> ReadEvents(StreamFilter filter, std::int64_t after,
                                             int limit) override;
  Task<absl::StatusOr<SnapshotPage>> Snapshot(StreamFilter filter, std::int64_t position,
                                              std::int64_t after_sequence, int limit) override;
  Task<absl::StatusOr<std::vector<Attempt>>> Attempts(PayoutKey key) override;
  Task<absl::StatusOr<std::vector<MerchantCounts>>> CountOpen() override;
  Task<absl::StatusOr<OperatorAction>> SetSwitch(PauseSwitch value, OperatorAction action) override;
  Task<absl::Status> FinishRestore() override;
  Task<absl::StatusOr<std::vector<Payout>>> RestoredRows(std::int64_t after_sequence,
                                                         int limit) override;
  Task<absl::StatusOr<std::optional<PayoutHistory>>> History(PayoutKey key,
                                                             int events_max) override;
  Task<absl::StatusOr<std::vector<PauseSwitch>>> Switches() override;
  Task<absl::StatusOr<std::vector<OperatorAction>>> Actions(ActionQuery query) override;
  Task<absl::StatusOr<std::vector<ReviewCount>>> CountReview() override;

 private:
  class Reader final : public PayoutReader {
   public:
    explicit Reader(SimulatedStore& store) : store_(store) {}
    absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override;

   private:
    SimulatedStore& store_;
  };
  enum class Fate { kDone, kRefused, kAckLost };
  struct Course {
    Fate fate = Fate::kDone;
    absl::Duration before;  // until it takes effect
    absl::Duration after;   // until the caller knows
  };
  // Whose call it is; shared with the coroutine that serves it, which outlives the process.
  struct Pending {
    bool dropped = false;
  };
  template <class T>
  struct Reply;
  template <class T>
  class Awaiting;

  Course Draw(bool is_write);
  template <class T>
  Task<absl::StatusOr<T>> Write(std::function<Task<absl::StatusOr<T>>()> call,
                                std::function<void(const T&)> on_commit, const PayoutKey* key);
  template <class T>
  Task<void> Serve(std::shared_ptr<Reply<T>> reply, std::function<Task<absl::StatusOr<T>>()> call,
                   std::function<void(const T&)> on_commit, Course course);
  template <class T>
  Task<absl::StatusOr<T>> Read(Task<absl::StatusOr<T>> call);
  void Publish(std::int64_t position, std::vector<EventPtr> events);

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  MemoryStore inner_;
  Reader reader_{*this};
  std::shared_ptr<const memory::Books> backup_;
  absl::Duration away_until_ = -absl::InfiniteDuration();
  CommitCallback on_commit_;
  std::uint64_t generation_ = 0;  // of the process that listens
  std::map<std::uint64_t, Pending*> pending_;
  std::uint64_t calls_ = 0;
  TaskScope scope_;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_SIMULATED_STORE_H_
