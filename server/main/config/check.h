// The rules that concern several values of a configuration: what is unsafe, missing or
// contradictory.
//
// Used by: load. Pure.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_CHECK_H_
#define PAYOUT_SERVER_MAIN_CONFIG_CHECK_H_

#include "server/main/config/load_state.h"

namespace payout {

// Adds errors and warnings to `state.problems`, each at the place of a value that takes part.
void CheckConfig(LoadState& state);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_CHECK_H_
