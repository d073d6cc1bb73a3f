// Bugs: decisions that are wrong on purpose, so that the explorer can show that it sees.
//
// Used by: explorer_test, payout-explore --bug.

#ifndef PAYOUT_TESTS_EXPLORER_BUGS_H_
#define PAYOUT_TESTS_EXPLORER_BUGS_H_

#include <string>
#include <vector>

#include "tests/explorer/world.h"

namespace payout::explorer {

struct Bug {
  std::string name;
  std::string world;      // in which it shows
  std::string violation;  // that it leads to
  Rules rules;
  bool shows_late = false;  // only after tens of thousands of states
};

std::vector<Bug> Bugs();

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_BUGS_H_
