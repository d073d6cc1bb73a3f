// Environment: time, randomness and the loop that the core runs on. Nothing in the core gets these
// anywhere else, so the whole core runs under simulated time, replayable from a seed.
//
// Used by: use cases and adapters. Implemented by: adapters/loop and tests/support.
// Thread-safety: Post (inherited) and Monotonic from any thread; the rest on the core loop only.

#ifndef PAYOUT_SERVER_APP_PORTS_ENVIRONMENT_H_
#define PAYOUT_SERVER_APP_PORTS_ENVIRONMENT_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "server/base/executor.h"
#include "server/base/timer_heap.h"

namespace payout {

class Environment : public Executor {
 public:
  // Wall clock, UTC. It may jump; use it for what people and the store see.
  virtual absl::Time Now() = 0;

  // Monotonic clock since an arbitrary origin. Use it for intervals and deadlines.
  virtual absl::Duration Monotonic() = 0;

  // 64 evenly distributed bits. Not for secrets.
  virtual std::uint64_t Random() = 0;

  // Runs `fire` on the loop at or after `at` (monotonic), unless cancelled. Equal times fire in the
  // order of their start.
  virtual TimerId StartTimer(absl::Duration at, std::function<void()> fire) = 0;
  // No effect when it has fired already, or is none.
  virtual void CancelTimer(const TimerId& id) = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PORTS_ENVIRONMENT_H_
