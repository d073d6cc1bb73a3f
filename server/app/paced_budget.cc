#include "server/app/paced_budget.h"

#include <algorithm>
#include <utility>

#include "server/app/wait.h"
#include "server/base/instrument.h"

namespace payout {
namespace {

constexpr int kBurst = 3;
constexpr std::size_t kWindowMax = 1000;
// Spacing is stretched a little: requests bunch up on their way, and the platform counts at its own
// door.
constexpr double kStretch = 1.02;

// Guaranteed shares in percent, in the order of WorkClass.
constexpr std::array<int, 6> kShares = {30, 30, 25, 5, 8, 2};
constexpr std::int64_t kPassScale = 1'000'000;

std::size_t LaneOf(WorkClass work) { return static_cast<std::size_t>(work) - 1; }

}  // namespace

Pacer::Pacer(int rate)
    : interval_(rate > 0 ? absl::Seconds(kStretch) / rate : absl::ZeroDuration()),
      burst_(std::min(kBurst, std::max(rate, 1))),
      credit_(burst_),
      window_(std::min(static_cast<std::size_t>(std::max(rate, 1)), kWindowMax)) {}

absl::Duration Pacer::NextAllowed(absl::Duration now) const {
  if (interval_ == absl::ZeroDuration() || PAYOUT_BUG(budget_unpaced)) return now;
  absl::Duration next = now;
  const bool idle = now - last_ >= interval_ * static_cast<int>(window_);
  if (credit_ <= 0 && !idle) next = std::max(next, last_ + interval_);
  if (recent_.size() == window_) {
    next = std::max(next, recent_.front() + interval_ * static_cast<int>(window_));
  }
  return next;
}

void Pacer::Take(absl::Duration now) {
  const bool idle = now - last_ >= interval_ * static_cast<int>(window_);
  credit_ = std::max(0, (idle ? burst_ : credit_) - 1);
  last_ = now;
  if (recent_.size() == window_) recent_.pop_front();
  recent_.push_back(now);
}

// A place in the queue that is given up when its coroutine is destroyed.
class PacedBudget::Place {
 public:
  Place(PacedBudget& budget, Lane& lane, const TenantName& tenant, Turn turn)
      : budget_(budget), lane_(lane), tenant_(tenant) {
    waiter_.turn = turn;
    std::deque<Waiter*>& queue = lane_.queues[tenant_];
    const auto place = turn == Turn::kBegins
                           ? queue.end()
                           : std::ranges::find(queue, Turn::kBegins, &Waiter::turn);
    queue.insert(place, &waiter_);
    ++budget_.waiting_;
  }
  ~Place() {
    if (waiter_.done) return;
    const auto found = lane_.queues.find(tenant_);
    std::erase(found->second, &waiter_);
    if (found->second.empty()) lane_.queues.erase(found);
    --budget_.waiting_;
  }
  Waiter& waiter() { return waiter_; }

 private:
  PacedBudget& budget_;
  Lane& lane_;
  TenantName tenant_;
  Waiter waiter_;
};

PacedBudget::PacedBudget(Environment& env, int rate,
                         std::function<void(WorkClass, absl::Duration)> on_permit)
    : env_(env),
      rate_(rate),
      on_permit_(std::move(on_permit)),
      pacer_(rate),
      slowed_until_(-absl::InfiniteDuration()) {}

PacedBudget::~PacedBudget() {
  if (timer_ != 0) env_.CancelTimer(timer_);
}

Task<void> PacedBudget::Acquire(WorkClass work, TenantName tenant, Turn turn) {
  const absl::Duration asked = env_.Monotonic();
  const bool free = rate_ == 0 && asked >= slowed_until_ && waiting_ == 0;
  if (!free) {
    Lane& lane = lanes_[LaneOf(work)];
    // A class that was idle must not catch up on what it did not use.
    if (lane.empty()) lane.pass = std::max(lane.pass, pass_);
    Place place(*this, lane, tenant, turn);
    Pump();
    while (!place.waiter().done) {
      co_await WaitUntil(env_, &place.waiter().granted, absl::InfiniteDuration());
    }
  }
  if (on_permit_) on_permit_(work, env_.Monotonic() - asked);
}

void PacedBudget::SlowDown(absl::Duration duration) {
  slowed_until_ = std::max(slowed_until_, env_.Monotonic() + duration);
}

PacedBudget::Waiter* PacedBudget::TakeNext() {
  Lane* best = nullptr;
  std::size_t best_index = 0;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].empty()) continue;
    if (best == nullptr || lanes_[i].pass < best->pass) {
      best = &lanes_[i];
      best_index = i;
    }
  }
  pass_ = best->pass;
  best->pass += kPassScale / kShares[best_index];

  // The tenant after the one served last, in a circle.
  auto queue = best->queues.upper_bound(best->last_served);
  if (queue == best->queues.end()) queue = best->queues.begin();
  best->last_served = queue->first;
  Waiter* waiter = queue->second.front();
  queue->second.pop_front();
  if (queue->second.empty()) best->queues.erase(queue);
  --waiting_;
  waiter->done = true;
  return waiter;
}

void PacedBudget::Pump() {
  if (timer_ != 0) return;
  while (waiting_ > 0) {
    const absl::Duration now = env_.Monotonic();
    const absl::Duration next = std::max(pacer_.NextAllowed(now), slowed_until_);
    if (next > now) {
      timer_ = env_.StartTimer(next, [this] {
        timer_ = 0;
        Pump();
      });
      return;
    }
    pacer_.Take(now);
    TakeNext()->granted.Notify();
  }
}

}  // namespace payout
