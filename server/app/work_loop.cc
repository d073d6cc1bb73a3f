#include "server/app/work_loop.h"

#include <algorithm>
#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/stand_down.h"
#include "server/app/submit_payout.h"
#include "server/app/track_status.h"
#include "server/app/wait.h"
#include "server/base/log.h"
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
// While submission rests, payouts whose submit_before has passed are looked for this often.
constexpr absl::Duration kRestCheck = absl::Seconds(5);
// Looking for another tenant's payout behind a long backlog takes time of the store: after a search
// in vain, this many times as long passes before the next.
constexpr int kSearchRest = 50;

}  // namespace

void WorkLoop::StopTaking() {
  taking_ = false;
  desk_.trigger(work_).Notify();
}

Task<void> WorkLoop::Work(Payout payout, [[maybe_unused]] MerchantDesk::Hold hold) {
  Core& core = desk_.core();
  std::optional<Decision> decision;
  NextCall next = NextCallOf(payout, core.env.Now());
  if (next == NextCall::kCreate && desk_.operator_paused()) {
    // Sending again rests as sending does; what rests is still asked about.
    next = payout.status.state == State::kOutcomeUnknown ? NextCall::kRead : NextCall::kNone;
    if (next == NextCall::kNone) co_await GiveBack(desk_, payout);
  }
  switch (next) {
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
    case NextCall::kDropAudit:
      decision = DecideAuditDrop(payout, desk_.Now(), desk_.policy());
      break;
    case NextCall::kNone:
      break;
  }
  if (decision) {
    [[maybe_unused]] const absl::StatusOr<Payout> written =
        co_await ApplyDecision(desk_, payout, std::move(*decision), std::nullopt);
  }
  if (desk_.TakeUnwritten(payout.intent.key.payout_id)) co_await EndLease(payout);
  Leave(payout.intent.tenant);
}

void WorkLoop::Leave(const TenantName& tenant) {
  --in_flight_;
  const auto of_tenant = in_flight_of_.find(tenant);
  if (--of_tenant->second == 0) in_flight_of_.erase(of_tenant);
  // What counts is whether the loop found it full: a pause may have come or gone meanwhile.
  if (std::exchange(wants_room_, false)) desk_.trigger(work_).Notify();
}

std::optional<WorkLoop::Place> WorkLoop::TryPlace(const Intent& intent) {
  behind_ = behind_ || !taking_ || desk_.RestsUntil(work_) || in_flight_ + leasing_ >= Room();
  if (behind_) return std::nullopt;
  std::optional<MerchantDesk::Hold> hold = desk_.TryHold(intent.key.payout_id);
  if (!hold) return std::nullopt;
  ++in_flight_;
  ++in_flight_of_[intent.tenant];
  return Place(*this, intent.tenant, *std::move(hold));
}

WorkLoop::Place::~Place() {
  if (loop_ != nullptr) loop_->Leave(tenant_);
}

RowLease WorkLoop::Place::lease() const {
  const Core& core = loop_->desk_.core();
  return {core.instance, core.env.Now() + kLease};
}

void WorkLoop::Place::Begin(Payout payout) && {
  WorkLoop& loop = *std::exchange(loop_, nullptr);
  loop.scope_.Spawn(loop.Work(std::move(payout), std::move(hold_)));
}

void WorkLoop::Place::GiveUp(Payout payout) && {
  WorkLoop& loop = *std::exchange(loop_, nullptr);
  loop.scope_.Spawn(loop.AfterDoubt(std::move(payout), std::move(hold_)));
}

Task<void> WorkLoop::AfterDoubt(Payout payout, [[maybe_unused]] MerchantDesk::Hold hold) {
  co_await EndLease(payout);
  Leave(payout.intent.tenant);
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
  // While nobody knows whether things are right again, one payout at a time finds out.
  return desk_.RestsUntil(work_) ? 1 : desk_.in_flight_max();
}

int WorkLoop::Reserve() const {
  return desk_.RestsUntil(work_) ? 0 : std::max(1, desk_.in_flight_max() / 4);
}

bool WorkLoop::full() const {
  const bool reserve_rests = desk_.core().env.Monotonic() < reserve_rests_until_;
  return in_flight_ >= Room() + (reserve_rests ? 0 : Reserve());
}

