#include "adapters/sqlite/sqlite_store.h"

#include <coroutine>
#include <utility>

#include "adapters/sqlite/checkpointer.h"
#include "adapters/sqlite/group_commit.h"
#include "adapters/sqlite/open_store.h"
#include "adapters/sqlite/read_thread.h"
#include "adapters/sqlite/shared_reader.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout {

using sqlite::ReadOps;
using sqlite::WriteOps;

struct SqliteStore::Impl {
  Impl(sqlite::OpenedStore opened, Executor& loop, const SqliteOptions& options)
      : executor(loop),
        lock(std::move(opened.lock)),
        identity(std::move(opened.identity)),
        shared_reader(std::move(opened.shared_readers)),
        checkpointer(std::move(opened.checkpointer), shared_reader, options.checkpoint_pages),
        writer(std::move(opened.writer), std::move(opened.epoch_file), opened.reach, loop, listener,
               {static_cast<std::size_t>(options.queue_limit),
                static_cast<std::size_t>(options.group_limit)},
               checkpointer, shared_reader),
        reader(std::move(opened.reader), loop, static_cast<std::size_t>(options.queue_limit)) {}
  // The writer's connection closes after those of readers.
  ~Impl() { shared_reader.Close(); }

  sqlite::JobQueue<WriteOps>& QueueFor(WriteOps*) { return writer.queue(); }
  sqlite::JobQueue<ReadOps>& QueueFor(ReadOps*) { return reader.queue(); }

  Executor& executor;
  // The order is that of closing, backwards: the writer's connection after the readers' (see
  // ~Impl), the lock at the very end. Checkpointer and writer use shared_reader.
  const std::unique_ptr<sqlite::LockFile> lock;
  const StoreIdentity identity;
  const std::shared_ptr<sqlite::CommitListener> listener =
      std::make_shared<sqlite::CommitListener>();
  sqlite::SharedReader shared_reader;
  sqlite::Checkpointer checkpointer;
  sqlite::GroupCommit writer;
  sqlite::ReadThread reader;
};

// Awaits a call. When its coroutine is destroyed meanwhile, the call goes on and resumes nobody.
template <class Ops, class T>
class SqliteStore::Pending {
 public:
  Pending(Impl& impl, std::function<absl::StatusOr<T>(Ops&)> operation)
      : impl_(impl), call_(std::make_shared<sqlite::Call<Ops, T>>(std::move(operation))) {}
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { call_->SetWaiter(nullptr); }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    call_->SetWaiter(waiter);
    if (impl_.QueueFor(static_cast<Ops*>(nullptr)).Push(call_)) return;
    call_->Fail(absl::UnavailableError("too many calls wait for the store"));
    impl_.executor.Post([call = call_] { call->Finish(); });
  }
  absl::StatusOr<T> await_resume() { return call_->TakeResult(); }

 private:
  Impl& impl_;
  std::shared_ptr<sqlite::Call<Ops, T>> call_;
};

template <class T, class Ops>
Task<absl::StatusOr<T>> SqliteStore::Submit(std::function<absl::StatusOr<T>(Ops&)> operation) {
  Pending<Ops, T> pending(*impl_, std::move(operation));
  absl::StatusOr<T> result = co_await pending;
  co_return result;
}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path,
                                                               Executor& executor,
                                                               const SqliteOptions& options) {
  PAYOUT_ASSIGN_OR_RETURN(sqlite::OpenedStore opened, sqlite::OpenStore(path, options));
  Log(LogLevel::kInfo, "store.opened",
      {{"path", path},
       {"store_id", opened.identity.store_id},
       {"position", opened.reach.position}});
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::make_unique<Impl>(std::move(opened), executor, options)));
}

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SqliteStore::~SqliteStore() {
  impl_->listener->callback = nullptr;
  impl_.reset();
}

const StoreIdentity& SqliteStore::identity() const { return impl_->identity; }

WriteCounts SqliteStore::write_counts() const { return impl_->writer.counts(); }

void SqliteStore::OnCommit(CommitCallback callback) {
  impl_->listener->callback = std::move(callback);
}

PayoutReader* SqliteStore::reader() { return &impl_->shared_reader; }

Task<absl::StatusOr<InsertResult>> SqliteStore::Insert(Payout payout,
                                                       std::optional<RowLease> lease) {
  return Submit<InsertResult, WriteOps>([payout = std::move(payout), lease = std::move(lease)](
                                            WriteOps& ops) { return ops.Insert(payout, lease); });
}

Task<absl::StatusOr<Payout>> SqliteStore::Apply(Change change) {
  return Submit<Payout, WriteOps>(
      [change = std::move(change)](WriteOps& ops) mutable { return ops.Apply(change); });
}

Task<absl::StatusOr<LeaseResult>> SqliteStore::Lease(LeaseRequest request) {
  return Submit<LeaseResult, WriteOps>(
      [request = std::move(request)](WriteOps& ops) { return ops.Lease(request); });
}

Task<absl::Status> SqliteStore::Release(PayoutKey key, std::string owner) {
  Task<absl::StatusOr<bool>> task =
      Submit<bool, WriteOps>([key, owner](WriteOps& ops) -> absl::StatusOr<bool> {
        PAYOUT_RETURN_IF_ERROR(ops.Release(key, owner));
        return true;
      });
  const absl::StatusOr<bool> done = co_await task;
  co_return done.status();
}

