// payout-gateway: see `payout-gateway --help`.

#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/main/commands.h"
#include "server/main/signals.h"
#include "server/rpc/grpc_log.h"

extern char** environ;

namespace {

payout::EnvironmentVariables ReadEnvironment() {
  payout::EnvironmentVariables variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

struct Run {
  const payout::EnvironmentVariables& environment;
  int operator()(const payout::ServeCommand& command) const {
    return payout::Serve(command, environment);
  }
  int operator()(const payout::DevCommand& command) const { return payout::Dev(command); }
  int operator()(const payout::ConfigCheckCommand& command) const {
    return payout::CheckConfig(command, environment);
  }
  int operator()(const payout::ConfigPrintCommand& command) const {
    return payout::PrintConfig(command, environment);
  }
  int operator()(const payout::VersionCommand&) const { return payout::PrintVersion(); }
  int operator()(const payout::ExitCommand& command) const {
    std::fputs(command.out.c_str(), stdout);
    std::fputs(command.err.c_str(), stderr);
    return command.code;
  }
};

}  // namespace

int main(int argc, char** argv) {
  // Before any thread exists, so that all inherit it.
  payout::BlockSignals();
  payout::RouteGrpcLog();
  // Where Abseil was built with its assertions, as Debian's is, each lock that gRPC takes looks for
  // cycles of locks, under a lock of the process. Tests that have the gateway in them keep it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const payout::EnvironmentVariables environment = ReadEnvironment();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return std::visit(Run{environment}, payout::ParseCommandLine(arguments, environment));
}
