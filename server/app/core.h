// Core: what the use cases share. A struct of references; the composition root (or a test) fills
// it.
//
// Used by: use cases. Everything in it outlives them.

#ifndef PAYOUT_SERVER_APP_CORE_H_
#define PAYOUT_SERVER_APP_CORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/app/clock_watch.h"
#include "server/app/ports/environment.h"
#include "server/app/ports/observer.h"
#include "server/app/ports/payout_provider.h"
#include "server/app/ports/payout_store.h"

namespace payout {

struct Core {
  Environment& env;
  PayoutStore& store;
  PayoutProvider& provider;
  Observer& observer;
  std::string instance;               // of this process: owner of leases
  std::uint64_t instance_number = 0;  // the same as a number: owner of monotonic evidence
  absl::Duration recovery_window = absl::Hours(168);  // see Recovering
  ClockWatch clock{};
  bool draining = false;  // the process is about to end: waits end early

  // A restored backup has forgotten payouts that callers will ask for again: for a while after the
  // restore, ids that the platform has already may be ours.
  bool Recovering() const {
    const std::optional<absl::Time>& restored_at = store.identity().restored_at;
    return restored_at && env.Now() < *restored_at + recovery_window;
  }
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CORE_H_
