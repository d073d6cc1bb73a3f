// WorkLoop: does what is due, for one merchant and one class of work.
//
// Used by: the gateway (gateway.h), one per merchant and class. It leases due rows, works on a
// bounded number of them at once, and sleeps until the next is due or something wakes it. When one
// tenant has all the places, a quarter more are there for tenants that have few. While nothing is
// behind, a new payout comes to it without being leased (create_payout). It ends only with its
// scope.

#ifndef PAYOUT_SERVER_APP_WORK_LOOP_H_
#define PAYOUT_SERVER_APP_WORK_LOOP_H_

#include <map>
#include <optional>
#include <utility>

#include "server/app/merchant_desk.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"

namespace payout {

class WorkLoop {
 public:
  WorkLoop(MerchantDesk& desk, WorkClass work) : desk_(desk), work_(work) {
    if (work_ == WorkClass::kCreate) desk_.SetCreates(this);
  }
  WorkLoop(const WorkLoop&) = delete;
  WorkLoop& operator=(const WorkLoop&) = delete;
  ~WorkLoop() {
    if (work_ == WorkClass::kCreate) desk_.SetCreates(nullptr);
  }

  // Runs until the scope that owns the task is destroyed. After StopTaking nothing new is begun.
  Task<void> Run();

  void StopTaking();

  // A place in the loop for a payout that is about to be recorded: it is worked on as soon as it
  // is, without being leased first.
  class Place {
   public:
    Place(Place&& other) noexcept
        : loop_(std::exchange(other.loop_, nullptr)),
          tenant_(std::move(other.tenant_)),
          hold_(std::move(other.hold_)) {}
    Place& operator=(Place&&) = delete;
    ~Place();

    // For PayoutStore::Insert.
    RowLease lease() const;
    // It was recorded with that lease.
    void Begin(Payout payout) &&;
    // It may have been: the lease is ended once the store works again.
    void GiveUp(Payout payout) &&;

   private:
    friend class WorkLoop;
    Place(WorkLoop& loop, TenantName tenant, MerchantDesk::Hold hold)
        : loop_(&loop), tenant_(std::move(tenant)), hold_(std::move(hold)) {}
    WorkLoop* loop_;  // nullptr: moved from, or begun
    TenantName tenant_;
    MerchantDesk::Hold hold_;
  };
  // nullopt: others come before it, there is no room, or nothing is taken up now. Then the loop has
  // to be woken when the payout is recorded.
  std::optional<Place> TryPlace(const Intent& intent);

 private:
  Task<void> Work(Payout payout, MerchantDesk::Hold hold);
  void Leave(const TenantName& tenant);
  Task<void> EndLease(const Payout& payout);
  Task<void> AfterDoubt(Payout payout, MerchantDesk::Hold hold);
  // Brings what is due forward when the wall clock was set back.
  Task<void> FollowClock();
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
  int leasing_ = 0;                         // places that are kept for what is being leased
  bool behind_ = true;                      // there may be due rows that are not worked on
  bool wants_room_ = false;                 // wake it when a payout is finished
  // Monotonic; the reserve is not filled before.
  absl::Duration reserve_rests_until_ = -absl::InfiniteDuration();
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_WORK_LOOP_H_
