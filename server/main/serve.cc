#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include <unistd.h>

#include "absl/time/clock.h"
#include "server/main/commands.h"
#include "server/main/config/print.h"
#include "server/main/config/secrets.h"
#include "server/main/gateway_process.h"
#include "server/main/logging/log_sink.h"
#include "server/main/signals.h"
#include "server/main/version.h"

namespace payout {
namespace {

constexpr int kFailed = 1;
constexpr int kBadConfig = 2;

void Tell(const Problems& problems) {
  for (const Problem& problem : problems) std::cerr << problem.ToString() << "\n";
}

// Reads what `source` names. nullopt after telling why when the file cannot be read.
std::optional<ConfigResult> Load(const ConfigSource& source,
                                 const EnvironmentVariables& environment) {
  std::optional<ConfigFile> file;
  if (source.file) {
    std::ifstream in(*source.file, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in || text.bad()) {
      std::cerr << *source.file << ": error: cannot be read\n";
      return std::nullopt;
    }
    file = ConfigFile{*source.file, text.str()};
  }
  return LoadConfig(source.flags, environment, file);
}

std::unique_ptr<LogOutput> StartLogging(const LogConfig& config) {
  const bool no_color = std::getenv("NO_COLOR") != nullptr;
  return InstallLogSink({.style = StyleOf(config.format, isatty(STDERR_FILENO) != 0, no_color),
                         .level = config.level,
                         .now = [] { return absl::Now(); }});
}

}  // namespace

int Serve(const ServeCommand& command, const EnvironmentVariables& environment) {
  const std::optional<ConfigResult> loaded = Load(command.source, environment);
  if (!loaded) return kBadConfig;
  Tell(loaded->problems);
  if (!loaded->ok()) return kBadConfig;
  SecretsResult secrets = LoadSecrets(*loaded, ReadSecretFile);
  Tell(secrets.problems);
  if (!secrets.ok()) return kBadConfig;

  const std::unique_ptr<LogOutput> logging = StartLogging(loaded->config.log);
  absl::StatusOr<std::unique_ptr<GatewayProcess>> process =
      GatewayProcess::Start(loaded->config, std::move(secrets.secrets), command.restored);
  if (!process.ok()) {
    logging->Flush(absl::Seconds(1));
    std::cerr << "payout-gateway: error: " << process.status().message() << "\n";
    return kFailed;
  }
  logging->Flush(absl::Seconds(1));  // whoever started it waits for gateway.ready
  WaitForSignal();
  (*process)->Drain();
  return 0;
}

int CheckConfig(const ConfigCheckCommand& command, const EnvironmentVariables& environment) {
  const std::optional<ConfigResult> loaded = Load(command.source, environment);
  if (!loaded) return kBadConfig;
  Tell(loaded->problems);
  if (!loaded->ok()) return kBadConfig;
  if (!command.skip_files) {
    const SecretsResult secrets = LoadSecrets(*loaded, ReadSecretFile);
    Tell(secrets.problems);
    if (!secrets.ok()) return kBadConfig;
  }
  std::cout << "the configuration is good\n";
  return 0;
}

int PrintConfig(const ConfigPrintCommand& command, const EnvironmentVariables& environment) {
  const std::optional<ConfigResult> loaded = Load(command.source, environment);
  if (!loaded) return kBadConfig;
  Tell(loaded->problems);
  if (!loaded->ok()) return kBadConfig;
  std::cout << PrintConfig(*loaded);
  return 0;
}

int PrintVersion() {
  std::cout << "payout-gateway " << kVersion << "\n";
  return 0;
}

}  // namespace payout
