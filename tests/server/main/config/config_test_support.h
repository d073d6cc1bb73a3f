// What the tests of the configuration share.

#ifndef PAYOUT_TESTS_SERVER_MAIN_CONFIG_CONFIG_TEST_SUPPORT_H_
#define PAYOUT_TESTS_SERVER_MAIN_CONFIG_CONFIG_TEST_SUPPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "server/main/config/config.h"

namespace payout {

inline std::vector<std::string> Lines(const Problems& problems) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems) lines.push_back(problem.ToString());
  return lines;
}

// The least that makes a configuration right, as flags, so that a file under test may hold anything
// else.
inline Flags CallersOnly() {
  return {{"auth.tokens_file", "tokens.toml"}, {"callbacks.base_url", "https://pay.example.com"}};
}
inline Flags Minimum() {
  Flags flags = CallersOnly();
  flags["merchant.code"] = "M-1";
  flags["merchant.secret_file"] = "secret";
  return flags;
}

inline ConfigResult LoadText(const std::string& text, const Flags& flags = Minimum(),
                             const EnvironmentVariables& environment = {}) {
  return LoadConfig(flags, environment, ConfigFile{"gw.toml", text});
}

// A file that uses everything.
inline constexpr const char* kFullFile = R"([grpc]
listen = "0.0.0.0:7450"
tls_cert_file = "tls.crt"
tls_key_file = "tls.key"
reflection = true
streams_max = 100
calls_max = 200

[callbacks]
listen = "[::]:7451"
base_url = "https://pay.example.com/in/"
connections_max = 99
request_deadline = "2s"
[[callbacks.keys]]
id = "k2"
file = "k2.key"
[[callbacks.keys]]
id = "k1"
file = "k1.key"

[admin]
listen = "10.0.0.1:7452"

[store]
url = "sqlite:relative.db"

[log]
format = "text"
level = "debug"

[auth]
tokens_file = "tokens.toml"

[platform]
url = "https://api.echelonpay.com"
requests_per_second = 10
create_timeout = "45s"
read_timeout = "10s"
connect_timeout = "3s"
token_validity = "1h"
ca_file = "ca.pem"

[[merchants]]
name = "main"
code = "M-1"
secret_file = "main.secret"

[[merchants]]
name = "second"
code = "M-2"
secret_file = "second.secret"
url = "https://api.sandbox.echelonpay.com"
requests_per_second = 0
create_timeout = "1m30s"

[[tenants]]
name = "billing"
merchants = ["main", "second"]
payout_id_prefix = "bil-"

[[tenants]]
name = "shop"
merchants = ["second"]

[currencies.USDT]
decimals = 6
exact = true

[currencies.XYZ]
decimals = 0

[limits]
backlog = "2h"
in_flight_max = 8
max_wait = "30s"

[streams]
progress_interval = "5s"
write_timeout = "10s"
tail_events = 1024

[submission]
resubmit = "manual"
absence_reads = 4
absence_gap = "31s"
absence_settle = "3m"
resubmits_max = 2
resubmit_window = "12h"
pause = "90s"
refusal_settle = "3s"
adoption_slack = "4m"
recovery_window = "240h"

[polling]
unknown = ["3s", "1m"]
processing = ["2m"]

[audit]
schedule = ["12h", "48h"]
sample = 50
correction_gap = "2m"

[drain]
delay = "1s"
deadline = "20s"
)";

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_CONFIG_CONFIG_TEST_SUPPORT_H_
