// Random: the only source of chance in a simulated world; the same seed draws the same.
//
// Used by: everything in tests/simulation. A value (splitmix64); cheap to seed.

#ifndef PAYOUT_TESTS_SIMULATION_RANDOM_H_
#define PAYOUT_TESTS_SIMULATION_RANDOM_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace payout::simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  // 0 .. n-1; n > 0.
  int Below(int n) { return static_cast<int>(Next() % static_cast<std::uint64_t>(n)); }
  // Both ends included.
  int Between(int low, int high) { return low + Below(high - low + 1); }
  absl::Duration Between(absl::Duration low, absl::Duration high) {
    const std::int64_t span = absl::ToInt64Milliseconds(high - low);
    if (span <= 0) return low;
    return low + absl::Milliseconds(
                     static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(span + 1)));
  }
  // Per mille. Draws nothing when the answer is certain.
  bool Chance(int per_mille) {
    if (per_mille <= 0) return false;
    return per_mille >= 1000 || Below(1000) < per_mille;
  }
  template <class List>
  const auto& Pick(const List& list) {
    return list[static_cast<std::size_t>(Below(static_cast<int>(list.size())))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_RANDOM_H_
