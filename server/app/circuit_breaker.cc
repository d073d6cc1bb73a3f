#include "server/app/circuit_breaker.h"

namespace payout {
namespace {

constexpr int kCallsMin = 20;
constexpr absl::Duration kProbeInterval = absl::Seconds(5);

}  // namespace

CircuitBreaker::Pass CircuitBreaker::Ask(absl::Duration now) {
  if (!open_) return Pass::kFree;
  if (now < probe_at_) return Pass::kRest;
  // A probe that never ends, or that another obstacle stops, does not hold up the next one.
  probe_at_ = now + kProbeInterval;
  return Pass::kProbe;
}

bool CircuitBreaker::Record(absl::Duration began, absl::Duration now, bool failed) {
  if (open_) {
    // An answer to a call from before the opening is old news.
    if (failed || began < opened_at_) return false;
    open_ = false;
    slots_.fill(Slot());
    return true;
  }
  const std::int64_t second = absl::ToInt64Seconds(now);
  Slot& slot = slots_[static_cast<std::size_t>(second % kWindowSeconds)];
  if (slot.second != second) slot = {.second = second};
  ++slot.calls;
  if (failed) ++slot.failures;
  if (!failed || !MustOpen(second)) return false;
  open_ = true;
  opened_at_ = now;
  probe_at_ = now + kProbeInterval;
  return true;
}

bool CircuitBreaker::MustOpen(std::int64_t second) const {
  int calls = 0;
  int failures = 0;
  for (const Slot& slot : slots_) {
    if (slot.second <= second - kWindowSeconds) continue;
    calls += slot.calls;
    failures += slot.failures;
  }
  return calls >= kCallsMin && 2 * failures >= calls;
}

}  // namespace payout
