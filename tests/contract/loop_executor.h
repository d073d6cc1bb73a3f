// LoopExecutor: the smallest core loop: runs what is posted, on the test's thread, until something
// has happened.
//
// Used by: the tests of stores. Post from any thread, the rest on the test's thread.
// Waiting is bounded: a condition that does not come about within a minute ends the test program.

#ifndef PAYOUT_TESTS_CONTRACT_LOOP_EXECUTOR_H_
#define PAYOUT_TESTS_CONTRACT_LOOP_EXECUTOR_H_

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "server/base/executor.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"

namespace payout::testing {

class LoopExecutor final : public Executor {
 public:
  void Post(std::function<void()> work) override {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    posted_.notify_one();
  }

  void RunUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!done()) {
      std::unique_lock lock(mutex_);
      if (!posted_.wait_until(lock, deadline, [this] { return !queue_.empty(); })) {
        std::fprintf(stderr, "the loop waited for a minute in vain\n");
        std::abort();
      }
      std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
    }
  }

  // Runs what has been posted by now, and what that posts.
  void RunPosted() {
    RunUntil([this] {
      const std::lock_guard lock(mutex_);
      return queue_.empty();
    });
  }

  std::size_t posted() {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

  // Runs `task` to its end.
  template <class T>
  T Run(Task<T> task) {
    std::optional<T> result;
    TaskScope scope;
    scope.Spawn(Keep(std::move(task), result));
    RunUntil([&result] { return result.has_value(); });
    return *std::move(result);
  }

  // Awaits `task` into `result`; for tasks that run side by side in a scope.
  template <class T>
  static Task<void> Keep(Task<T> task, std::optional<T>& result) {
    T value = co_await task;
    result.emplace(std::move(value));
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CONTRACT_LOOP_EXECUTOR_H_
