// Planted bugs and fail points: what the proofs switch on to see whether they can see.
//
// Used by: the few places of the core and the stores that tests/simulation breaks on purpose or
// tests/crash kills the process at. In the shipped build PAYOUT_BUG is the constant false and
// PAYOUT_FAIL_POINT is nothing; only objects that CMake builds a second time, as INSTRUMENTED, have
// them. Their other half is tests/support/instrument.cc.

#ifndef PAYOUT_SERVER_BASE_INSTRUMENT_H_
#define PAYOUT_SERVER_BASE_INSTRUMENT_H_

#ifdef PAYOUT_INSTRUMENTED

#include <string_view>

namespace payout {

// Is this planted bug switched on? Bugs are planted before anything else runs.
bool IsPlanted(std::string_view bug);

// Counts a visit; ends the process with SIGKILL when the visit is the one that was asked for.
void VisitFailPoint(std::string_view name);

}  // namespace payout

// `name` is a plain word: PAYOUT_BUG(trust_callback).
#define PAYOUT_BUG(name) ::payout::IsPlanted(#name)
#define PAYOUT_FAIL_POINT(name) ::payout::VisitFailPoint(name)

#else

#define PAYOUT_BUG(name) false
#define PAYOUT_FAIL_POINT(name) static_cast<void>(0)

#endif

#endif  // PAYOUT_SERVER_BASE_INSTRUMENT_H_
