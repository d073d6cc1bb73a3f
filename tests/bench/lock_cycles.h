// Floors and load search for no lock cycles, as the gateway's main does not.
//
// Used by: whatever has gRPC in it. First in main.

#ifndef PAYOUT_TESTS_BENCH_LOCK_CYCLES_H_
#define PAYOUT_TESTS_BENCH_LOCK_CYCLES_H_

#include "absl/synchronization/mutex.h"

namespace payout::bench {

inline void IgnoreLockCycles() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_LOCK_CYCLES_H_
