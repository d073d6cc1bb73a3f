// Trace: what happened in a world, as a hash, and as lines when someone wants to read it.
//
// Used by: everything in tests/simulation. The hash is of everything that is added, so that two
// runs of one seed can be compared without keeping either. One entry is one step of the world.

#ifndef PAYOUT_TESTS_SIMULATION_TRACE_H_
#define PAYOUT_TESTS_SIMULATION_TRACE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace payout::simulation {

class Trace {
 public:
  // Keeps the last `lines_max` entries as text; 0: none.
  explicit Trace(std::size_t lines_max) : lines_max_(lines_max) {}

  void Add(absl::Duration at, std::string_view what, std::string_view whom = "",
           std::string_view detail = "", std::int64_t number = 0);

  std::uint64_t hash() const { return hash_; }
  int steps() const { return steps_; }
  bool keeps_lines() const { return lines_max_ > 0; }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  void Mix(std::uint64_t value);
  void Mix(std::string_view text);

  const std::size_t lines_max_;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
  int steps_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_TRACE_H_
