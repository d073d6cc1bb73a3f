// The switches of planted bugs and fail points (server/base/instrument.h).
//
// Used by: programs that link INSTRUMENTED objects: the simulation and the crash loops.

#ifndef PAYOUT_TESTS_SUPPORT_INSTRUMENT_H_
#define PAYOUT_TESTS_SUPPORT_INSTRUMENT_H_

#include <string>

namespace payout::testing {

// Switches one planted bug on; an empty name switches all off. One thread.
void PlantBug(std::string name);

// Times that the planted bug was asked for since PlantBug: 0 says that its place was never reached.
long PlantedBugVisits();

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_INSTRUMENT_H_
