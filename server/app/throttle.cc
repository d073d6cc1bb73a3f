#include "server/app/throttle.h"

#include <algorithm>

namespace payout {
namespace {

constexpr int kFull = 1000;
constexpr int kLeast = kFull / 8;
constexpr int kStep = kFull / 10;
constexpr absl::Duration kStepTime = absl::Seconds(5);
// Calls that left at the rate that was too high are answered within this time.
constexpr absl::Duration kWindow = absl::Seconds(2);

}  // namespace

void Throttle::OnLimited(absl::Duration now) {
  share_ = PerMille(now);
  last_ = now;
  if (now - halved_ < kWindow) return;
  share_ = std::max(kLeast, share_ / 2);
  halved_ = now;
}

int Throttle::PerMille(absl::Duration now) const {
  if (share_ == kFull) return kFull;
  absl::Duration rest;
  const auto steps = absl::IDivDuration(now - last_, kStepTime, &rest);
  return static_cast<int>(std::min<std::int64_t>(kFull, share_ + kStep * steps));
}

}  // namespace payout
