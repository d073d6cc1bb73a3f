#include "tests/crash/world.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace payout::testing {
namespace {

constexpr char kPlatform[] = R"toml(
settle_after = "40ms"
callback_interval = "300ms"
callback_repeats = 30
requests_per_second = 0

[[merchant]]
code = "crash"
secret = "crash-secret"

[[fault]]
on = "create"
id = "*-fail"
action = "settle_as"
status = "FAILED"
failure_reason = "INVALID_ACCOUNT_NUMBER"

[[fault]]
on = "create"
id = "*-refuse"
action = "refuse"
codes = ["BALANCE_INSUFFICIENT"]
)toml";

// What goes wrong at the platform and on the way while the gateway is being killed. What leaves an
// outcome unknown happens to the first call of a payout only, or some would take minutes to settle.
constexpr char kFaults[] = R"toml(
[[fault]]
on = "create"
first = 1
per_payout = true
probability = 0.06
action = "drop_after_apply"

[[fault]]
on = "create"
first = 1
per_payout = true
probability = 0.04
action = "reset_before_apply"

[[fault]]
on = "create"
first = 1
per_payout = true
probability = 0.03
action = "status_after_apply"
http_status = 503

[[fault]]
on = "create"
first = 1
per_payout = true
probability = 0.02
action = "expire_token"

[[fault]]
on = "create"
probability = 0.25
action = "delay_answer"
delay = "100ms"

[[fault]]
on = "read"
probability = 0.4
action = "delay_answer"
delay = "60ms"

[[fault]]
on = "read"
first = 1
per_payout = true
probability = 0.05
action = "drop_after_apply"

[[fault]]
on = "token"
probability = 0.03
action = "status"
http_status = 503

[[fault]]
on = "token"
probability = 0.03
action = "status"
http_status = 403

[[fault]]
on = "token"
probability = 0.2
action = "delay_answer"
delay = "20ms"

[[fault]]
on = "callback"
probability = 0.05
action = "callback_lost"

[[fault]]
on = "callback"
probability = 0.1
action = "callback_duplicate"
copies = 2
)toml";

// Callback URL, store, platform URL, secret. Patience is short, so that what a crash left open is
// settled within seconds; the order of things is that of the defaults.
constexpr char kGateway[] = R"toml(
[grpc]
listen = "127.0.0.1:0"

[callbacks]
listen = "127.0.0.1:0"
base_url = "$0"

[admin]
listen = "127.0.0.1:0"

[store]
url = "sqlite:$1"

[log]
format = "json"

[auth]
anonymous_tenant = "crash"

[platform]
url = "$2"
requests_per_second = 400
create_timeout = "1s"
read_timeout = "500ms"

[[merchants]]
name = "main"
code = "crash"
secret_file = "$3"

[streams]
progress_interval = "100ms"
tail_events = 16

[submission]
absence_reads = 1
absence_gap = "0s"
absence_settle = "0s"
pause = "100ms"

[drain]
delay = "0s"
deadline = "5s"
)toml";

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (file) return;
  std::cerr << path << " cannot be written\n";
  std::abort();
}

}  // namespace

CrashWorld::CrashWorld(WorldOptions options) : options_(std::move(options)) {
  const std::string& dir = options_.dir;
  WriteFile(dir + "/platform.toml",
            absl::StrCat("seed = ", options_.seed, kPlatform, options_.faults ? kFaults : ""));
  platform_ = std::make_unique<ChildProgram>(ProgramStart{
      .arguments = {options_.bin + "/echelon-sandbox", "--listen", "127.0.0.1:0", "--admin-listen",
                    "127.0.0.1:0", "--scenario", dir + "/platform.toml"},
      .environment = {},
      .log = dir + "/platform.log"});
  const std::optional<std::string> ready = platform_->AwaitLine("admin_url");
  if (!ready) {
    std::cerr << "the simulator does not start; see " << dir << "/platform.log\n";
    std::abort();
  }
  admin_url_ = JsonField(*ready, "admin_url");
  WriteFile(dir + "/secret", "crash-secret\n");
  WriteFile(dir + "/gateway.toml",
            absl::Substitute(kGateway, callbacks_.Url(), store_path(),
                             JsonField(*ready, "platform_url"), dir + "/secret"));
}

std::unique_ptr<ChildProgram> CrashWorld::StartGateway(std::vector<std::string> environment) {
  const std::string log = options_.dir + "/gateway.log";
  // The life before is what explains this one.
  std::rename(log.c_str(), (options_.dir + "/gateway.before.log").c_str());
  return std::make_unique<ChildProgram>(
      ProgramStart{.arguments = {options_.bin + "/payout-gateway-crash", "serve", "--config",
                                 options_.dir + "/gateway.toml"},
                   .environment = std::move(environment),
                   .log = log});
}

std::shared_ptr<client::Channel> CrashWorld::Connect(ChildProgram& gateway) {
  const std::optional<std::string> ready = gateway.AwaitLine("gateway.ready");
  if (!ready) return nullptr;
  callbacks_.SetUpstream(std::atoi(JsonField(*ready, "callback_port").c_str()));
  auto channel = client::Channel::Open(
      {.target = absl::StrCat("grpc://127.0.0.1:", JsonField(*ready, "grpc_port"))});
  return channel.ok() ? *channel : nullptr;
}

}  // namespace payout::testing
