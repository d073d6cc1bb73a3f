// Awaiting time and triggers on the core loop.
//
// Used by: use cases and streams: `co_await WaitUntil(env, trigger, deadline)`.
// A coroutine that is destroyed while it waits leaves neither a timer nor a waiter behind.

#ifndef PAYOUT_SERVER_APP_WAIT_H_
#define PAYOUT_SERVER_APP_WAIT_H_

#include <coroutine>

#include "absl/time/time.h"
#include "server/app/ports/environment.h"
#include "server/base/trigger.h"

namespace payout {

// Suspends until `trigger` fires (true) or the monotonic `deadline` passes (false). Pass no trigger
// to sleep, absl::InfiniteDuration() to wait without a deadline.
class [[nodiscard]] WaitUntil {
 public:
  WaitUntil(Environment& env, Trigger* trigger, absl::Duration deadline)
      : env_(env), trigger_(trigger), deadline_(deadline) {}
  WaitUntil(const WaitUntil&) = delete;
  WaitUntil& operator=(const WaitUntil&) = delete;
  ~WaitUntil() { env_.CancelTimer(timer_); }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    if (trigger_ != nullptr) {
      // The trigger must not resume inline; a timer that is due at once runs from the loop, and is
      // cancelled with this object.
      waiter_.Link(*trigger_, [this] {
        fired_ = true;
        Arm(absl::ZeroDuration());
      });
    }
    if (deadline_ < absl::InfiniteDuration()) Arm(deadline_);
  }
  bool await_resume() const noexcept { return fired_; }

 private:
  void Arm(absl::Duration at) {
    env_.CancelTimer(timer_);
    timer_ = env_.StartTimer(at, [this] {
      timer_ = {};
      waiter_.Unlink();
      handle_.resume();
    });
  }

  Environment& env_;
  Trigger* trigger_;
  absl::Duration deadline_;
  std::coroutine_handle<> handle_;
  Trigger::Waiter waiter_;
  TimerId timer_;
  bool fired_ = false;
};

// Suspends until the monotonic time `at`.
inline WaitUntil SleepUntil(Environment& env, absl::Duration at) { return {env, nullptr, at}; }

// Suspends for `duration`.
inline WaitUntil SleepFor(Environment& env, absl::Duration duration) {
  return {env, nullptr, env.Monotonic() + duration};
}

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_WAIT_H_
