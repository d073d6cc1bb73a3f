#include "client/backoff.h"

#include <algorithm>

namespace payout::client {

Backoff::Backoff(BackoffOptions options, Timing* timing)
    : options_(options), timing_(timing), bound_(options.initial) {}

absl::Duration Backoff::Next(std::optional<absl::Duration> retry_after) {
  const uint64_t span = static_cast<uint64_t>(std::max<int64_t>(0, bound_ / absl::Microseconds(1)));
  const absl::Duration jitter =
      absl::Microseconds(static_cast<int64_t>(timing_->Random() % (span + 1)));
  bound_ = std::min(bound_ * 2, options_.ceiling);
  return retry_after.value_or(absl::ZeroDuration()) + jitter;
}

void Backoff::Reset() { bound_ = options_.initial; }

}  // namespace payout::client
