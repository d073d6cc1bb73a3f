// The commands of payout-gateway. Each returns the exit code: 0, 1 for a failure, 2 for bad usage
// or configuration.
//
// Used by: main.

#ifndef PAYOUT_SERVER_MAIN_COMMANDS_H_
#define PAYOUT_SERVER_MAIN_COMMANDS_H_

#include "server/main/config/cli.h"

namespace payout {

int Serve(const ServeCommand& command, const EnvironmentVariables& environment);
int Dev(const DevCommand& command);
int CheckConfig(const ConfigCheckCommand& command, const EnvironmentVariables& environment);
int PrintConfig(const ConfigPrintCommand& command, const EnvironmentVariables& environment);
int PrintVersion();

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_COMMANDS_H_
