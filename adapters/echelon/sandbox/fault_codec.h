// Faults as text: a table of a scenario file or a JSON object of the admin API, with the same keys.
//
// Used by: scenario.cc and admin.cc. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_CODEC_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "adapters/echelon/sandbox/fault_set.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/value.h"

namespace payout::sandbox {

// InvalidArgument with "line:column: path rule"; unknown keys are errors. `path` names the fault.
absl::StatusOr<Fault> DecodeFault(const Value& value, const std::string& path);

void WriteFault(const FaultState& state, JsonWriter& json);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULT_CODEC_H_
