#include "tests/simulation/simulated_store.h"

#include <coroutine>
#include <utility>

#include "server/app/wait.h"

namespace payout::simulation {
namespace {

absl::Status Unavailable() { return absl::UnavailableError("simulated"); }

StoreIdentity Identity() { return {std::string(32, '0'), 1, SecretString(std::string(32, 's'))}; }

}  // namespace

template <class T>
struct SimulatedStore::Reply : SimulatedStore::Pending {
  std::coroutine_handle<> waiter;
  absl::StatusOr<T> result = absl::UnavailableError("not served");
};

// Suspends the caller until its reply is there; forgets the caller when it is destroyed.
template <class T>
class SimulatedStore::Awaiting {
 public:
  explicit Awaiting(std::shared_ptr<Reply<T>> reply) : reply_(std::move(reply)) {}
  Awaiting(const Awaiting&) = delete;
  Awaiting& operator=(const Awaiting&) = delete;
  ~Awaiting() { reply_->waiter = nullptr; }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { reply_->waiter = waiter; }
  absl::StatusOr<T> await_resume() { return std::move(reply_->result); }

 private:
  std::shared_ptr<Reply<T>> reply_;
};

SimulatedStore::SimulatedStore(testing::SimulatedEnvironment& env, Random& random,
                               const FaultRanges& faults, Checker& checker)
    : env_(env), random_(random), faults_(faults), checker_(checker), inner_(env, Identity()) {
  inner_.OnCommit([this](std::int64_t position, std::vector<EventPtr> events) {
    Publish(position, std::move(events));
  });
}

absl::StatusOr<std::optional<Payout>> SimulatedStore::Reader::Find(const PayoutKey& key) {
  if (store_.Draw(/*is_write=*/false).fate != Fate::kDone) return Unavailable();
  return store_.inner_.reader()->Find(key);
}

void SimulatedStore::OnCommit(CommitCallback callback) { on_commit_ = std::move(callback); }

void SimulatedStore::Publish(std::int64_t position, std::vector<EventPtr> events) {
  if (!on_commit_) return;
  // Whoever listens learns of it in a later turn, as from another thread.
  const absl::Duration at = env_.Monotonic() + absl::Milliseconds(random_.Below(20));
  // And may have to read what was written.
  if (random_.Below(4) == 0) events.clear();
  env_.StartTimer(at, [this, position, events = std::move(events), generation = generation_] {
    if (generation == generation_ && on_commit_) on_commit_(position, events);
  });
}

void SimulatedStore::OnCrash() {
  on_commit_ = nullptr;
  ++generation_;
  for (auto& [number, pending] : pending_) pending->dropped = random_.Chance(500);
}

SimulatedStore::Course SimulatedStore::Draw(bool is_write) {
  Course course;
  if (env_.Monotonic() < away_until_ || random_.Chance(faults_.store_refuses)) {
    course.fate = Fate::kRefused;
  } else if (is_write && random_.Chance(faults_.store_ack_lost)) {
    course.fate = Fate::kAckLost;
  }
  if (random_.Chance(faults_.store_slow)) {
    course.before = random_.Between(absl::ZeroDuration(), absl::Seconds(3));
    course.after = random_.Between(absl::ZeroDuration(), absl::Seconds(3));
  } else if (is_write) {
    course.after = absl::Milliseconds(random_.Below(4));
  }
  return course;
}

template <class T>
Task<absl::StatusOr<T>> SimulatedStore::Write(std::function<Task<absl::StatusOr<T>>()> call,
                                              std::function<void(const T&)> on_commit,
                                              const PayoutKey* key) {
  const Course course = Draw(/*is_write=*/true);
  if (key != nullptr && course.fate == Fate::kRefused) {
    checker_.CountFault(Fault::kStoreRefused, *key);
  }
  if (key != nullptr && course.fate == Fate::kAckLost) checker_.CountFault(Fault::kAckLost, *key);
  auto reply = std::make_shared<Reply<T>>();
  Awaiting<T> awaiting(reply);
  scope_.Spawn(Serve<T>(std::move(reply), std::move(call), std::move(on_commit), course));
  absl::StatusOr<T> result = co_await awaiting;
  co_return result;
}

template <class T>
Task<void> SimulatedStore::Serve(std::shared_ptr<Reply<T>> reply,
                                 std::function<Task<absl::StatusOr<T>>()> call,
                                 std::function<void(const T&)> on_commit, Course course) {
  const std::uint64_t number = ++calls_;
  pending_[number] = reply.get();
  co_await SleepFor(env_, course.before);
  if (course.fate != Fate::kRefused && !reply->dropped) {
    Task<absl::StatusOr<T>> task = call();
    absl::StatusOr<T> result = co_await task;
    if (result.ok() && on_commit) on_commit(*result);
    reply->result = std::move(result);
  }
  pending_.erase(number);
  if (course.fate != Fate::kDone) reply->result = Unavailable();
  if (course.after > absl::ZeroDuration()) co_await SleepFor(env_, course.after);
  if (reply->waiter) std::exchange(reply->waiter, nullptr).resume();
}

template <class T>
Task<absl::StatusOr<T>> SimulatedStore::Read(Task<absl::StatusOr<T>> call) {
  const Course course = Draw(/*is_write=*/false);
  if (course.fate != Fate::kDone) {
    co_await SleepFor(env_, course.after);
    co_return Unavailable();
  }
  absl::StatusOr<T> result = co_await call;
  if (course.after > absl::ZeroDuration()) co_await SleepFor(env_, course.after);
  co_return result;
}

Task<absl::StatusOr<InsertResult>> SimulatedStore::Insert(Payout payout,
                                                          std::optional<RowLease> lease) {
  auto kept = std::make_shared<Payout>(std::move(payout));
  return Write<InsertResult>([this, kept, lease] { return inner_.Insert(std::move(*kept), lease); },
                             [this](const InsertResult& result) {
                               if (result.inserted) checker_.OnInserted(result.payout);
                             },
                             nullptr);
}

Task<absl::StatusOr<Payout>> SimulatedStore::Apply(Change change) {
  const PayoutKey key = change.after.intent.key;
  auto kept = std::make_shared<Change>(std::move(change));
  Task<absl::StatusOr<Payout>> task = Write<Payout>(
      [this, kept] { return inner_.Apply(*kept); },
      [this, kept](const Payout& written) { checker_.OnApplied(*kept, written); }, &key);
  absl::StatusOr<Payout> written = co_await task;
  co_return written;
}

Task<absl::StatusOr<LeaseResult>> SimulatedStore::Lease(LeaseRequest request) {
  return Read<LeaseResult>(inner_.Lease(std::move(request)));
}

Task<absl::Status> SimulatedStore::Release(PayoutKey key, std::string owner) {
  return inner_.Release(std::move(key), std::move(owner));
}

Task<absl::StatusOr<std::optional<Schedule>>> SimulatedStore::RecordHint(PayoutKey key,
                                                                         absl::Time now) {
  return Write<std::optional<Schedule>>([this, key, now] { return inner_.RecordHint(key, now); },
                                        [this, key](const std::optional<Schedule>& schedule) {
                                          if (schedule) checker_.OnHinted(key);
                                        },
                                        nullptr);
}

Task<absl::StatusOr<int>> SimulatedStore::Recover(std::string owner, absl::Time now) {
  return Write<int>([this, owner, now] { return inner_.Recover(owner, now); }, {}, nullptr);
}

Task<absl::StatusOr<int>> SimulatedStore::ShiftDue(absl::Time now, absl::Duration by) {
  return Write<int>([this, now, by] { return inner_.ShiftDue(now, by); }, {}, nullptr);
}

Task<absl::StatusOr<std::optional<Payout>>> SimulatedStore::Find(PayoutKey key) {
  return Read<std::optional<Payout>>(inner_.Find(std::move(key)));
}

Task<absl::StatusOr<std::vector<Payout>>> SimulatedStore::List(ListQuery query) {
  return Read<std::vector<Payout>>(inner_.List(std::move(query)));
}

Task<absl::StatusOr<std::int64_t>> SimulatedStore::LastPosition() {
  return Read<std::int64_t>(inner_.LastPosition());
}

Task<absl::StatusOr<std::int64_t>> SimulatedStore::OldestPosition() {
  return Read<std::int64_t>(inner_.OldestPosition());
}

Task<absl::StatusOr<EventPage>> SimulatedStore::ReadEvents(std::int64_t after, int limit) {
  return Read<EventPage>(inner_.ReadEvents(after, limit));
}

Task<absl::StatusOr<EventPage>> SimulatedStore::ReadEvents(StreamFilter filter, std::int64_t after,
                                                           int limit) {
  return Read<EventPage>(inner_.ReadEvents(std::move(filter), after, limit));
}

Task<absl::StatusOr<SnapshotPage>> SimulatedStore::Snapshot(StreamFilter filter,
                                                            std::int64_t position,
                                                            std::int64_t after_sequence,
                                                            int limit) {
  return Read<SnapshotPage>(inner_.Snapshot(std::move(filter), position, after_sequence, limit));
}

Task<absl::StatusOr<std::vector<Attempt>>> SimulatedStore::Attempts(PayoutKey key) {
  return inner_.Attempts(std::move(key));
}

Task<absl::StatusOr<std::vector<MerchantCounts>>> SimulatedStore::CountOpen() {
  return Read<std::vector<MerchantCounts>>(inner_.CountOpen());
}

Task<absl::StatusOr<OperatorAction>> SimulatedStore::SetSwitch(PauseSwitch value,
                                                               OperatorAction action) {
  return Write<OperatorAction>([this, value, action] { return inner_.SetSwitch(value, action); },
                               {}, nullptr);
}

Task<absl::Status> SimulatedStore::FinishRestore() { return inner_.FinishRestore(); }

Task<absl::StatusOr<std::vector<Payout>>> SimulatedStore::RestoredRows(std::int64_t after_sequence,
                                                                       int limit) {
  return Read<std::vector<Payout>>(inner_.RestoredRows(after_sequence, limit));
}

Task<absl::StatusOr<std::optional<PayoutHistory>>> SimulatedStore::History(PayoutKey key,
                                                                           int events_max) {
  return Read<std::optional<PayoutHistory>>(inner_.History(std::move(key), events_max));
}

Task<absl::StatusOr<std::vector<PauseSwitch>>> SimulatedStore::Switches() {
  return Read<std::vector<PauseSwitch>>(inner_.Switches());
}

Task<absl::StatusOr<std::vector<OperatorAction>>> SimulatedStore::Actions(ActionQuery query) {
  return Read<std::vector<OperatorAction>>(inner_.Actions(std::move(query)));
}

Task<absl::StatusOr<std::vector<ReviewCount>>> SimulatedStore::CountReview() {
  return Read<std::vector<ReviewCount>>(inner_.CountReview());
}

}  // namespace payout::simulation
