// TaskScope: owner of coroutines that nobody awaits.
//
// Used by: use cases that start work of their own (loops, one coroutine per payout in flight).
// Thread-safety: none; Spawn and destruction happen on the executor that runs the tasks.
// A scope outlives its tasks: destroying it destroys what is still suspended, whose awaiters then
// take themselves off the timers and triggers they wait on. That is also how a simulated crash ends
// a process: nothing runs any more, and nothing leaks.

#ifndef PAYOUT_SERVER_BASE_TASK_SCOPE_H_
#define PAYOUT_SERVER_BASE_TASK_SCOPE_H_

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <utility>

#include "server/base/task.h"

namespace payout {

class TaskScope {
 public:
  TaskScope() = default;
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  ~TaskScope() {
    while (head_.next != &head_) {
      Link* link = head_.next;
      static_cast<Detached::promise_type*>(link)->Self().destroy();
    }
  }

  // Runs `task` until its first suspension before returning.
  void Spawn(Task<void> task) { Run(*this, std::move(task)); }

  // Tasks that have not finished yet.
  std::size_t active() const { return active_; }

  // Called on the executor each time the last active task has finished.
  void OnIdle(std::function<void()> callback) { on_idle_ = std::move(callback); }

 private:
  struct Link {
    Link* previous = this;
    Link* next = this;
  };

  struct Detached {
    struct promise_type : Link {
      TaskScope& scope;
      promise_type(TaskScope& owner, Task<void>&) : scope(owner) {
        next = &scope.head_;
        previous = scope.head_.previous;
        previous->next = this;
        next->previous = this;
        ++scope.active_;
      }
      ~promise_type() {
        previous->next = next;
        next->previous = previous;
        --scope.active_;
      }
      std::coroutine_handle<promise_type> Self() {
        return std::coroutine_handle<promise_type>::from_promise(*this);
      }
      struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) const noexcept {
          TaskScope& owner = self.promise().scope;
          self.destroy();
          if (owner.active_ == 0 && owner.on_idle_) owner.on_idle_();
        }
        void await_resume() const noexcept {}
      };
      Detached get_return_object() const noexcept { return {}; }
      std::suspend_never initial_suspend() const noexcept { return {}; }
      FinalAwaiter final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      void unhandled_exception() const noexcept { std::terminate(); }
    };
  };

  static Detached Run(TaskScope&, Task<void> task) { co_await task; }

  Link head_;
  std::size_t active_ = 0;
  std::function<void()> on_idle_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_TASK_SCOPE_H_
