// MerchantDesk: what this process knows and does about one merchant: its budget, its tokens,
// whether its submission rests, and which of its payouts have a call in flight.
//
// Used by: work_loop, submit_payout, track_status, query_payouts.
// Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_MERCHANT_DESK_H_
#define PAYOUT_SERVER_APP_MERCHANT_DESK_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/app/core.h"
#include "server/app/ports/request_budget.h"
#include "server/app/tokens.h"
#include "server/base/trigger.h"
#include "server/domain/decide.h"

namespace payout {

class MerchantDesk {
 public:
  // `in_flight_max`: payouts of one work class that may be worked on at once.
  MerchantDesk(Core& core, MerchantName name, Policy policy, std::unique_ptr<RequestBudget> budget,
               int in_flight_max);

  const MerchantName& name() const { return name_; }
  const Policy& policy() const { return policy_; }
  Core& core() { return core_; }
  RequestBudget& budget() { return *budget_; }
  TokenCache& tokens() { return tokens_; }
  int in_flight_max() const { return in_flight_max_; }

  // ---- at most one call per payout ----

  // Holds a payout while a call of it is in flight; whoever waits for it is woken when it is
  // dropped.
  class Hold {
   public:
    Hold(MerchantDesk& desk, PayoutId payout_id) : desk_(&desk), payout_id_(std::move(payout_id)) {}
    Hold(Hold&& other) noexcept
        : desk_(std::exchange(other.desk_, nullptr)), payout_id_(std::move(other.payout_id_)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold();

   private:
    MerchantDesk* desk_;
    PayoutId payout_id_;
  };
  // nullopt while another call of the payout is in flight.
  std::optional<Hold> TryHold(const PayoutId& payout_id);
  // Fires when the hold of the payout is dropped; nullptr when there is none.
  std::shared_ptr<Trigger> HeldTrigger(const PayoutId& payout_id);

  // Covers a call to the platform and the writes that belong to it; a drain waits for these, not
  // for payouts that only wait for a permit.
  class Busy {
   public:
    explicit Busy(MerchantDesk& desk) : desk_(desk) { ++desk_.busy_; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() { --desk_.busy_; }

   private:
    MerchantDesk& desk_;
  };
  int busy() const { return busy_; }

  // ---- what could not be written ----

  // The store did not take a decision about the payout, so its row keeps the lease that the
  // decision would have ended. Remembered while the payout is held.
  void NoteUnwritten(const PayoutId& payout_id) {
    if (held_.contains(payout_id)) unwritten_.insert(payout_id);
  }
  // Whether that happened, and forgets it.
  bool TakeUnwritten(const PayoutId& payout_id) { return unwritten_.erase(payout_id) > 0; }

  // ---- pausing ----

  // Credentials or route are wrong: no submission for a while.
  void Pause(absl::Duration duration);
  void ResumeSubmission();
  std::optional<absl::Duration> paused_until() const { return paused_until_; }
  // Paused, and not yet time to find out whether things are right again.
  bool resting() const { return paused_until_ && core_.env.Monotonic() < *paused_until_; }

  // ---- waking work loops ----

  // Something of this class may be due at `due_at`, perhaps earlier than its loop sleeps.
  void Wake(WorkClass work, absl::Time due_at);
  Trigger& trigger(WorkClass work) { return loops_[Index(work)].trigger; }
  // The loop of the class sleeps until then. Wakes for later times are ignored.
  void SleepsUntil(WorkClass work, absl::Time time) { loops_[Index(work)].sleeps_until = time; }

  // ---- hints ----

  // A callback came now; told to the observer when its effect is durable.
  void NoteHint(const PayoutId& payout_id);
  void HintServed(const PayoutId& payout_id);

  // ---- backlog ----

  // Payouts that are QUEUED, kept from events.
  void CountQueued(std::int64_t change) { queued_ += change; }
  std::int64_t queued() const { return queued_; }
  // More is waiting than the budget carries within a minute.
  bool backlog() const;
  // How long the budget needs for what is queued.
  absl::Duration BacklogTime() const;

  // What a decision is made with.
  Moment Now() const;

 private:
  static std::size_t Index(WorkClass work) { return static_cast<std::size_t>(work) - 1; }
  struct Loop {
    Trigger trigger;
    absl::Time sleeps_until = absl::InfiniteFuture();
  };

  Core& core_;
  const MerchantName name_;
  const Policy policy_;
  std::unique_ptr<RequestBudget> budget_;
  TokenCache tokens_;
  const int in_flight_max_;
  absl::flat_hash_map<PayoutId, std::shared_ptr<Trigger>> held_;
  absl::flat_hash_set<PayoutId> unwritten_;
  std::optional<absl::Duration> paused_until_;
  std::array<Loop, 6> loops_;
  absl::flat_hash_map<PayoutId, absl::Duration> hints_;  // when the first unserved one came
  std::int64_t queued_ = 0;
  int busy_ = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_MERCHANT_DESK_H_
