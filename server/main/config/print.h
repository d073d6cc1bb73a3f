// Prints a configuration as a TOML file: every value that is in effect and whence it came.
//
// Used by: `payout-gateway config print`. Pure. Loading what it prints gives the same Config.
// Secrets do not occur: a configuration names their files only.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_PRINT_H_
#define PAYOUT_SERVER_MAIN_CONFIG_PRINT_H_

#include <string>

#include "server/main/config/config.h"

namespace payout {

// `result` must be ok.
std::string PrintConfig(const ConfigResult& result);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_PRINT_H_
