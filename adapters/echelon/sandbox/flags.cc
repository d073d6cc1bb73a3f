#include "adapters/echelon/sandbox/flags.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "adapters/echelon/sandbox/scenario.h"
#include "adapters/echelon/sandbox/url.h"

namespace payout::sandbox {
namespace {

constexpr int kUsageError = 2;

struct Raw {
  std::string listen = "127.0.0.1:8089";
  std::string admin_listen = "127.0.0.1:8090";
  std::vector<std::string> merchants;
  std::string settle_after;
  std::string callback_interval;
  std::optional<int> requests_per_second;
  std::optional<std::uint64_t> seed;
  std::string scenario;
  std::string duration = "0";
};

std::string CheckDuration(const std::string& text) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration >= absl::ZeroDuration()) return "";
  return "'" + text + "' is no duration; write for example 300ms, 2s or 1m30s";
}

std::string CheckLoopback(const std::string& text) {
  if (ParseLoopbackListen(text)) return "";
  return "'" + text + "' is no address of this machine; write for example 127.0.0.1:8089";
}

void Describe(CLI::App& app, Raw& raw) {
  app.add_option("--listen", raw.listen,
                 "Address of the platform's API. Loopback only; port 0 picks a free one.")
      ->check(CheckLoopback)
      ->capture_default_str();
  app.add_option("--admin-listen", raw.admin_listen,
                 "Address of the control port: ledger, request log, faults. Loopback only.")
      ->check(CheckLoopback)
      ->capture_default_str();
  app.add_option("--merchant", raw.merchants,
                 "A merchant account as CODE:FILE; the file holds its secret. May be repeated. "
                 "Without any, and without one in the scenario, there is 'demo' with the secret "
                 "'demo-secret'.");
  app.add_option("--settle-after", raw.settle_after,
                 "How long an accepted payout stays PROCESSING, e.g. 300ms. Default 2s.")
      ->check(CheckDuration);
  app.add_option("--callback-interval", raw.callback_interval,
                 "Pause before a callback that was not answered with 200 is sent again, at most 4 "
                 "times. Default 2m.")
      ->check(CheckDuration);
  app.add_option("--requests-per-second", raw.requests_per_second,
                 "Requests that one merchant may send within any second before it gets 429; 0 = "
                 "no limit. Default 5, as on the real platform.")
      ->check(CLI::Range(0, 1000000));
  app.add_option("--seed", raw.seed,
                 "Seed of everything random; the same seed repeats the same faults. Default 1.");
  app.add_option("--scenario", raw.scenario, "TOML file with settings and faults; see the README.")
      ->check(CLI::ExistingFile);
  app.add_option("--duration", raw.duration,
                 "Stop after this time, e.g. 30s; 0 = run until SIGINT or SIGTERM.")
      ->check(CheckDuration)
      ->capture_default_str();
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

int Complain(const std::string& what) {
  std::cerr << "echelon-sandbox: " << what << "\n";
  return kUsageError;
}

// 0, or the exit code.
int AddMerchant(const std::string& flag, Options& options) {
  const std::size_t colon = flag.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == flag.size()) {
    return Complain("--merchant needs CODE:FILE");
  }
  const std::string path = flag.substr(colon + 1);
  std::optional<std::string> secret = ReadFile(path);
  if (!secret) return Complain("cannot read " + path);
  while (!secret->empty() && (secret->back() == '\n' || secret->back() == '\r')) {
    secret->pop_back();
  }
  if (secret->empty()) return Complain(path + " is empty");
  Merchant merchant;
  merchant.code = flag.substr(0, colon);
  merchant.secret = *std::move(secret);
  for (Merchant& known : options.merchants) {
    if (known.code == merchant.code) {
      known.secret = merchant.secret;
      return 0;
    }
  }
  options.merchants.push_back(std::move(merchant));
  return 0;
}

absl::Duration DurationOf(const std::string& text) {
  absl::Duration duration;
  absl::ParseDuration(text, &duration);
  return duration;
}

}  // namespace

std::variant<Flags, int> ParseFlags(int argc, char** argv) {
  CLI::App app{
      "A simulator of the EchelonPay payout platform. It keeps a true ledger of what it accepted,\n"
      "settles payouts, sends callbacks, and misbehaves as its scenario says. No money moves.\n"
      "When ready it prints one line of JSON with its two URLs on stdout."};
  app.name("echelon-sandbox");
  Raw raw;
  Describe(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kUsageError;
  }

  Flags flags;
  Options& options = flags.options;
  for (const std::string& merchant : raw.merchants) {
    if (const int code = AddMerchant(merchant, options)) return code;
  }
  if (!raw.scenario.empty()) {
    const std::optional<std::string> text = ReadFile(raw.scenario);
    if (!text) return Complain("cannot read " + raw.scenario);
    const absl::Status applied = ApplyScenario(*text, options);
    if (!applied.ok()) {
      return Complain(raw.scenario + ":" + std::string(applied.message()));
    }
  }
  if (options.merchants.empty()) {
    options.merchants.emplace_back();
    options.merchants.back().code = "demo";
    options.merchants.back().secret = "demo-secret";
  }
  options.listen = raw.listen;
  options.admin_listen = raw.admin_listen;
  if (!raw.settle_after.empty()) options.settle_after = DurationOf(raw.settle_after);
  if (!raw.callback_interval.empty()) options.callback_interval = DurationOf(raw.callback_interval);
  if (raw.requests_per_second) options.requests_per_second = *raw.requests_per_second;
  if (raw.seed) options.seed = *raw.seed;
  flags.duration = DurationOf(raw.duration);
  return flags;
}

}  // namespace payout::sandbox
