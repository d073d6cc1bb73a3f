// Explorer: visits every state that the smallest world can reach, breadth first, so that the first
// violation it meets has the shortest history.
//
// Used by: explorer_test, payout-explore. One core; memory grows with the states (about 120 bytes
// each). Thread-safety: none.

#ifndef PAYOUT_TESTS_EXPLORER_EXPLORER_H_
#define PAYOUT_TESTS_EXPLORER_EXPLORER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/explorer/world.h"

namespace payout::explorer {

struct Counterexample {
  std::string violation;
  std::vector<std::string> history;  // one line per step
};

struct Report {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  int depth = 0;  // of the furthest state
  std::optional<Counterexample> counterexample;
  // How many states had the row in this state, or were reached by this move: what was never seen
  // proves nothing.
  std::map<std::string, std::uint64_t> seen;
};

// Ends at the first violation.
Report Explore(const Scenario& scenario, const Rules& rules = {});

// The worlds that are explored on every run, by name; and those in which one assumption is dropped.
std::vector<Scenario> SmallestWorlds();
Scenario WorldNamed(const std::string& name);

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_EXPLORER_H_
