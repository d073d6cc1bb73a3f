#include "server/app/paced_budget.h"

#include <algorithm>
#include <utility>

#include "server/app/wait.h"

namespace payout {
namespace {

// Guaranteed shares in percent, in the order of WorkClass.
constexpr std::array<int, 6> kShares = {30, 30, 25, 5, 8, 2};
constexpr std::int64_t kPassScale = 1'000'000;
// Most that audits may take, in percent.
constexpr int kAuditCap = 5;

std::size_t LaneOf(WorkClass work) { return static_cast<std::size_t>(work) - 1; }

}  // namespace

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

PacedBudget::~PacedBudget() { env_.CancelTimer(timer_); }

Task<bool> PacedBudget::Acquire(WorkClass work, TenantName tenant, Turn turn,
                                absl::Duration until) {
  const absl::Duration asked = env_.Monotonic();
  const bool free = rate_ == 0 && asked >= slowed_until_ && waiting_ == 0;
  if (!free) {
    Lane& lane = lanes_[LaneOf(work)];
    // A class that was idle must not catch up on what it did not use.
    if (lane.empty()) lane.pass = std::max(lane.pass, pass_);
    Place place(*this, lane, tenant, turn);
    if (only_capped_) env_.CancelTimer(std::exchange(timer_, {}));
    Pump();
    while (!place.waiter().done) {
      const bool granted = co_await WaitUntil(env_, &place.waiter().granted, until);
      if (!granted && !place.waiter().done) co_return false;
    }
  }
  if (on_permit_) on_permit_(work, env_.Monotonic() - asked);
  co_return true;
}

void PacedBudget::SlowDown(absl::Duration duration) {
  const absl::Duration now = env_.Monotonic();
  slowed_until_ = std::max(slowed_until_, now + duration);
  throttle_.OnLimited(now);
}

PacedBudget::Lane* PacedBudget::NextLane(absl::Duration now) {
  Lane* best = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.empty() || lane.rests_until > now) continue;
    if (best == nullptr || lane.pass < best->pass) best = &lane;
  }
  return best;
}

PacedBudget::Waiter* PacedBudget::TakeFrom(Lane& lane, absl::Duration now) {
  pass_ = std::max(pass_, lane.pass);
  const auto index = static_cast<std::size_t>(&lane - lanes_.data());
  lane.pass += kPassScale / kShares[index];
  if (index == LaneOf(WorkClass::kAudit)) {
    lane.rests_until = now + pacer_.Interval(throttle_.PerMille(now)) * 100 / kAuditCap;
  }

  // The tenant after the one served last, in a circle.
  auto queue = lane.queues.upper_bound(lane.last_served);
  if (queue == lane.queues.end()) queue = lane.queues.begin();
  lane.last_served = queue->first;
  Waiter* waiter = queue->second.front();
  queue->second.pop_front();
  if (queue->second.empty()) lane.queues.erase(queue);
  --waiting_;
  waiter->done = true;
  return waiter;
}

void PacedBudget::Pump() {
  if (timer_) return;
  while (waiting_ > 0) {
    const absl::Duration now = env_.Monotonic();
    absl::Duration next = std::max(pacer_.NextAllowed(now, throttle_.PerMille(now)), slowed_until_);
    Lane* lane = next > now ? nullptr : NextLane(now);
    only_capped_ = next <= now && lane == nullptr;
    if (lane == nullptr) {
      if (only_capped_) next = lanes_[LaneOf(WorkClass::kAudit)].rests_until;
      timer_ = env_.StartTimer(next, [this] {
        timer_ = {};
        Pump();
      });
      return;
    }
    pacer_.Take(now);
    TakeFrom(*lane, now)->granted.Notify();
  }
}

}  // namespace payout
