// PacedBudget: the request budget of one merchant, evenly spaced.
//
// Used by: server/main for each merchant. Work-conserving: a class that has nothing to send leaves
// its share to the others. Pure but for the environment's clock and timers.

#ifndef PAYOUT_SERVER_APP_PACED_BUDGET_H_
#define PAYOUT_SERVER_APP_PACED_BUDGET_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>

#include "server/app/ports/environment.h"
#include "server/app/ports/request_budget.h"
#include "server/base/trigger.h"

namespace payout {

// When the next request may go: evenly spaced, a short burst after idle time, and never more than
// the rate within one second, whatever window the platform counts by. Times are monotonic.
class Pacer {
 public:
  explicit Pacer(int rate);

  absl::Duration NextAllowed(absl::Duration now) const;
  void Take(absl::Duration now);

 private:
  absl::Duration interval_;
  int burst_;
  absl::Duration last_ = -absl::InfiniteDuration();
  int credit_;
  std::deque<absl::Duration> recent_;  // at most `rate`
  std::size_t window_;
};

class PacedBudget final : public RequestBudget {
 public:
  // `rate` requests per second, 0: unlimited. `on_permit` may be empty.
  PacedBudget(Environment& env, int rate,
              std::function<void(WorkClass, absl::Duration waited)> on_permit);
  ~PacedBudget() override;

  Task<void> Acquire(WorkClass work, TenantName tenant, Turn turn) override;
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
    bool empty() const { return queues.empty(); }
  };
  class Place;

  Waiter* TakeNext();
  void Pump();

  Environment& env_;
  const int rate_;
  std::function<void(WorkClass, absl::Duration)> on_permit_;
  Pacer pacer_;
  absl::Duration slowed_until_;
  std::array<Lane, 6> lanes_;
  std::int64_t pass_ = 0;
  int waiting_ = 0;
  Environment::TimerId timer_ = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_PACED_BUDGET_H_
