#include "tests/simulation/mutations.h"

namespace payout::simulation {

const std::vector<Mutation>& Mutations() {
  static const std::vector<Mutation>& mutations = *new std::vector<Mutation>{};
  return mutations;
}

}  // namespace payout::simulation
