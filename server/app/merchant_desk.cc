#include "server/app/merchant_desk.h"

#include <algorithm>
#include <utility>

namespace payout {
namespace {

// Requests that one payout needs to settle when all goes well and tokens are not shared: token,
// create, read.
constexpr int kRequestsPerPayout = 3;
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
      in_flight_max_(in_flight_max) {}

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
  return absl::Seconds(queued_ * kRequestsPerPayout) / budget_->rate();
}

bool MerchantDesk::backlog() const { return BacklogTime() > absl::Minutes(1); }

Moment MerchantDesk::Now() const {
  return {.now = core_.env.Now(),
          .monotonic = core_.env.Monotonic(),
          .instance = core_.instance_number,
          .jitter = static_cast<int>(core_.env.Random() % 201) - 100,
          .backlog = backlog(),
          .recovery = core_.recovery};
}

}  // namespace payout
