// WorkLoop: does what is due, for one merchant and one class of work.
//
// Used by: the gateway (gateway.h), one per merchant and class. It leases due rows, works on a
// bounded number of them at once, and sleeps until the next is due or something wakes it. When one
// tenant has all the places, a quarter more are there for tenants that have few. It ends only with
// its scope.

#ifndef PAYOUT_SERVER_APP_WORK_LOOP_H_
#define PAYOUT_SERVER_APP_WORK_LOOP_H_

#include <map>

#include "server/app/merchant_desk.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"

namespace payout {

class WorkLoop {
 public:
  WorkLoop(MerchantDesk& desk, WorkClass work) : desk_(desk), work_(work) {}

  // Runs until the scope that owns the task is destroyed. After StopTaking nothing new is begun.
  Task<void> Run();

  void StopTaking();

 private:
  Task<void> Work(Payout payout, MerchantDesk::Hold hold);
  Task<void> EndLease(const Payout& payout);
  // `expired_only`: what may no longer be sent; the rest waits until submission goes on.
  Task<void> TakeDue(absl::Time& sleep_until, bool expired_only);
  // How many payouts may be worked on at once, and how many more of tenants that have few.
  int Room() const;
  int Reserve() const;
  bool full() const;

  MerchantDesk& desk_;
  const WorkClass work_;
  bool taking_ = true;
  int in_flight_ = 0;
  std::map<TenantName, int> in_flight_of_;  // never 0
  bool wants_room_ = false;                 // wake it when a payout is finished
  // Monotonic; the reserve is not filled before.
  absl::Duration reserve_rests_until_ = -absl::InfiniteDuration();
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_WORK_LOOP_H_
