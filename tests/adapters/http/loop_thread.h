// LoopThread: an EventLoop on a thread of its own, and ways to run things on it from a test.
//
// Used by: tests of the HTTP adapters, whose other half is blocking sockets on the test's thread.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_LOOP_THREAD_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_LOOP_THREAD_H_

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/loop/event_loop.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"

namespace payout::testing {

class LoopThread {
 public:
  LoopThread() : scope_(std::in_place) {
    std::signal(SIGPIPE, SIG_IGN);
    thread_ = std::thread([this] { loop_.Run(); });
  }
  ~LoopThread() {
    Do([this] { scope_.reset(); });
    loop_.Stop();
    thread_.join();
  }

  EventLoop& loop() { return loop_; }

  // Runs `work` on the loop and waits for it.
  void Do(std::function<void()> work) {
    std::promise<void> done;
    loop_.Post([&] {
      work();
      done.set_value();
    });
    Get(done.get_future());
  }

  // Starts the task on the loop.
  template <class T>
  std::future<T> Start(std::function<Task<T>()> make) {
    auto promise = std::make_shared<std::promise<T>>();
    std::future<T> future = promise->get_future();
    loop_.Post([this, make = std::move(make), promise = std::move(promise)]() mutable {
      if (scope_) scope_->Spawn(Run<T>(std::move(make), std::move(promise)));
    });
    return future;
  }

  // Runs the task on the loop and returns its result.
  template <class T>
  T Await(std::function<Task<T>()> make) {
    return Get(Start<T>(std::move(make)));
  }

  // Destroys every task that Start began.
  void DropTasks() {
    Do([this] { scope_.emplace(); });
  }

  // A hung loop ends the test program instead of blocking it.
  template <class T>
  static T Get(std::future<T> future) {
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
      std::fputs("the loop did not answer within a minute\n", stderr);
      std::abort();
    }
    return future.get();
  }

 private:
  template <class T>
  static Task<void> Run(std::function<Task<T>()> make, std::shared_ptr<std::promise<T>> promise) {
    Task<T> task = make();
    if constexpr (std::is_void_v<T>) {
      co_await task;
      promise->set_value();
    } else {
      T value = co_await task;
      promise->set_value(std::move(value));
    }
  }

  EventLoop loop_;
  std::optional<TaskScope> scope_;
  std::thread thread_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_LOOP_THREAD_H_
