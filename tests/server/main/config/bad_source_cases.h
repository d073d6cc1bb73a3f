// Mistakes in flags and variables.

#ifndef PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_SOURCE_CASES_H_
#define PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_SOURCE_CASES_H_

#include <string>
#include <vector>

#include "tests/server/main/config/bad_rule_cases.h"

namespace payout {

inline std::vector<BadCase> BadSourceCases() {
  const std::string merchant = "[[merchants]]\nname = \"a\"\ncode = \"A\"\nsecret_file = \"a\"\n";
  return {
      {"",
       {"--listen: error: grpc.listen \"here\" is no address to listen on; write HOST:PORT, such "
        "as "
        "127.0.0.1:7450 or [::1]:7450"},
       With(Minimum(), "grpc.listen", "here")},
      {"",
       {"--requests-per-second: error: platform.requests_per_second \"5.5\" is no whole number"},
       With(Minimum(), "platform.requests_per_second", "5.5")},
      {"",
       {"--requests-per-second: error: platform.requests_per_second is -1, which is not within 0 "
        "to 100000"},
       With(Minimum(), "platform.requests_per_second", "-1")},
      {"",
       {"--store: error: store.url must be sqlite:PATH, such as "
        "\"sqlite:/var/lib/payout-gateway/payouts.db\""},
       With(Minimum(), "store.url", "payouts.db")},
      {"", {"grpc.lisen: error: unknown setting"}, With(Minimum(), "grpc.lisen", "x")},
      {"",
       {"PAYOUT_GATEWAY_GRPC_REFLECTION: error: grpc.reflection \"yes\" is not true or false"},
       Minimum(),
       {{"PAYOUT_GATEWAY_GRPC_REFLECTION", "yes"}}},
      {"",
       {"PAYOUT_GATEWAY_GRPC_LISTN: error: unknown variable (did you mean "
        "PAYOUT_GATEWAY_GRPC_LISTEN?)"},
       Minimum(),
       {{"PAYOUT_GATEWAY_GRPC_LISTN", "127.0.0.1:1"}}},
      {"",
       {"PAYOUT_GATEWAY_MERCHANT_SECRET: error: merchant.secret: secrets are read from files only; "
        "write it "
        "into a file and name that as merchant.secret_file"},
       Minimum(),
       {{"PAYOUT_GATEWAY_MERCHANT_SECRET", "s"}}},
      {"",
       {"PAYOUT_GATEWAY_AUTH_TOKENS: error: auth.tokens: tokens are kept in a file, hashed; name "
        "it as "
        "auth.tokens_file"},
       Minimum(),
       {{"PAYOUT_GATEWAY_AUTH_TOKENS", "s"}}},
      // A value that loses is checked, too.
      {"[grpc]\nlisten = 1\n",
       {"gw.toml:2:10: error: grpc.listen must be text, not an integer",
        "PAYOUT_GATEWAY_GRPC_LISTEN: error: grpc.listen \"2\" is no address to listen on; write "
        "HOST:PORT, "
        "such as 127.0.0.1:7450 or [::1]:7450"},
       With(Minimum(), "grpc.listen", "127.0.0.1:3"),
       {{"PAYOUT_GATEWAY_GRPC_LISTEN", "2"}}},
      // The single merchant.
      {merchant,
       {"--merchant-code: error: describes a merchant, but the file has [[merchants]] already"},
       Minimum()},
      {"",
       {"--merchant-code: error: needs --merchant-secret-file as well"},
       Without(Minimum(), "merchant.secret_file")},
      {"",
       {"--merchant-secret-file: error: needs --merchant-code as well"},
       Without(Minimum(), "merchant.code")},
      // After a syntax error: that, and what does not depend on the file.
      {"[grpc]\nlisten = 1\n[grpc]\n",
       {"gw.toml:3:1: error: Error while parsing table header: cannot redefine existing table "
        "'grpc'",
        "--log-level: error: log.level \"loud\" is not one of debug, info, warning, error"},
       {{"log.level", "loud"}}},
  };
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_SOURCE_CASES_H_
