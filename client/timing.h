// Timing: the client's clock, pauses and randomness, replaceable so that tests do not sleep.
//
// Used by: PayoutClient, StatusWatch. Implementations are thread-safe.

#ifndef PAYOUT_CLIENT_TIMING_H_
#define PAYOUT_CLIENT_TIMING_H_

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "client/interrupt.h"

namespace payout::client {

class Timing {
 public:
  virtual ~Timing() = default;
  // Monotonic; since an arbitrary moment.
  virtual absl::Duration Elapsed() = 0;
  // Pauses. False when the interrupt ended it early; it may be null.
  virtual bool Pause(absl::Duration duration, Interrupt* interrupt) = 0;
  // 64 random bits; only spreads pauses.
  virtual uint64_t Random() = 0;
};

std::shared_ptr<Timing> SystemTiming();

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_TIMING_H_
