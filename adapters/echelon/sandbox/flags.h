// The command line of echelon-sandbox.
//
// Used by: main.cc.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_FLAGS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_FLAGS_H_

#include <variant>

#include "absl/time/time.h"
#include "adapters/echelon/sandbox/options.h"

namespace payout::sandbox {

struct Flags {
  Options options;
  absl::Duration duration;  // zero = until a signal
};

// Flags win over the scenario file, which wins over the defaults. An int is the exit code of a run
// that is over already: 0 after --help, 2 after a usage error, which was explained on stderr.
std::variant<Flags, int> ParseFlags(int argc, char** argv);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_FLAGS_H_
