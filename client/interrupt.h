// Interrupt: ends blocking calls and pauses from another thread, once and for all.
//
// Used by: PayoutClient (CallOptions.interrupt), StatusWatch, payoutctl on Ctrl-C.
// Thread-safe. Fire() must not be called from a signal handler, only from a thread.

#ifndef PAYOUT_CLIENT_INTERRUPT_H_
#define PAYOUT_CLIENT_INTERRUPT_H_

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>

#include "absl/time/time.h"

namespace payout::client {

class Interrupt {
 public:
  Interrupt() = default;
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Runs all hooks and ends all waits, present and future.
  void Fire();
  bool fired() const;
  // Waits for the duration or until fired; true when fired.
  bool WaitFor(absl::Duration duration);

  // While it lives, `action` runs when the interrupt fires; at once when it already has. `action`
  // runs under the interrupt's lock and must neither block nor use the interrupt. A null interrupt
  // is none.
  class Hook {
   public:
    Hook(Interrupt* interrupt, std::function<void()> action);
    ~Hook();
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    Interrupt* const interrupt_;
    std::list<std::function<void()>>::iterator place_;
  };

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool fired_ = false;
  std::list<std::function<void()>> hooks_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_INTERRUPT_H_
