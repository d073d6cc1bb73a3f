#include "adapters/memory/memory_store.h"

#include <coroutine>
#include <limits>
#include <memory>
#include <utility>

#include "adapters/memory/books.h"
#include "server/base/digest.h"

namespace payout {

struct MemoryStore::Core {
  struct Fault {
    absl::Status error;
    bool after_applying;
  };
  std::vector<EventPtr> EventsAfter(std::int64_t position) const {
    EventPage page = books.ReadEvents(nullptr, position, std::numeric_limits<int>::max());
    std::vector<EventPtr> events;
    for (Event& event : page.events) {
      events.push_back(std::make_shared<const Event>(std::move(event)));
    }
    return events;
  }

  Executor& executor;
  StoreIdentity identity;
  memory::Books books;
  CommitCallback on_commit;
  std::optional<Fault> fault;
  std::int64_t restored_to = 0;  // rows up to this sequence are RestoredRows
};

class MemoryStore::Reader final : public PayoutReader {
 public:
  explicit Reader(Core& core) : core_(core) {}
  absl::StatusOr<std::optional<Payout>> Find(const PayoutKey& key) override {
    if (const auto fault = std::exchange(core_.fault, std::nullopt)) return fault->error;
    return core_.books.Find(key);
  }

 private:
  Core& core_;
};

// One call on its way. The executor's closure and the waiting coroutine share it, so that either
// may go first.
template <class T>
class MemoryStore::Call {
 public:
  Call(std::shared_ptr<Core> core, std::function<absl::StatusOr<T>()> operation)
      : shared_(std::make_shared<Shared>()), core_(std::move(core)) {
    shared_->operation = std::move(operation);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { shared_->waiter = nullptr; }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    shared_->waiter = waiter;
    // The store may be gone by then; what is left of it does nothing.
    core_->executor.Post([shared = shared_, weak = std::weak_ptr<Core>(core_)] {
      const std::shared_ptr<Core> core = weak.lock();
      if (core == nullptr) return;
      const std::int64_t before = core->books.LastPosition();
      const std::optional<Core::Fault> fault = std::exchange(core->fault, std::nullopt);
      shared->result = !fault || fault->after_applying ? shared->operation() : fault->error;
      if (fault) shared->result = fault->error;
      const std::int64_t after = core->books.LastPosition();
      if (shared->waiter) std::exchange(shared->waiter, nullptr).resume();
      if (after > before && core->on_commit) core->on_commit(after, core->EventsAfter(before));
    });
  }
  absl::StatusOr<T> await_resume() { return std::move(shared_->result); }

