// Job: one call on its way from the core loop to a store thread and back. JobQueue: the way there,
// bounded.
//
// Used by: sqlite_store.cc, group_commit, read_thread.
// Thread-safety: a job belongs to one side at a time: the loop, until it is pushed; the store
// thread, until it posts it back; the loop again. Only `waiter_` stays the loop's all along, so
// that a caller may be destroyed at any time. The queue may be used from any thread.

#ifndef PAYOUT_ADAPTERS_SQLITE_JOB_H_
#define PAYOUT_ADAPTERS_SQLITE_JOB_H_

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace payout::sqlite {

template <class Ops>
class Job {
 public:
  virtual ~Job() = default;
  // On the store thread. The status is that of the result. May run again after all that it wrote
  // was undone, so an operation must not use up what it holds.
  virtual absl::Status Run(Ops& ops) = 0;
  // On the store thread: replaces the result, for instance because the commit failed.
  virtual void Fail(const absl::Status& error) = 0;
  // On the loop: resumes the caller if it still waits.
  virtual void Finish() = 0;
};

// What a call answers that was never run. Made once: each call begins with it.
inline const absl::Status& NotRun() {
  static const absl::Status status = absl::UnavailableError("the store did not get to it");
  return status;
}

template <class Ops, class T>
class Call final : public Job<Ops> {
 public:
  explicit Call(std::function<absl::StatusOr<T>(Ops&)> operation)
      : operation_(std::move(operation)) {}

  absl::Status Run(Ops& ops) override {
    result_ = operation_(ops);
    return result_.status();
  }
  void Fail(const absl::Status& error) override { result_ = error; }
  void Finish() override {
    if (waiter_) std::exchange(waiter_, nullptr).resume();
  }

  void SetWaiter(std::coroutine_handle<> waiter) { waiter_ = waiter; }
  absl::StatusOr<T> TakeResult() { return std::move(result_); }

 private:
  std::function<absl::StatusOr<T>(Ops&)> operation_;
  absl::StatusOr<T> result_ = NotRun();
  std::coroutine_handle<> waiter_;
};

template <class Ops>
using Jobs = std::vector<std::shared_ptr<Job<Ops>>>;

template <class Ops>
class JobQueue {
 public:
  explicit JobQueue(std::size_t limit) : limit_(limit) {}

  // False: full or closed.
  bool Push(std::shared_ptr<Job<Ops>> job) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || jobs_.size() >= limit_) return false;
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
  }

  // Waits for jobs and takes up to `limit`; none only when the queue is closed and empty.
  Jobs<Ops> Take(std::size_t limit) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
    Jobs<Ops> taken;
    while (!jobs_.empty() && taken.size() < limit) {
      taken.push_back(std::move(jobs_.front()));
      jobs_.pop_front();
    }
    return taken;
  }

  // Nothing more comes in; what is in is still handed out.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job<Ops>>> jobs_;
  bool closed_ = false;
};

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_JOB_H_