Task<absl::StatusOr<std::optional<Schedule>>> SqliteStore::RecordHint(PayoutKey key,
                                                                      absl::Time now) {
  return Submit<std::optional<Schedule>, WriteOps>(
      [key, now](WriteOps& ops) { return ops.RecordHint(key, now); });
}

Task<absl::StatusOr<int>> SqliteStore::Recover(std::string owner, absl::Time now) {
  return Submit<int, WriteOps>([owner, now](WriteOps& ops) { return ops.Recover(owner, now); });
}

Task<absl::StatusOr<int>> SqliteStore::ShiftDue(absl::Time now, absl::Duration by) {
  return Submit<int, WriteOps>([now, by](WriteOps& ops) { return ops.ShiftDue(now, by); });
}

Task<absl::StatusOr<OperatorAction>> SqliteStore::SetSwitch(PauseSwitch value,
                                                            OperatorAction action) {
  return Submit<OperatorAction, WriteOps>(
      [value, action](WriteOps& ops) { return ops.SetSwitch(value, action); });
}

Task<absl::Status> SqliteStore::FinishRestore() {
  Task<absl::StatusOr<bool>> task =
      Submit<bool, WriteOps>([](WriteOps& ops) -> absl::StatusOr<bool> {
        PAYOUT_RETURN_IF_ERROR(ops.FinishRestore());
        return true;
      });
  const absl::StatusOr<bool> done = co_await task;
  co_return done.status();
}

Task<absl::StatusOr<std::vector<Payout>>> SqliteStore::RestoredRows(std::int64_t after_sequence,
                                                                    int limit) {
  return Submit<std::vector<Payout>, ReadOps>(
      [after_sequence, limit](ReadOps& ops) { return ops.RestoredRows(after_sequence, limit); });
}

Task<absl::StatusOr<std::optional<Payout>>> SqliteStore::Find(PayoutKey key) {
  return Submit<std::optional<Payout>, ReadOps>([key](ReadOps& ops) { return ops.Find(key); });
}

Task<absl::StatusOr<std::vector<Payout>>> SqliteStore::List(ListQuery query) {
  return Submit<std::vector<Payout>, ReadOps>([query](ReadOps& ops) { return ops.List(query); });
}

Task<absl::StatusOr<std::int64_t>> SqliteStore::LastPosition() {
  return Submit<std::int64_t, ReadOps>([](ReadOps& ops) { return ops.LastPosition(); });
}

Task<absl::StatusOr<std::int64_t>> SqliteStore::OldestPosition() {
  return Submit<std::int64_t, ReadOps>([](ReadOps& ops) { return ops.OldestPosition(); });
}

Task<absl::StatusOr<EventPage>> SqliteStore::ReadEvents(std::int64_t after, int limit) {
  return Submit<EventPage, ReadOps>(
      [after, limit](ReadOps& ops) { return ops.ReadEvents(nullptr, after, limit); });
}

Task<absl::StatusOr<EventPage>> SqliteStore::ReadEvents(StreamFilter filter, std::int64_t after,
                                                        int limit) {
  return Submit<EventPage, ReadOps>(
      [filter, after, limit](ReadOps& ops) { return ops.ReadEvents(&filter, after, limit); });
}

Task<absl::StatusOr<SnapshotPage>> SqliteStore::Snapshot(StreamFilter filter, std::int64_t position,
                                                         std::int64_t after_sequence, int limit) {
  return Submit<SnapshotPage, ReadOps>([filter, position, after_sequence, limit](ReadOps& ops) {
    return ops.Snapshot(filter, position, after_sequence, limit);
  });
}

Task<absl::StatusOr<std::vector<Attempt>>> SqliteStore::Attempts(PayoutKey key) {
  return Submit<std::vector<Attempt>, ReadOps>([key](ReadOps& ops) { return ops.Attempts(key); });
}

Task<absl::StatusOr<std::optional<PayoutHistory>>> SqliteStore::History(PayoutKey key,
                                                                        int events_max) {
  return Submit<std::optional<PayoutHistory>, ReadOps>(
      [key, events_max](ReadOps& ops) { return ops.History(key, events_max); });
}

Task<absl::StatusOr<std::vector<PauseSwitch>>> SqliteStore::Switches() {
  return Submit<std::vector<PauseSwitch>, ReadOps>([](ReadOps& ops) { return ops.Switches(); });
}

Task<absl::StatusOr<std::vector<OperatorAction>>> SqliteStore::Actions(ActionQuery query) {
  return Submit<std::vector<OperatorAction>, ReadOps>(
      [query](ReadOps& ops) { return ops.Actions(query); });
}

Task<absl::StatusOr<std::vector<ReviewCount>>> SqliteStore::CountReview() {
  return Submit<std::vector<ReviewCount>, ReadOps>([](ReadOps& ops) { return ops.CountReview(); });
}

Task<absl::StatusOr<std::vector<MerchantCounts>>> SqliteStore::CountOpen() {
  return Submit<std::vector<MerchantCounts>, ReadOps>([](ReadOps& ops) { return ops.CountOpen(); });
}

}  // namespace payout
