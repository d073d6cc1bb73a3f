// The command line of payout-gateway.
//
// Used by: server/main. Pure: it prints nothing, reads no file and ends no process; what is to be
// printed is in ExitCommand.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_CLI_H_
#define PAYOUT_SERVER_MAIN_CONFIG_CLI_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "server/main/config/config.h"

namespace payout {

// What serve, config check and config print have in common: whence the configuration comes.
struct ConfigSource {
  std::optional<std::string> file;  // --config, or PAYOUT_GATEWAY_CONFIG
  Flags flags;
};

struct ServeCommand {
  ConfigSource source;
  bool restored = false;  // the store is a backup that was put back
};

// Everything in one process on loopback, simulator included.
struct DevCommand {
  std::string dir = ".payout-dev";
  ListenAddress listen{"127.0.0.1", 7450};
  ListenAddress callback_listen{"127.0.0.1", 7451};
  ListenAddress admin_listen{"127.0.0.1", 7452};
  absl::Duration settle_after = absl::Seconds(2);
  int requests_per_second = 5;
  std::optional<std::string> scenario_file;
  LogFormat log_format = LogFormat::kAuto;
};

struct ConfigCheckCommand {
  ConfigSource source;
  bool skip_files = false;  // do not read the files that the configuration names
};

struct ConfigPrintCommand {
  ConfigSource source;
};

struct VersionCommand {};

// The run is over already: --help, or a usage error.
struct ExitCommand {
  int code = 0;     // 0, or 2 for a usage error
  std::string out;  // for stdout
  std::string err;  // for stderr
};

using Command = std::variant<ServeCommand, DevCommand, ConfigCheckCommand, ConfigPrintCommand,
                             VersionCommand, ExitCommand>;

// `arguments` without the name of the program. Values of the configuration's flags are checked by
// LoadConfig, with everything else; those of `dev` are checked here.
Command ParseCommandLine(const std::vector<std::string>& arguments,
                         const EnvironmentVariables& environment);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_CLI_H_
