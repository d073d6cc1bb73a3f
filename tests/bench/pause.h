// Pause: lets time pass, for what gives no notice: memory that is given back, a gateway that is to
// be idle.
//
// Used by: benchmarks.

#ifndef PAYOUT_TESTS_BENCH_PAUSE_H_
#define PAYOUT_TESTS_BENCH_PAUSE_H_

#include <chrono>

#include <poll.h>

namespace payout::bench {

inline void Pause(std::chrono::milliseconds time) {
  poll(nullptr, 0, static_cast<int>(time.count()));
}

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_PAUSE_H_
