// Gate: an awaitable that suspends a coroutine until the test lets it pass, and Alive, which counts
// itself.
//
// Used by: the tests of Task and TaskScope. Thread-safety: none. The gate outlives who waits at it.

#ifndef PAYOUT_TESTS_SERVER_BASE_GATE_H_
#define PAYOUT_TESTS_SERVER_BASE_GATE_H_

#include <coroutine>
#include <utility>
#include <vector>

namespace payout {

class Gate {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) { waiters_.push_back(waiter); }
  void await_resume() const noexcept {}

  // Lets the one that has waited longest pass. False when nobody waits.
  bool Open() {
    if (waiters_.empty()) return false;
    const std::coroutine_handle<> first = waiters_.front();
    waiters_.erase(waiters_.begin());
    first.resume();
    return true;
  }

 private:
  std::vector<std::coroutine_handle<>> waiters_;
};

// Lives in a coroutine's frame; the counter tells whether the frame was destroyed.
class Alive {
 public:
  explicit Alive(int& count) : count_(count) { ++count_; }
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --count_; }

 private:
  int& count_;
};

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_BASE_GATE_H_
