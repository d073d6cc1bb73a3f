// Backoff: how long to pause before the next try. Full jitter: anything from zero to a bound that
// doubles with every failure, so that many callers that failed together do not come back together.
//
// Used by: PayoutClient, StatusWatch. Not thread-safe.

#ifndef PAYOUT_CLIENT_BACKOFF_H_
#define PAYOUT_CLIENT_BACKOFF_H_

#include <optional>

#include "absl/time/time.h"
#include "client/timing.h"

namespace payout::client {

struct BackoffOptions {
  absl::Duration initial = absl::Milliseconds(100);
  absl::Duration ceiling = absl::Seconds(10);
};

class Backoff {
 public:
  // `timing` outlives it.
  Backoff(BackoffOptions options, Timing* timing);

  // The next pause. What the server asked for is a floor, and the jitter comes on top of it.
  absl::Duration Next(std::optional<absl::Duration> retry_after);
  void Reset();

 private:
  const BackoffOptions options_;
  Timing* const timing_;
  absl::Duration bound_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_BACKOFF_H_
