#include "server/app/merchant_desk.h"

#include <algorithm>
#include <utility>

#include "server/base/instrument.h"

namespace payout {
namespace {

// Requests that a hundred payouts of a backlog need to settle when all goes well: creates, reads,
// and tokens that are shared.
constexpr int kRequestsPerHundred = 210;
// Bounds of the advice to callers who find the backlog full.
constexpr absl::Duration kBacklogRetryMin = absl::Seconds(5);
constexpr absl::Duration kBacklogRetryMax = absl::Minutes(1);
// Only for a metric; beyond this, hints are served without being timed.
constexpr std::size_t kTimedHintsMax = 10'000;

}  // namespace

MerchantDesk::MerchantDesk(Core& core, MerchantName name, Policy policy,
                           std::unique_ptr<RequestBudget> budget, int in_flight_max)
    : core_(core),
      name_(std::move(name)),
      policy_(std::move(policy)),
      budget_(std::move(budget)),
      tokens_(core.env),
      in_flight_max_(in_flight_max),
      token_desk_(*this) {}

MerchantDesk::Hold::~Hold() {
  if (desk_ == nullptr) return;
  const auto found = desk_->held_.find(payout_id_);
  const std::shared_ptr<Trigger> trigger = std::move(found->second);
  desk_->held_.erase(found);
  desk_->unwritten_.erase(payout_id_);
  trigger->Notify();
}

std::optional<MerchantDesk::Hold> MerchantDesk::TryHold(const PayoutId& payout_id) {
  const auto [place, inserted] = held_.try_emplace(payout_id, nullptr);
  if (!inserted && PAYOUT_BUG(hold_ignored)) return TryHold(PayoutId(payout_id.value() + "+"));
  if (!inserted) return std::nullopt;
  place->second = std::make_shared<Trigger>();
  return Hold(*this, payout_id);
}

std::shared_ptr<Trigger> MerchantDesk::HeldTrigger(const PayoutId& payout_id) {
  const auto found = held_.find(payout_id);
  return found == held_.end() ? nullptr : found->second;
}

void MerchantDesk::Pause(absl::Duration duration) {
  if (!paused_until_) core_.observer.OnPaused(name_, true);
  paused_until_ = core_.env.Monotonic() + duration;
}

void MerchantDesk::ResumeSubmission() {
  if (!paused_until_) return;
  paused_until_.reset();
  core_.observer.OnPaused(name_, false);
  trigger(WorkClass::kCreate).Notify();
}

void MerchantDesk::NoteCall(Call call, absl::Duration began, bool failed) {
  if (!breaker(call).Record(began, core_.env.Monotonic(), failed)) return;
  core_.observer.OnBreaker(name_, call, breaker(call).open());
  WakeAll();
}

void MerchantDesk::NoteRateLimit(std::optional<absl::Duration> retry_after) {
  const absl::Duration rest = retry_after.value_or(policy_.retry_min);
  budget_->SlowDown(std::clamp(rest, policy_.retry_min, policy_.retry_max));
}

std::optional<absl::Duration> MerchantDesk::BreakerRest(Call call) const {
  std::optional<absl::Duration> until;
  for (const Call needed : {Call::kToken, call}) {
    const CircuitBreaker& of = breakers_[Index(needed)];
    if (of.open()) until = std::max(until.value_or(of.probe_at()), of.probe_at());
  }
  return until;
}

std::optional<absl::Duration> MerchantDesk::RestsUntil(WorkClass work) const {
  if (work != WorkClass::kCreate) return BreakerRest(Call::kRead);
  if (operator_paused_ && !PAYOUT_BUG(pause_ignored)) return absl::InfiniteDuration();
  std::optional<absl::Duration> until = BreakerRest(Call::kCreate);
  if (paused_until_) until = std::max(until.value_or(*paused_until_), *paused_until_);
  return until;
}

void MerchantDesk::WakeAll() {
  for (Loop& loop : loops_) loop.trigger.Notify();
}

void MerchantDesk::SetOperatorPause(bool paused) {
  if (operator_paused_ == paused) return;
  operator_paused_ = paused;
  core_.observer.OnOperatorPaused(name_, paused);
  // What rested is due.
  if (!paused) trigger(WorkClass::kCreate).Notify();
}

absl::Duration MerchantDesk::resting_until() const {
  if (operator_paused_) return absl::InfiniteDuration();
  return paused_until_.value_or(-absl::InfiniteDuration());
}

void MerchantDesk::Wake(WorkClass work, absl::Time due_at) {
  Loop& loop = loops_[Index(work)];
  if (due_at >= loop.sleeps_until) return;
  loop.sleeps_until = due_at;
  loop.trigger.Notify();
}

void MerchantDesk::NoteHint(const PayoutId& payout_id) {
  if (hints_.size() < kTimedHintsMax) hints_.try_emplace(payout_id, core_.env.Monotonic());
}

void MerchantDesk::HintServed(const PayoutId& payout_id) {
  const auto found = hints_.find(payout_id);
  if (found == hints_.end()) return;
  core_.observer.OnHintServed(name_, core_.env.Monotonic() - found->second);
  hints_.erase(found);
}

absl::Duration MerchantDesk::BacklogTime() const {
  if (budget_->rate() == 0) return absl::ZeroDuration();
  return absl::Seconds(queued_ * kRequestsPerHundred) / (100 * budget_->rate());
}

absl::Duration MerchantDesk::BacklogRetry() const {
  const absl::Duration now = core_.env.Monotonic();
  absl::Duration wait = std::clamp(BacklogTime() / 60, kBacklogRetryMin, kBacklogRetryMax);
  // Nothing goes before the rest is over; nor can anybody say when a long one will be.
  if (const auto rest = RestsUntil(WorkClass::kCreate)) {
    wait += std::clamp(*rest - now, absl::ZeroDuration(), kBacklogRetryMax);
  }
  // Those who are refused together do not come back together.
  return wait + wait * static_cast<std::int64_t>(core_.env.Random() % 201) / 1000;
}

bool MerchantDesk::backlog() const {
  // What rests does not compete for the budget.
  return !operator_paused_ && BacklogTime() > absl::Minutes(1);
}

Moment MerchantDesk::Now() const {
  const absl::Time now = core_.env.Now();
  const absl::Duration monotonic = core_.env.Monotonic();
  core_.clock.Note(now, monotonic);
  return {.now = now,
          .monotonic = monotonic,
          .instance = core_.instance_number,
          .jitter = static_cast<int>(core_.env.Random() % 201) - 100,
          .backlog = backlog(),
          .recovery = core_.Recovering(),
          .restored_at = core_.store.identity().restored_at.value_or(absl::InfinitePast()),
          .paused = operator_paused_};
}

}  // namespace payout
