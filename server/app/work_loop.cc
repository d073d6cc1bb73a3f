#include "server/app/work_loop.h"

#include <algorithm>
#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/submit_payout.h"
#include "server/app/track_status.h"
#include "server/app/wait.h"
#include "server/base/status_macros.h"
#include "server/domain/decide.h"

namespace payout {
namespace {

// Longer than a row waits for permits and a call takes; a lease that ends early only costs work,
// since every write checks the row's version.
constexpr absl::Duration kLease = absl::Minutes(10);
// The store is asked at least this often, whatever was computed: a guard against a missed wake-up,
// and the way to find rows whose lease has ended.
constexpr absl::Duration kSleepMax = absl::Minutes(1);
constexpr absl::Duration kStoreRetry = absl::Seconds(1);

}  // namespace

void WorkLoop::StopTaking() {
  taking_ = false;
  desk_.trigger(work_).Notify();
}

Task<void> WorkLoop::Work(Payout payout, [[maybe_unused]] MerchantDesk::Hold hold) {
  ++in_flight_;
  Core& core = desk_.core();
  std::optional<Decision> decision;
  switch (NextCallOf(payout, core.env.Now())) {
    case NextCall::kCreate:
      co_await SubmitPayout(desk_, payout, work_);
      break;
    case NextCall::kRead:
      co_await TrackStatus(desk_, payout, work_);
      break;
    case NextCall::kExpire:
      decision = DecideExpiry(payout, desk_.Now());
      break;
    case NextCall::kLost:
      decision = DecideLost(payout, desk_.Now(), desk_.policy());
      break;
    case NextCall::kNone:
      break;
  }
  if (decision) {
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk_, payout, std::move(*decision), std::nullopt);
  }
  if (desk_.TakeUnwritten(payout.intent.key.payout_id)) co_await EndLease(payout);
  --in_flight_;
  // What counts is whether the loop found it full: a pause may have come or gone meanwhile.
  if (std::exchange(wants_room_, false)) desk_.trigger(work_).Notify();
}

// The store was full or busy when a decision was to be written. As soon as it takes something again
// the payout is due again; otherwise it would rest until its lease ends by itself.
Task<void> WorkLoop::EndLease(const Payout& payout) {
  Core& core = desk_.core();
  const absl::Duration end = core.env.Monotonic() + kLease;
  while (!core.draining && core.env.Monotonic() < end) {
    const absl::Status released = co_await core.store.Release(payout.intent.key, core.instance);
    if (released.ok()) desk_.Wake(work_, core.env.Now());
    if (!absl::IsUnavailable(released)) co_return;
    co_await SleepFor(core.env, kStoreRetry);
  }
}

int WorkLoop::Room() const {
  // While nobody knows whether credentials and route are right again, one payout at a time finds
  // out.
  return work_ == WorkClass::kCreate && desk_.paused_until() ? 1 : desk_.in_flight_max();
}

Task<void> WorkLoop::TakeDue(absl::Time& sleep_until) {
  Core& core = desk_.core();
  const absl::Time now = core.env.Now();
  LeaseRequest request{.merchant = desk_.name(),
                       .work = work_,
                       .now = now,
                       .until = now + kLease,
                       .owner = core.instance,
                       .limit = Room() - in_flight_};
  absl::StatusOr<LeaseResult> leased = co_await core.store.Lease(std::move(request));
  if (!leased.ok()) {
    core.observer.OnStoreError("lease", ToStd(leased.status().message()));
    sleep_until = std::min(sleep_until, now + kStoreRetry);
    co_return;
  }
  if (leased->next_due) sleep_until = std::min(sleep_until, *leased->next_due);
  for (Payout& payout : leased->payouts) {
    std::optional<MerchantDesk::Hold> hold = desk_.TryHold(payout.intent.key.payout_id);
    if (hold) {
      scope_.Spawn(Work(std::move(payout), std::move(*hold)));
      continue;
    }
    // A call of this payout is in flight already; what it finds out decides when the row is due
    // again.
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
    sleep_until = std::min(sleep_until, now + kStoreRetry);
  }
}

Task<void> WorkLoop::Run() {
  Core& core = desk_.core();
  while (taking_) {
    absl::Time sleep_until = core.env.Now() + kSleepMax;
    // Wakes that come while the store is asked must not be lost: they shorten the sleep below.
    desk_.SleepsUntil(work_, absl::InfiniteFuture());
    bool woken = false;
    const bool resting = work_ == WorkClass::kCreate && desk_.resting();
    if (resting) {
      const absl::Duration rest = *desk_.paused_until() - core.env.Monotonic();
      sleep_until = std::min(sleep_until, core.env.Now() + rest);
    } else if (in_flight_ < Room()) {
      Trigger::Waiter waiter;
      waiter.Link(desk_.trigger(work_), [&woken] { woken = true; });
      co_await TakeDue(sleep_until);
    }
    if (woken && in_flight_ < Room()) continue;
    desk_.SleepsUntil(work_, resting ? absl::InfinitePast() : sleep_until);
    const absl::Duration wait = std::max(sleep_until - core.env.Now(), absl::ZeroDuration());
    if (in_flight_ >= Room()) {
      // Only a finished payout makes room.
      wants_room_ = true;
      co_await WaitUntil(core.env, &desk_.trigger(work_), core.env.Monotonic() + kSleepMax);
    } else {
      co_await WaitUntil(core.env, &desk_.trigger(work_), core.env.Monotonic() + wait);
    }
  }
}

}  // namespace payout
