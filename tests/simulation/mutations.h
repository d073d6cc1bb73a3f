// Mutations: the bugs that are planted in the core (PAYOUT_BUG), one at a time, to see whether the
// simulation sees them.
//
// Used by: campaign.h, main.cc, the tests. docs/planted-bugs.md shows the same list; a test
// compares.

#ifndef PAYOUT_TESTS_SIMULATION_MUTATIONS_H_
#define PAYOUT_TESTS_SIMULATION_MUTATIONS_H_

#include <string_view>
#include <vector>

namespace payout::simulation {

struct Mutation {
  std::string_view name;    // as in PAYOUT_BUG(name)
  std::string_view breaks;  // what the gateway does with it
};

const std::vector<Mutation>& Mutations();

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_MUTATIONS_H_
