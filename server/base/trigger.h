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
 public:
  Trigger() = default;
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;

  // One place in the list of waiters; `wake` runs inline in Notify and must only schedule.
  class Waiter {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { Unlink(); }

    bool linked() const { return next_ != nullptr; }
    void Link(Trigger& trigger, std::function<void()> wake) {
      Unlink();
      wake_ = std::move(wake);
      previous_ = trigger.head_.previous_;
      next_ = &trigger.head_;
      previous_->next_ = this;
      next_->previous_ = this;
    }
    void Unlink() {
      if (next_ == nullptr) return;
      previous_->next_ = next_;
      next_->previous_ = previous_;
      next_ = previous_ = nullptr;
    }

   private:
    friend class Trigger;
    Waiter* previous_ = nullptr;
    Waiter* next_ = nullptr;
    std::function<void()> wake_;
  };

  // Wakes everyone who waits now. Those who wait later wait for the next call.
  void Notify() {
    // The waiters of now move to a list of their own, which grows no more. Whoever is destroyed
    // meanwhile takes itself off that one.
    Waiter storage;
    Waiter& waking = SelfLinked(storage);
    if (head_.next_ != &head_) {
      waking.next_ = head_.next_;
      waking.previous_ = head_.previous_;
      waking.next_->previous_ = waking.previous_->next_ = &waking;
      SelfLinked(head_);
    }
    while (waking.next_ != &waking) {
      Waiter* waiter = waking.next_;
      waiter->Unlink();
      const std::function<void()> wake = std::move(waiter->wake_);
      wake();
    }
    waking.next_ = nullptr;  // It is in no list but its own.
  }

  ~Trigger() {
    while (head_.next_ != &head_) head_.next_->Unlink();
    head_.next_ = nullptr;  // The head is in no list but its own.
  }

 private:
  static Waiter& SelfLinked(Waiter& head) {
    head.previous_ = &head;
    head.next_ = &head;
    return head;
  }
  Waiter storage_;
  Waiter& head_ = SelfLinked(storage_);
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_TRIGGER_H_
