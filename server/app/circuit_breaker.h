// CircuitBreaker: stops calling what does not answer, and finds out gently when it does again.
//
// Used by: merchant_desk, one for each operation of a merchant. It opens when at least half of at
// least 20 calls of the last ten seconds failed; then one probe may begin every five seconds, and
// the first call that began after the opening and was answered closes it. Pure: times are
// monotonic and come from the caller. What is a failure is the caller's to say. Memory: ten slots.

#ifndef PAYOUT_SERVER_APP_CIRCUIT_BREAKER_H_
#define PAYOUT_SERVER_APP_CIRCUIT_BREAKER_H_

#include <array>
#include <cstdint>

#include "absl/time/time.h"

namespace payout {

class CircuitBreaker {
 public:
  // May a call begin? A probe is granted to one caller; whoever has it may go all the way.
  enum class Pass { kFree, kProbe, kRest };
  Pass Ask(absl::Duration now);

  // A call that began at `began` ended now. Returns whether `open` changed.
  bool Record(absl::Duration began, absl::Duration now, bool failed);

  bool open() const { return open_; }
  // While open: when the next probe may begin.
  absl::Duration probe_at() const { return probe_at_; }

 private:
  struct Slot {
    std::int64_t second = -1;
    int calls = 0;
    int failures = 0;
  };
  static constexpr int kWindowSeconds = 10;

  bool MustOpen(std::int64_t second) const;

  std::array<Slot, kWindowSeconds> slots_;  // by second, in a circle
  bool open_ = false;
  absl::Duration opened_at_;
  absl::Duration probe_at_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CIRCUIT_BREAKER_H_
