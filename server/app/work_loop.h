// WorkLoop: does what is due, for one merchant and one class of work.
//
// Used by: the gateway (gateway.h), one per merchant and class. It leases due rows, works on a
// bounded number of them at once, and sleeps until the next is due or something wakes it. It ends
// only with its scope.

#ifndef PAYOUT_SERVER_APP_WORK_LOOP_H_
#define PAYOUT_SERVER_APP_WORK_LOOP_H_

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
  Task<void> TakeDue(absl::Time& sleep_until);
  // How many payouts may be worked on at once.
  int Room() const;

  MerchantDesk& desk_;
  const WorkClass work_;
  bool taking_ = true;
  int in_flight_ = 0;
  bool wants_room_ = false;  // wake it when a payout is finished
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_WORK_LOOP_H_
