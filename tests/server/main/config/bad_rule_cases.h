// Mistakes in the sum: values that are right alone and wrong together.

#ifndef PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_RULE_CASES_H_
#define PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_RULE_CASES_H_

#include <string>
#include <vector>

#include "tests/server/main/config/bad_file_cases.h"

namespace payout {

inline Flags With(Flags flags, const std::string& path, const std::string& value) {
  flags[path] = value;
  return flags;
}

inline Flags Without(Flags flags, const std::string& path) {
  flags.erase(path);
  return flags;
}

inline std::vector<BadCase> BadRuleCases() {
  const std::string merchant = "[[merchants]]\nname = \"a\"\ncode = \"A\"\nsecret_file = \"a\"\n";
  return {
      // Who may call.
      {"[grpc]\nlisten = \"0.0.0.0:7450\"\n",
       {"gw.toml:2:10: error: grpc.listen 0.0.0.0:7450 can be reached from other machines, so it "
        "needs TLS: "
        "set grpc.tls_cert_file and grpc.tls_key_file, or listen on 127.0.0.1"}},
      {"[grpc]\ntls_cert_file = \"c\"\n",
       {"gw.toml:2:17: error: grpc.tls_cert_file needs grpc.tls_key_file"}},
      {"[grpc]\nlisten = \"10.0.0.1:1\"\ntls_key_file = \"k\"\n",
       {"gw.toml:3:16: error: grpc.tls_key_file needs grpc.tls_cert_file"}},
      {"[grpc]\nlisten = \"[::]:1\"\ntls_cert_file = \"c\"\ntls_key_file = "
       "\"k\"\n[auth]\nanonymous_tenant = "
       "\"dev\"\n",
       {"gw.toml:6:20: error: auth.anonymous_tenant is only allowed when grpc.listen is loopback; "
        "it is "
        "[::]:1"}},
      {"",
       {"gw.toml: error: nobody may call: set auth.tokens_file (--tokens-file) or, on loopback, "
        "auth.anonymous_tenant"},
       Without(Minimum(), "auth.tokens_file")},
      {"[[tenants]]\nname = \"billing\"\nmerchants = [\"default\"]\n[auth]\nanonymous_tenant = "
       "\"biling\"\n",
       {"gw.toml:5:20: error: auth.anonymous_tenant \"biling\" is not among [[tenants]] (did you "
        "mean "
        "billing?)"}},
      // The platform.
      {"",
       {"gw.toml: error: no merchants: add [[merchants]] with name, code and secret_file, or pass "
        "--merchant-code and --merchant-secret-file"},
       CallersOnly()},
      {"[platform]\nurl = \"http://api.echelonpay.com\"\n",
       {"gw.toml:2:7: error: platform.url must be https: merchant secrets travel there; http is "
        "only allowed "
        "for 127.0.0.1 and localhost"}},
      {merchant + "url = \"http://api.echelonpay.com\"\n",
       {"gw.toml:5:7: error: merchants.url must be https: merchant secrets travel there; http is "
        "only "
        "allowed for 127.0.0.1 and localhost"},
       CallersOnly()},
      {merchant + "[[merchants]]\nname = \"b\"\ncode = \"A\"\nsecret_file = \"b\"\n",
       {"gw.toml:7:8: error: merchants.code \"A\" is the account of \"a\" already; one account is "
        "one "
        "merchant, or ids and request limits would clash"},
       CallersOnly()},
      // Callbacks.
      {"[callbacks]\nlisten = \"0.0.0.0:7451\"\n",
       {"gw.toml:2:10: error: callbacks.base_url is missing: the platform needs a URL for "
        "callbacks to "
        "0.0.0.0:7451, such as https://pay.example.com"},
       Without(Minimum(), "callbacks.base_url")},
      {"",
       {"--callback-base-url: error: callbacks.base_url has 701 characters; 700 are the most, "
        "because the "
        "platform takes URLs of 1,000"},
       With(Minimum(), "callbacks.base_url", "https://a.example/" + std::string(683, 'x'))},
      // Listeners.
      {"[callbacks]\nlisten = \"127.0.0.1:7450\"\n[admin]\nlisten = \"localhost:7450\"\n",
       {"gw.toml:2:10: error: callbacks.listen and grpc.listen are both 127.0.0.1:7450",
        "gw.toml:4:10: error: admin.listen and grpc.listen are both 127.0.0.1:7450",
        "gw.toml:4:10: error: admin.listen and callbacks.listen are both 127.0.0.1:7450"}},
      // Patience.
      {"[submission]\nabsence_reads = 2\nabsence_gap = \"29s\"\nabsence_settle = \"1m59s\"\n",
       {"gw.toml:2:17: error: submission.absence_reads 2 is below 3, which could pay twice; that "
        "is only "
        "allowed when every platform URL is loopback",
        "gw.toml:3:15: error: submission.absence_gap 29s is below 30s, which could pay twice; that "
        "is only "
        "allowed when every platform URL is loopback",
        "gw.toml:4:18: error: submission.absence_settle 1m59s is below 2m, which could pay twice; "
        "that is "
        "only allowed when every platform URL is loopback"}},
      {"[submission]\nrefusal_settle = \"1s\"\nadoption_slack = \"6m\"\n"
       "[audit]\ncorrection_gap = \"59s\"\n",
       {"gw.toml:2:18: error: submission.refusal_settle 1s is below 2s, which could tell a payout "
        "REFUSED that the platform is about to make; that is only allowed when every platform URL "
        "is loopback",
        "gw.toml:3:18: error: submission.adoption_slack 6m is above 5m, which could adopt somebody "
        "else's payout; that is only allowed when every platform URL is loopback",
        "gw.toml:5:18: error: audit.correction_gap 59s is below 1m, which could correct a payout "
        "for a passing mistake of the platform; that is only allowed when every platform URL is "
        "loopback"}},
      {"[audit]\nschedule = [\"24h\", \"24h\"]\n",
       {"gw.toml:2:12: error: audit.schedule must grow: 24h comes after 24h"}},
      // Drain.
      {"[drain]\ndelay = \"30s\"\n",
       {"gw.toml:2:9: error: drain.deadline 25s must be longer than drain.delay 30s, which is part "
        "of it"}},
      {"[drain]\ndeadline = \"2s\"\n",
       {"gw.toml:2:12: error: drain.deadline 2s must be longer than drain.delay 2s, which is part "
        "of it"}},
  };
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_RULE_CASES_H_
