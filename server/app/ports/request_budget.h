// RequestBudget: permission to send one HTTP request to the platform, for one merchant.
//
// Used by: every use case that calls the provider, once per request, token calls included.
// Implemented by: app/paced_budget; a shared one may follow.
// Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_PORTS_REQUEST_BUDGET_H_
#define PAYOUT_SERVER_APP_PORTS_REQUEST_BUDGET_H_

#include <utility>

#include "absl/time/time.h"
#include "server/base/task.h"
#include "server/domain/payout.h"

namespace payout {

// Within its class and tenant, a payout that has spent a request already (it holds a token) goes
// before those that have not begun: else a burst would fetch everybody's tokens before anybody's
// create.
enum class Turn { kBegins, kGoesOn };

class RequestBudget {
 public:
  virtual ~RequestBudget() = default;

  // Suspends until one request may be sent (true), or until the monotonic time `until` (false:
  // nothing may be sent, and no permit was used up). Waiting is ordered by the guaranteed shares of
  // the classes and, within a class, fair between tenants. A coroutine destroyed while it waits
  // gives its place up.
  virtual Task<bool> Acquire(WorkClass work, TenantName tenant, Turn turn,
                             absl::Duration until) = 0;
  Task<bool> Acquire(WorkClass work, TenantName tenant, Turn turn) {
    return Acquire(work, std::move(tenant), turn, absl::InfiniteDuration());
  }

  // No permits for `duration` from now, and fewer for a while after: the platform asked for less.
  virtual void SlowDown(absl::Duration duration) = 0;

  // Requests per second; 0: unlimited.
  virtual int rate() const = 0;
  // Waiting for a permit now.
  virtual int waiting() const = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PORTS_REQUEST_BUDGET_H_
