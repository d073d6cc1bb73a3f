// Campaigns: many worlds, added up.
//
// Used by: main.cc, the tests. They fork processes; call them from a program without threads.

#ifndef PAYOUT_TESTS_SIMULATION_CAMPAIGN_H_
#define PAYOUT_TESTS_SIMULATION_CAMPAIGN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/mutations.h"
#include "tests/simulation/world.h"

namespace payout::simulation {

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  std::uint64_t payments = 0;
  Probes probes;
  // The violation of the lowest seed that was run.
  std::uint64_t failed_seed = 0;
  std::string invariant;
  std::string violation;
  bool ok() const { return invariant.empty(); }
};

// `progress` is called now and then with the seeds that are done; may be empty.
Totals RunSeeds(std::uint64_t from, std::uint64_t to, int jobs, const std::string& planted,
                const std::function<void(std::uint64_t)>& progress);

struct Kill {
  const Mutation* mutation = nullptr;
  std::uint64_t seeds = 0;  // until it was caught; 0: it survived
  std::uint64_t seed = 0;   // that caught it
  std::string invariant;
  bool reached = false;  // its place was ever reached
  bool ran = false;      // false: the simulation itself failed
};

// Each mutation on seeds 1 .. seeds_max until one catches it. In the order of Mutations().
std::vector<Kill> RunMutations(std::uint64_t seeds_max, int jobs,
                               const std::function<void(const Kill&)>& on_kill);

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_CAMPAIGN_H_