 private:
  struct Shared {
    std::function<absl::StatusOr<T>()> operation;
    absl::StatusOr<T> result = absl::UnavailableError("not run");
    std::coroutine_handle<> waiter;
  };
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Core> core_;
};

template <class T>
Task<absl::StatusOr<T>> MemoryStore::Submit(std::function<absl::StatusOr<T>()> operation) {
  Call<T> call(core_, std::move(operation));
  absl::StatusOr<T> result = co_await call;
  co_return result;
}

MemoryStore::MemoryStore(Executor& executor)
    : MemoryStore(executor,
                  StoreIdentity{HexEncode(RandomBytes(16)), 1, SecretString(RandomBytes(32))}) {}

MemoryStore::MemoryStore(Executor& executor, StoreIdentity identity)
    : core_(std::make_shared<Core>(Core{executor, std::move(identity), {}, {}, {}, 0})),
      reader_(std::make_unique<Reader>(*core_)) {}

MemoryStore::~MemoryStore() {
  // A call that outlives the store may still run; whoever listened may be gone.
  core_->on_commit = nullptr;
}

void MemoryStore::FailNext(absl::Status error, bool after_applying) {
  core_->fault = Core::Fault{std::move(error), after_applying};
}

PayoutReader* MemoryStore::reader() { return reader_.get(); }

std::int64_t MemoryStore::ParkedCount(const PayoutKey& key) const {
  return core_->books.ParkedCount(key);
}

std::shared_ptr<const memory::Books> MemoryStore::Backup() const {
  return std::make_shared<const memory::Books>(core_->books);
}

void MemoryStore::Restore(const memory::Books& backup, absl::Time now) {
  core_->books = backup;
  ++core_->identity.epoch;
  // To the microsecond, as all times that it is compared with.
  core_->identity.restored_at = absl::FromUnixMicros(absl::ToUnixMicros(now));
  core_->restored_to = core_->books.LastSequence();
}

const StoreIdentity& MemoryStore::identity() const { return core_->identity; }

void MemoryStore::OnCommit(CommitCallback callback) { core_->on_commit = std::move(callback); }

// The closures hold the books by reference: Call runs them only while the core lives.

Task<absl::StatusOr<InsertResult>> MemoryStore::Insert(Payout payout,
                                                       std::optional<RowLease> lease) {
  return Submit<InsertResult>([&books = core_->books, payout = std::move(payout),
                               lease = std::move(lease)] { return books.Insert(payout, lease); });
}

Task<absl::StatusOr<Payout>> MemoryStore::Apply(Change change) {
  return Submit<Payout>(
      [&books = core_->books, change = std::move(change)] { return books.Apply(change); });
}

Task<absl::StatusOr<LeaseResult>> MemoryStore::Lease(LeaseRequest request) {
  return Submit<LeaseResult>(
      [&books = core_->books, request = std::move(request)] { return books.Lease(request); });
}

Task<absl::Status> MemoryStore::Release(PayoutKey key, std::string owner) {
  Task<absl::StatusOr<bool>> task = Submit<bool>([&books = core_->books, key, owner] {
    books.Release(key, owner);
    return true;
  });
  const absl::StatusOr<bool> done = co_await task;
  co_return done.status();
}

Task<absl::StatusOr<std::optional<Schedule>>> MemoryStore::RecordHint(PayoutKey key,
                                                                      absl::Time now) {
  return Submit<std::optional<Schedule>>(
      [&books = core_->books, key, now] { return books.RecordHint(key, now); });
}

Task<absl::StatusOr<int>> MemoryStore::Recover(std::string owner, absl::Time now) {
  return Submit<int>([&books = core_->books, owner, now] { return books.Recover(owner, now); });
}

Task<absl::StatusOr<int>> MemoryStore::ShiftDue(absl::Time now, absl::Duration by) {
  return Submit<int>([&books = core_->books, now, by] { return books.ShiftDue(now, by); });
}

Task<absl::StatusOr<OperatorAction>> MemoryStore::SetSwitch(PauseSwitch value,
                                                            OperatorAction action) {
  return Submit<OperatorAction>(
      [&books = core_->books, value, action] { return books.SetSwitch(value, action); });
}

Task<absl::Status> MemoryStore::FinishRestore() {
  Task<absl::StatusOr<bool>> task = Submit<bool>([&to = core_->restored_to] {
    to = 0;
    return true;
  });
  const absl::StatusOr<bool> done = co_await task;
  co_return done.status();
}

Task<absl::StatusOr<std::vector<Payout>>> MemoryStore::RestoredRows(std::int64_t after_sequence,
                                                                    int limit) {
  return Submit<std::vector<Payout>>(
      [&books = core_->books, &to = core_->restored_to, after_sequence, limit] {
        return books.Unsettled(after_sequence, to, limit);
      });
}

Task<absl::StatusOr<std::optional<Payout>>> MemoryStore::Find(PayoutKey key) {
  return Submit<std::optional<Payout>>([&books = core_->books, key] { return books.Find(key); });
}

Task<absl::StatusOr<std::vector<Payout>>> MemoryStore::List(ListQuery query) {
  return Submit<std::vector<Payout>>([&books = core_->books, query] { return books.List(query); });
}

Task<absl::StatusOr<std::int64_t>> MemoryStore::LastPosition() {
  return Submit<std::int64_t>([&books = core_->books] { return books.LastPosition(); });
}

Task<absl::StatusOr<std::int64_t>> MemoryStore::OldestPosition() {
  return Submit<std::int64_t>([] { return std::int64_t{0}; });
}

Task<absl::StatusOr<EventPage>> MemoryStore::ReadEvents(std::int64_t after, int limit) {
  return Submit<EventPage>(
      [&books = core_->books, after, limit] { return books.ReadEvents(nullptr, after, limit); });
}

Task<absl::StatusOr<EventPage>> MemoryStore::ReadEvents(StreamFilter filter, std::int64_t after,
                                                        int limit) {
  return Submit<EventPage>([&books = core_->books, filter, after, limit] {
    return books.ReadEvents(&filter, after, limit);
  });
}

Task<absl::StatusOr<SnapshotPage>> MemoryStore::Snapshot(StreamFilter filter, std::int64_t position,
                                                         std::int64_t after_sequence, int limit) {
  return Submit<SnapshotPage>([&books = core_->books, filter, position, after_sequence, limit] {
    return books.Snapshot(filter, position, after_sequence, limit);
  });
}

Task<absl::StatusOr<std::vector<Attempt>>> MemoryStore::Attempts(PayoutKey key) {
  return Submit<std::vector<Attempt>>([&books = core_->books, key] { return books.Attempts(key); });
}

Task<absl::StatusOr<std::optional<PayoutHistory>>> MemoryStore::History(PayoutKey key,
                                                                        int events_max) {
  return Submit<std::optional<PayoutHistory>>(
      [&books = core_->books, key, events_max] { return books.History(key, events_max); });
}

Task<absl::StatusOr<std::vector<PauseSwitch>>> MemoryStore::Switches() {
  return Submit<std::vector<PauseSwitch>>([&books = core_->books] { return books.Switches(); });
}

Task<absl::StatusOr<std::vector<OperatorAction>>> MemoryStore::Actions(ActionQuery query) {
  return Submit<std::vector<OperatorAction>>(
      [&books = core_->books, query] { return books.Actions(query); });
}

Task<absl::StatusOr<std::vector<ReviewCount>>> MemoryStore::CountReview() {
  return Submit<std::vector<ReviewCount>>([&books = core_->books] { return books.CountReview(); });
}

Task<absl::StatusOr<std::vector<MerchantCounts>>> MemoryStore::CountOpen() {
  return Submit<std::vector<MerchantCounts>>([&books = core_->books] { return books.CountOpen(); });
}

}  // namespace payout
