// Trigger: wakes the coroutines that wait for something to have changed. It carries no data; a
// woken coroutine looks for itself.
//
// Used by: work loops, streams, callers that wait for a state.
// Thread-safety: none; lives on the core loop. Waiters are resumed through the executor, never
// inline, so that Notify never runs foreign code. A trigger outlives its waiters. A waiter that is
// destroyed takes itself off the list.

#ifndef PAYOUT_SERVER_BASE_TRIGGER_H_
#define PAYOUT_SERVER_BASE_TRIGGER_H_

#include <functional>
#include <utility>

namespace payout {

class Trigger {
  struct Node {
    Node* previous = nullptr;
    Node* next = nullptr;
  };

 public:
  Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;

  // One place in the list of waiters; `wake` runs inline in Notify and must only schedule.
  class Waiter : Node {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { Unlink(); }

    bool linked() const { return next != nullptr; }
    void Link(Trigger& trigger, std::function<void()> wake) {
      Unlink();
      wake_ = std::move(wake);
      previous = trigger.head_.previous;
      next = &trigger.head_;
      previous->next = this;
      next->previous = this;
    }
    void Unlink() {
      if (next == nullptr) return;
      previous->next = next;
      next->previous = previous;
      next = previous = nullptr;
    }

   private:
    friend class Trigger;
    std::function<void()> wake_;
  };

  // Wakes everyone who waits now. Those who wait later wait for the next call.
  void Notify() {
    // The waiters of now move to a list of their own, which grows no more. Whoever is destroyed
    // meanwhile takes itself off that one.
    Node waking{&waking, &waking};
    if (head_.next != &head_) {
      waking = head_;
      waking.next->previous = waking.previous->next = &waking;
      head_ = {&head_, &head_};
    }
    while (waking.next != &waking) {
      auto* const waiter = static_cast<Waiter*>(waking.next);
      waiter->Unlink();
      const std::function<void()> wake = std::move(waiter->wake_);
      wake();
    }
  }

  ~Trigger() {
    while (head_.next != &head_) static_cast<Waiter*>(head_.next)->Unlink();
  }

 private:
  Node head_{&head_, &head_};  // in a list with those who wait
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_TRIGGER_H_