Task<void> WorkLoop::TakeDue(absl::Time& sleep_until, bool expired_only) {
  Core& core = desk_.core();
  const absl::Time now = core.env.Now();
  LeaseRequest request{.merchant = desk_.name(),
                       .work = work_,
                       .now = now,
                       .until = now + kLease,
                       .owner = core.instance,
                       .limit = Room() - in_flight_,
                       .expired_only = expired_only};
  // While the loop keeps up, half of the room stays for what is recorded meanwhile.
  if (!behind_ && request.limit > 1) request.limit /= 2;
  if (request.limit <= 0) {
    request.limit += Reserve();
    for (const auto& [tenant, count] : in_flight_of_) {
      if (count >= Reserve()) request.passed_over.push_back(tenant);
    }
  }
  const bool of_reserve = !request.passed_over.empty();
  const absl::Duration began = core.env.Monotonic();
  leasing_ = request.limit;
  absl::StatusOr<LeaseResult> leased = co_await core.store.Lease(std::move(request));
  leasing_ = 0;
  if (!leased.ok()) {
    core.observer.OnStoreError("lease", ToStd(leased.status().message()));
    sleep_until = std::min(sleep_until, now + kStoreRetry);
    co_return;
  }
  if (leased->next_due) sleep_until = std::min(sleep_until, *leased->next_due);
  if (!of_reserve && !expired_only) behind_ = leased->next_due && *leased->next_due <= now;
  if (of_reserve && leased->payouts.empty()) {
    const absl::Duration ended = core.env.Monotonic();
    reserve_rests_until_ = ended + kSearchRest * (ended - began);
  }
  bool held = false;
  for (Payout& payout : leased->payouts) {
    std::optional<MerchantDesk::Hold> hold = desk_.TryHold(payout.intent.key.payout_id);
    if (hold) {
      ++in_flight_;
      ++in_flight_of_[payout.intent.tenant];
      scope_.Spawn(Work(std::move(payout), std::move(*hold)));
      continue;
    }
    // A call of this payout is in flight already; what it finds out decides when the row is due
    // again.
    [[maybe_unused]] const absl::Status released =
        co_await core.store.Release(payout.intent.key, core.instance);
    held = true;
  }
  // Not at once: the same row would come again.
  if (held) sleep_until = now + kStoreRetry;
}

// The first loop that notices does it for all; the others look for work within a minute anyway.
Task<void> WorkLoop::FollowClock() {
  Core& core = desk_.core();
  const absl::Time now = core.env.Now();
  const absl::Duration monotonic = core.env.Monotonic();
  absl::Duration by = core.clock.SetBack(now, monotonic);
  const bool first = by > absl::ZeroDuration();
  if (first) {
    core.clock.Follow(by, monotonic);
    Log(LogLevel::kWarning, "clock.set_back", {{"seconds", absl::ToInt64Seconds(by)}});
  } else {
    by = core.clock.TakeRepeat(monotonic);
    if (by == absl::ZeroDuration()) co_return;
  }
  const absl::StatusOr<int> shifted = co_await core.store.ShiftDue(now, by);
  if (shifted.ok()) co_return;
  if (!first) core.clock.Repeat(by, core.env.Monotonic());
  core.observer.OnStoreError("shift", ToStd(shifted.status().message()));
}

Task<void> WorkLoop::Run() {
  Core& core = desk_.core();
  while (taking_) {
    co_await FollowClock();
    absl::Time sleep_until = core.env.Now() + kSleepMax;
    // Wakes that come while the store is asked must not be lost: they shorten the sleep below.
    desk_.SleepsUntil(work_, absl::InfiniteFuture());
    bool woken = false;
    const absl::Duration rests_until = desk_.RestsUntil(work_).value_or(-absl::InfiniteDuration());
    const bool resting = rests_until > core.env.Monotonic();
    if (resting) {
      const absl::Duration rest = rests_until - core.env.Monotonic();
      sleep_until = std::min(sleep_until, core.env.Now() + std::min(rest, kRestCheck));
    }
    // What may no longer be sent is cancelled in time, whatever rests.
    if (!full() && (!resting || work_ == WorkClass::kCreate)) {
      Trigger::Waiter waiter;
      waiter.Link(desk_.trigger(work_), [&woken] { woken = true; });
      co_await TakeDue(sleep_until, resting);
    }
    if (woken && !full()) continue;
    // Only a finished payout makes room; and who rests is woken when the rest is over.
    wants_room_ = in_flight_ >= Room();
    const absl::Duration now = core.env.Monotonic();
    // No longer, even if the clock was set back while the store was asked.
    absl::Duration wait = std::clamp(sleep_until - core.env.Now(), absl::ZeroDuration(), kSleepMax);
    if (full() && !resting)
      wait = reserve_rests_until_ > now ? reserve_rests_until_ - now : kSleepMax;
    desk_.SleepsUntil(work_, resting || full() ? absl::InfinitePast() : sleep_until);
    co_await WaitUntil(core.env, &desk_.trigger(work_), now + wait);
  }
}

}  // namespace payout
