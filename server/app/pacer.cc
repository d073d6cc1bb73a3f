#include "server/app/pacer.h"

#include <algorithm>

#include "server/base/instrument.h"

namespace payout {
namespace {

constexpr int kBurst = 3;
constexpr std::size_t kWindowMax = 1000;
// Spacing is stretched a little: requests bunch up on their way, and the platform counts at its own
// door.
constexpr double kStretch = 1.02;

}  // namespace

Pacer::Pacer(int rate)
    : interval_(rate > 0 ? absl::Seconds(kStretch) / rate : absl::ZeroDuration()),
      burst_(std::min(kBurst, std::max(rate, 1))),
      credit_(burst_),
      window_(std::min(static_cast<std::size_t>(std::max(rate, 1)), kWindowMax)) {}

absl::Duration Pacer::NextAllowed(absl::Duration now, int per_mille) const {
  if (interval_ == absl::ZeroDuration() || PAYOUT_BUG(budget_unpaced)) return now;
  const absl::Duration interval = Interval(per_mille);
  const bool slow = per_mille < 1000;
  const bool idle = now - last_ >= interval_ * static_cast<int>(window_);
  absl::Duration next = now;
  if (slow || (credit_ <= 0 && !idle)) next = std::max(next, last_ + interval);
  if (recent_.size() == window_) {
    next = std::max(next, recent_.front() + interval * static_cast<int>(window_));
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

}  // namespace payout
