// Interrupt: whether somebody wants the program to end: SIGINT or SIGTERM.
//
// Used by: whatever in a benchmark may take long; it stops soon after. Thread-safe.

#ifndef PAYOUT_TESTS_BENCH_INTERRUPT_H_
#define PAYOUT_TESTS_BENCH_INTERRUPT_H_

#include "absl/status/status.h"

namespace payout::bench {

// From now on the two signals are noted and do nothing else.
void WatchSignals();
bool Interrupted();
// CANCELLED once there was a signal.
absl::Status CheckInterrupt();

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_INTERRUPT_H_
