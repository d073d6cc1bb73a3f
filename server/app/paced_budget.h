// PacedBudget: the request budget of one merchant, evenly spaced.
//
// Used by: server/main for each merchant. Work-conserving: a class that has nothing to send leaves
// its share to the others, and does not catch up on it later. Audits alone are capped: they never
// take more than a twentieth, whatever else idles. Within a class tenants take turns. After a 429
// everything rests and then goes on more slowly (throttle.h). Pure but for the environment's clock
// and timers.

#ifndef PAYOUT_SERVER_APP_PACED_BUDGET_H_
#define PAYOUT_SERVER_APP_PACED_BUDGET_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>

#include "server/app/pacer.h"
#include "server/app/ports/environment.h"
#include "server/app/ports/request_budget.h"
#include "server/app/throttle.h"
#include "server/base/trigger.h"

namespace payout {

class PacedBudget final : public RequestBudget {
 public:
  // `rate` requests per second, 0: unlimited. `on_permit` may be empty.
  PacedBudget(Environment& env, int rate,
              std::function<void(WorkClass, absl::Duration waited)> on_permit);
  ~PacedBudget() override;

  using RequestBudget::Acquire;
  Task<bool> Acquire(WorkClass work, TenantName tenant, Turn turn, absl::Duration until) override;
  void SlowDown(absl::Duration duration) override;
  int rate() const override { return rate_; }
  int waiting() const override { return waiting_; }

 private:
  struct Waiter {
    Trigger granted;
    Turn turn = Turn::kBegins;
    bool done = false;
  };
  // One class: a queue per tenant, served in turn.
  struct Lane {
    std::map<TenantName, std::deque<Waiter*>> queues;
    TenantName last_served;
    std::int64_t pass = 0;  // virtual time: grants divided by weight
    absl::Duration rests_until = -absl::InfiniteDuration();  // of a capped class
    bool empty() const { return queues.empty(); }
  };
  class Place;

  // Of the lanes that have waiters and do not rest, the one whose turn it is; nullptr: all rest.
  Lane* NextLane(absl::Duration now);
  Waiter* TakeFrom(Lane& lane, absl::Duration now);
  void Pump();

  Environment& env_;
  const int rate_;
  std::function<void(WorkClass, absl::Duration)> on_permit_;
  Pacer pacer_;
  Throttle throttle_;
  absl::Duration slowed_until_;
  std::array<Lane, 6> lanes_;
  std::int64_t pass_ = 0;
  int waiting_ = 0;
  TimerId timer_;
  bool only_capped_ = false;  // the timer is for capped classes; whoever else comes goes before
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PACED_BUDGET_H_
