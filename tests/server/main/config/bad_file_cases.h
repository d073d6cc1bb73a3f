// Mistakes within a file: syntax, unknown keys, wrong types and values.

#ifndef PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_FILE_CASES_H_
#define PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_FILE_CASES_H_

#include <string>
#include <vector>

#include "tests/server/main/config/config_test_support.h"

namespace payout {

struct BadCase {
  std::string text;
  std::vector<std::string> problems;
  Flags flags = Minimum();
  EnvironmentVariables environment = {};
};

inline std::vector<BadCase> BadFileCases() {
  const std::string merchant = "[[merchants]]\nname = \"a\"\ncode = \"A\"\nsecret_file = \"a\"\n";
  return {
      // Unknown keys.
      {"[grpc]\nreflecton = true\n",
       {"gw.toml:2:1: error: unknown key grpc.reflecton (did you mean grpc.reflection?)"}},
      {"[grpc]\nwhatever = true\n", {"gw.toml:2:1: error: unknown key grpc.whatever"}},
      {"[gprc]\n", {"gw.toml:1:2: error: unknown key gprc (did you mean grpc?)"}},
      {"listen = \"127.0.0.1:1\"\n",
       {"gw.toml:1:1: error: unknown key listen (did you mean grpc.listen?)"}},
      {"[merchant]\ncode = \"x\"\n",
       {"gw.toml:1:2: error: unknown key merchant (did you mean merchants?)"}},
      {"grpc = 1\n", {"gw.toml:1:8: error: grpc must be a table; write [grpc]"}},
      // Types.
      {"[grpc]\nlisten = 7450\n",
       {"gw.toml:2:10: error: grpc.listen must be text, not an integer"}},
      {"[grpc]\nstreams_max = \"10\"\n",
       {"gw.toml:2:15: error: grpc.streams_max must be a whole number, not text"}},
      {"[grpc]\nstreams_max = 1.5\n",
       {"gw.toml:2:15: error: grpc.streams_max must be a whole number, not a number with a point"}},
      {"[grpc]\nreflection = \"yes\"\n",
       {"gw.toml:2:14: error: grpc.reflection must be true or false, not text"}},
      {"[drain]\ndelay = 2\n",
       {"gw.toml:2:9: error: drain.delay must be text with a unit, such as \"30s\", not an "
        "integer"}},
      {"[log]\nlevel = [\"info\"]\n", {"gw.toml:2:9: error: log.level must be text, not an array"}},
      {"[log]\nlevel = {a = 1}\n", {"gw.toml:2:9: error: log.level must be text, not a table"}},
      {"[log]\nlevel = 2027-01-01T00:00:00Z\n",
       {"gw.toml:2:9: error: log.level must be text, not a time"}},
      // Values.
      {"[grpc]\nlisten = \"7450\"\n",
       {"gw.toml:2:10: error: grpc.listen \"7450\" is no address to listen on; write HOST:PORT, "
        "such as "
        "127.0.0.1:7450 or [::1]:7450"}},
      {"[grpc]\nlisten = \":7450\"\n",
       {"gw.toml:2:10: error: grpc.listen \":7450\" names no address; write 0.0.0.0:PORT for all "
        "of this "
        "machine's, or 127.0.0.1:PORT"}},
      {"[grpc]\nlisten = \"pay.example.com:7450\"\n",
       {"gw.toml:2:10: error: grpc.listen \"pay.example.com:7450\" needs an IP address of this "
        "machine; "
        "write for example 127.0.0.1:7450 or 0.0.0.0:7450"}},
      {"[grpc]\nstreams_max = 0\n",
       {"gw.toml:2:15: error: grpc.streams_max is 0, which is not within 1 to 1000000"}},
      {"[platform]\ncreate_timeout = \"10\"\n",
       {"gw.toml:2:18: error: platform.create_timeout \"10\" has no unit; write for example 10s"}},
      {"[platform]\ncreate_timeout = \"soon\"\n",
       {"gw.toml:2:18: error: platform.create_timeout \"soon\" is no duration; write a whole "
        "number and ms, "
        "s, m or h, such as \"30s\""}},
      {"[platform]\ntoken_validity = \"2h\"\n",
       {"gw.toml:2:18: error: platform.token_validity \"2h\" is not within 1m to 1h"}},
      {"[polling]\nunknown = []\n",
       {"gw.toml:2:11: error: polling.unknown has 0 times; 1 to 32 are allowed"}},
      {"[polling]\nunknown = \"30s\"\n",
       {"gw.toml:2:11: error: polling.unknown must be a list of times, such as [\"30s\", \"5m\"], "
        "not text"}},
      {"[polling]\nprocessing = [\"1m\", 5]\n",
       {"gw.toml:2:14: error: polling.processing must be a list of times, such as [\"30s\", "
        "\"5m\"], not an integer"}},
      {"[polling]\nprocessing = [\"1m\", \"25h\"]\n",
       {"gw.toml:2:14: error: polling.processing \"25h\" is not within 1s to 24h"}},
      {"[audit]\nsample = 101\n",
       {"gw.toml:2:10: error: audit.sample is 101, which is not within 0 to 100"}},
      {"[submission]\nresubmits_max = 6\n",
       {"gw.toml:2:17: error: submission.resubmits_max is 6, which is not within 0 to 5"}},
      {"[submission]\nresubmit = \"yes\"\n",
       {"gw.toml:2:12: error: submission.resubmit \"yes\" is not one of auto, manual"}},
      {"[log]\nformat = \"xml\"\n",
       {"gw.toml:2:10: error: log.format \"xml\" is not one of auto, json, text"}},
      {"[log]\nlevel = \"trace\"\n",
       {"gw.toml:2:9: error: log.level \"trace\" is not one of debug, info, warning, error"}},
      {"[store]\nurl = \"postgresql://db\"\n",
       {"gw.toml:2:7: error: store.url must be sqlite:PATH, such as "
        "\"sqlite:/var/lib/payout-gateway/payouts.db\""}},
      {"[store]\nurl = \"sqlite:\"\n",
       {"gw.toml:2:7: error: store.url names no file; write sqlite:PATH"}},
      {"[store]\nurl = \"sqlite::memory:\"\n",
       {"gw.toml:2:7: error: store.url \":memory:\" is no path of a file; payouts need a file that "
        "stays"}},
      {"[auth]\ntokens_file = \"a\\u0007\"\n",
       {"gw.toml:2:15: error: auth.tokens_file must not contain control characters"}},
      {"[auth]\nanonymous_tenant = \"Big Co\"\n",
       {"gw.toml:2:20: error: auth.anonymous_tenant \"Big Co\" is no name; names have 1 to 40 "
        "characters of "
        "a-z, 0-9 and -"}},
      {"[platform]\nurl = \"api.example.com\"\n",
       {"gw.toml:2:7: error: platform.url is no URL; it must begin with https:// or http://"}},
      // Secrets in the file.
      {merchant + "secret = \"s\"\n",
       {"gw.toml:5:1: error: merchants.secret: secrets are read from files only; write it into a "
        "file and "
        "name that as merchants.secret_file"},
       CallersOnly()},
      {"[platform]\nsecret = \"s\"\n",
       {"gw.toml:2:1: error: platform.secret: secrets are read from files only; write it into a "
        "file and "
        "name that as secret_file under [[merchants]]"}},
      {"[auth]\ntokens = [\"s\"]\n",
       {"gw.toml:2:1: error: auth.tokens: tokens are kept in a file, hashed; name it as "
        "auth.tokens_file"}},
      {"[[callbacks.keys]]\nid = \"k\"\nfile = \"f\"\nkey = \"s\"\n",
       {"gw.toml:4:1: error: callbacks.keys.key: keys are read from files only; write it into a "
        "file and "
        "name that as callbacks.keys.file"}},
      // Merchants.
      {"[merchants]\nname = \"a\"\n",
       {"gw.toml:1:1: error: merchants is a list; write [[merchants]]"},
       CallersOnly()},
      {"merchants = [1]\n",
       {"gw.toml:1:14: error: merchants must hold tables, not an integer"},
       CallersOnly()},
      {"[[merchants]]\n",
       {"gw.toml:1:1: error: merchants.name is missing",
        "gw.toml:1:1: error: merchants.code is missing",
        "gw.toml:1:1: error: merchants.secret_file is missing"},
       CallersOnly()},
      {"[[merchants]]\nname = \"A b\"\ncode = \"\"\nsecret_file = 1\n",
       {"gw.toml:2:8: error: merchants.name \"A b\" is no name; names have 1 to 40 characters of "
        "a-z, 0-9 "
        "and -",
        "gw.toml:3:8: error: merchants.code is empty",
        "gw.toml:4:15: error: merchants.secret_file must be text, not an integer"},
       CallersOnly()},
      {merchant + "requests_per_secnd = 1\nread_timeout = 1\n",
       {"gw.toml:5:1: error: unknown key merchants.requests_per_secnd (did you mean "
        "requests_per_second?)",
        "gw.toml:6:16: error: merchants.read_timeout must be text with a unit, such as \"30s\", "
        "not an "
        "integer"},
       CallersOnly()},
      {merchant + "\n[[merchants]]\nname = \"a\"\ncode = \"B\"\nsecret_file = \"b\"\n",
       {"gw.toml:7:8: error: merchants.name \"a\" is used twice; the first is at line 2"},
       CallersOnly()},
      // Tenants.
      {"[[tenants]]\nname = \"t\"\n",
       {"gw.toml:1:1: error: tenants.merchants is missing; write for example merchants = "
        "[\"main\"]"}},
      {"[[tenants]]\nname = \"t\"\nmerchants = \"default\"\n",
       {"gw.toml:3:13: error: tenants.merchants must be a list of names, not text"}},
      {"[[tenants]]\nname = \"t\"\nmerchants = []\n",
       {"gw.toml:3:13: error: tenants.merchants is empty"}},
      {"[[tenants]]\nname = \"t\"\nmerchants = [\"defualt\", \"default\", \"default\"]\n",
       {"gw.toml:3:14: error: tenants.merchants names \"defualt\", which is not among "
        "[[merchants]] (did you "
        "mean default?)",
        "gw.toml:3:36: error: tenants.merchants names \"default\" twice"}},
      {"[[tenants]]\nname = \"t\"\nmerchants = [\"default\"]\npayout_id_prefix = \"a b\"\n",
       {"gw.toml:4:20: error: tenants.payout_id_prefix must have at most 100 letters, digits, _ "
        "and -, as "
        "payout ids do"}},
      {"[[tenants]]\nname = \"t\"\nmerchants = [\"default\"]\n[[tenants]]\nname = \"t\"\nmerchants "
       "= "
       "[\"default\"]\nprefix = \"x\"\n",
       {"gw.toml:5:8: error: tenants.name \"t\" is used twice; the first is at line 2",
        "gw.toml:7:1: error: unknown key tenants.prefix"}},
      // Callback keys.
      {"[[callbacks.keys]]\nid = \"k 1\"\nfile = \"\"\n",
       {"gw.toml:2:6: error: callbacks.keys.id must have 1 to 16 lower-case letters and digits",
        "gw.toml:3:8: error: callbacks.keys.file is empty"}},
      {"[[callbacks.keys]]\nid = \"k\"\nfile = \"1\"\n[[callbacks.keys]]\nid = \"k\"\nfile = "
       "\"2\"\n",
       {"gw.toml:5:6: error: callbacks.keys.id \"k\" is used twice"}},
      {"callbacks.keys = [{id=\"a\",file=\"a\"},{id=\"b\",file=\"b\"},{id=\"c\",file=\"c\"}]\n",
       {"gw.toml:1:55: error: callbacks.keys has more than two entries: one that signs and the one "
        "before "
        "it"}},
      // Currencies.
      {"currencies = 1\n",
       {"gw.toml:1:14: error: currencies must hold tables such as [currencies.USDT], not an "
        "integer"}},
      {"[currencies]\nusd = {decimals = 2}\nUSD = 2\n",
       {"gw.toml:2:1: error: currencies: \"usd\" is no currency code; they have 2 to 10 upper-case "
        "letters "
        "and digits",
        "gw.toml:3:7: error: currencies.USD must be a table, not an integer"}},
      {"[currencies.USD]\ndecimals = 19\nexact = 1\ndecimal = 1\n",
       {"gw.toml:2:12: error: currencies.USD.decimals is 19, which is not within 0 to 18",
        "gw.toml:3:9: error: currencies.USD.exact must be true or false, not an integer",
        "gw.toml:4:1: error: unknown key currencies.USD.decimal (did you mean decimals?)"}},
      // All at once, top to bottom, whatever kind they are.
      {"[log]\nlevel = 1\n[grpc]\nlisten = \"0.0.0.0:1\"\nfoo = 1\n[drain]\ndelay = \"1\"\n",
       {"gw.toml:2:9: error: log.level must be text, not an integer",
        "gw.toml:4:10: error: grpc.listen 0.0.0.0:1 can be reached from other machines, so it "
        "needs TLS: "
        "set grpc.tls_cert_file and grpc.tls_key_file, or listen on 127.0.0.1",
        "gw.toml:5:1: error: unknown key grpc.foo",
        "gw.toml:7:9: error: drain.delay \"1\" has no unit; write for example 1s"}},
  };
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_MAIN_CONFIG_BAD_FILE_CASES_H_
