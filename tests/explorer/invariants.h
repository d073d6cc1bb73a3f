// What must hold in every world and across every change of the row.
//
// Used by: the explorer. Pure. The texts name the promise that was broken; tests look for them.

#ifndef PAYOUT_TESTS_EXPLORER_INVARIANTS_H_
#define PAYOUT_TESTS_EXPLORER_INVARIANTS_H_

#include <string_view>

#include "tests/explorer/world.h"

namespace payout::explorer {

// May a create of ours, sent already, be applied from now on?
bool MayStillBeApplied(const World& world, const Scenario& scenario);

// Empty: all is well.
std::string_view BrokenBy(const World& world, const Scenario& scenario);

// The row before and after a change that the store has written.
std::string_view BrokenBy(const Payout& before, const Payout& after);

// The world in which a create is about to leave.
std::string_view BrokenBySending(const World& world, const Scenario& scenario);

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_INVARIANTS_H_
