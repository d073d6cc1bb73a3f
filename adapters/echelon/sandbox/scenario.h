// Scenario files: settings and faults of the simulator as TOML. README.md beside this file is the
// reference of all keys.
//
// Used by: the echelon-sandbox program and Sandbox::Start. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_SCENARIO_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_SCENARIO_H_

#include <string_view>

#include "absl/status/status.h"
#include "adapters/echelon/sandbox/options.h"

namespace payout::sandbox {

// Sets what the text mentions and leaves the rest of `options` alone; faults are appended,
// merchants and operators are added or, under a known code, changed. InvalidArgument "line:column:
// what is wrong", for unknown keys too; `options` is then unspecified.
absl::Status ApplyScenario(std::string_view toml, Options& options);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_SCENARIO_H_
