// Core: what the use cases share. A struct of references; the composition root (or a test) fills
// it.
//
// Used by: use cases. Everything in it outlives them.

#ifndef PAYOUT_SERVER_APP_CORE_H_
#define PAYOUT_SERVER_APP_CORE_H_

#include <cstdint>
#include <string>

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
  bool recovery = false;              // the store was restored from a backup
  bool draining = false;              // the process is about to end: waits end early
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CORE_H_
