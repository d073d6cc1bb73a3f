// MerchantDesk: what this process knows and does about one merchant: its budget, its tokens, its
// circuit breakers, whether its submission rests, and which of its payouts have a call in flight.
//
// Used by: work_loop, submit_payout, track_status, query_payouts, create_payout (admission).
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
#include "server/app/circuit_breaker.h"
#include "server/app/core.h"
#include "server/app/ports/request_budget.h"
#include "server/app/token_desk.h"
#include "server/app/tokens.h"
#include "server/base/trigger.h"
#include "server/domain/decide.h"

namespace payout {

class WorkLoop;

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
  TokenDesk& token_desk() { return token_desk_; }
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
  // An operator stops submission, sending again included, until an operator lets it go on. Both
  // kinds of pause may hold at once, and neither ends the other.
  void SetOperatorPause(bool paused);
  bool operator_paused() const { return operator_paused_; }
  // Nothing is submitted now: an operator paused it, or it is not yet time to find out whether
  // credentials and route are right again.
  bool resting() const { return resting_until() > core_.env.Monotonic(); }
  // InfiniteDuration for an operator's pause; in the past when nothing rests.
  absl::Duration resting_until() const;

  // ---- circuit breakers ----

  // Each operation has its own. A call of it begins only if its breaker passes it.
  CircuitBreaker& breaker(Call call) { return breakers_[Index(call)]; }
  // A call that began at `began` ended. `failed`: the platform did not answer, or with 5xx.
  void NoteCall(Call call, absl::Duration began, bool failed);
  // A call was answered with 429: the whole budget rests and slows down.
  void NoteRateLimit(std::optional<absl::Duration> retry_after);

  // Until when `call` rests because its breaker is open, or that of the token call that comes
  // before it; may be past: then one call may find out. nullopt: it does not rest.
  std::optional<absl::Duration> BreakerRest(Call call) const;
  // Until when the work loop of this class leases nothing: its breakers are open or, of creates,
  // submission is paused; may be past: then one payout at a time finds out. nullopt: no limit.
  std::optional<absl::Duration> RestsUntil(WorkClass work) const;

  // ---- waking work loops ----

  // Something of this class may be due at `due_at`, perhaps earlier than its loop sleeps.
  void Wake(WorkClass work, absl::Time due_at);
  Trigger& trigger(WorkClass work) { return loops_[Index(work)].trigger; }
  // The loop of the class sleeps until then. Wakes for later times are ignored.
  void SleepsUntil(WorkClass work, absl::Time time) { loops_[Index(work)].sleeps_until = time; }

  // Of the class kCreate; nullptr before the gateway has started and after it has ended.
  WorkLoop* creates() { return creates_; }
  void SetCreates(WorkLoop* loop) { creates_ = loop; }

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
  // When to come back if the backlog is full: some of it has gone by then, if the platform works.
  absl::Duration BacklogRetry() const;

  // What a decision is made with.
  Moment Now() const;

 private:
  static std::size_t Index(WorkClass work) { return static_cast<std::size_t>(work) - 1; }
  static std::size_t Index(Call call) { return static_cast<std::size_t>(call) - 1; }
  void WakeAll();
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
  bool operator_paused_ = false;
  std::array<CircuitBreaker, 3> breakers_;
  std::array<Loop, 6> loops_;
  WorkLoop* creates_ = nullptr;
  absl::flat_hash_map<PayoutId, absl::Duration> hints_;  // when the first unserved one came
  std::int64_t queued_ = 0;
  int busy_ = 0;
  TokenDesk token_desk_;  // last: it waits for the budget
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_MERCHANT_DESK_H_
