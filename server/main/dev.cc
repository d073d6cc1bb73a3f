// `payout-gateway dev`: gateway, simulator of the platform and SQLite in one process, on loopback,
// with no configuration.

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "adapters/echelon/sandbox/sandbox.h"
#include "server/main/commands.h"
#include "server/main/gateway_process.h"
#include "server/main/logging/log_sink.h"
#include "server/main/signals.h"

namespace payout {
namespace {

constexpr char kMerchant[] = "demo";
constexpr char kMerchantCode[] = "demo";
constexpr char kMerchantSecret[] = "demo-secret";  // of the simulator; protects nothing
constexpr char kTenant[] = "dev";

absl::StatusOr<std::unique_ptr<sandbox::Sandbox>> StartSandbox(const DevCommand& command) {
  sandbox::Options options;
  options.merchants = {{.code = kMerchantCode, .secret = kMerchantSecret}};
  options.settle_after = command.settle_after;
  options.requests_per_second = command.requests_per_second;
  if (command.scenario_file) {
    std::ifstream in(*command.scenario_file, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) return absl::NotFoundError(*command.scenario_file + " cannot be read");
    options.scenario = text.str();
  }
  return sandbox::Sandbox::Start(std::move(options));
}

Config DevConfig(const DevCommand& command, const std::string& platform_url) {
  Config config;
  config.grpc.listen = command.listen;
  config.callbacks.listen = command.callback_listen;
  config.admin.listen = command.admin_listen;
  config.store.url = "sqlite:" + command.dir + "/payouts.db";
  config.auth.anonymous_tenant = TenantName(kTenant);
  config.platform.url = platform_url;
  config.platform.requests_per_second = command.requests_per_second;
  config.merchants = {
      {.name = MerchantName(kMerchant), .code = kMerchantCode, .platform = config.platform}};
  config.drain.delay = absl::ZeroDuration();
  config.drain.deadline = absl::Seconds(5);
  return config;
}

void PrintAddresses(const GatewayProcess& process, const sandbox::Sandbox& platform,
                    const DevCommand& command) {
  const std::string grpc = command.listen.host + ":" + std::to_string(process.grpc_port());
  std::cout
      << "payout-gateway dev: not for production. Ctrl-C stops it; payouts stay in " << command.dir
      << ".\n"
      << "  gRPC       grpc://" << grpc << "  (plaintext, anonymous, reflection on)\n"
      << "  callbacks  http://" << command.callback_listen.host << ":" << process.callback_port()
      << "\n"
      << "  admin      http://" << command.admin_listen.host << ":" << process.admin_port()
      << "  (/readyz /metrics)\n"
      << "  platform   " << platform.base_url() << "  (simulator; ledger at "
      << platform.admin_url() << "/admin/ledger)\n"
      << "  store      sqlite " << command.dir << "/payouts.db\n\n"
      << "Try, in another terminal:\n"
      << "  payoutctl -s grpc://" << grpc
      << " create --amount 12.50 --currency EUR --account-name 'Ada Example' --account-number "
         "DE00123456780000000000 --operator BNK_000 --wait settled\n"
      << "  payoutctl -s grpc://" << grpc << " watch\n"
      << "  npx -y @bufbuild/buf curl --protocol grpc --http2-prior-knowledge http://" << grpc
      << " --list-methods\n"
      << std::flush;
}

}  // namespace

int Dev(const DevCommand& command) {
  if (mkdir(command.dir.c_str(), 0700) != 0 && errno != EEXIST) {
    std::cerr << "payout-gateway: error: cannot make the directory " << command.dir << ": "
              << std::strerror(errno) << "\n";
    return 1;
  }
  const bool no_color = std::getenv("NO_COLOR") != nullptr;
  const std::unique_ptr<LogOutput> logging =
      InstallLogSink({.style = StyleOf(command.log_format, isatty(STDERR_FILENO) != 0, no_color),
                      .now = [] { return absl::Now(); }});

  absl::StatusOr<std::unique_ptr<sandbox::Sandbox>> platform = StartSandbox(command);
  if (!platform.ok()) {
    std::cerr << "payout-gateway: error: the simulator does not start: "
              << platform.status().message() << "\n";
    return 1;
  }
  Secrets secrets;
  secrets.merchants.emplace(MerchantName(kMerchant), SecretString(kMerchantSecret));
  absl::StatusOr<std::unique_ptr<GatewayProcess>> process =
      GatewayProcess::Start(DevConfig(command, (*platform)->base_url()), std::move(secrets));
  if (!process.ok()) {
    logging->Flush(absl::Seconds(1));
    std::cerr << "payout-gateway: error: " << process.status().message() << "\n";
    return 1;
  }
  logging->Flush(absl::Seconds(1));  // whoever started it waits for gateway.ready
  PrintAddresses(**process, **platform, command);
  WaitForSignal();
  (*process)->Drain();
  return 0;
}

}  // namespace payout
