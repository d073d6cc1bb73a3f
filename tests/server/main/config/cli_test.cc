#include "server/main/config/cli.h"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/main/config/setting.h"

namespace payout {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Command Parse(const std::vector<std::string>& arguments, const EnvironmentVariables& env = {}) {
  return ParseCommandLine(arguments, env);
}

// The command, which must be of this kind.
template <class T>
T ParseAs(const std::vector<std::string>& arguments, const EnvironmentVariables& env = {}) {
  Command command = Parse(arguments, env);
  if (T* found = std::get_if<T>(&command)) return *found;
  const auto* left = std::get_if<ExitCommand>(&command);
  ADD_FAILURE() << "another command; " << (left ? left->err + left->out : "");
  return T();
}

TEST(CliTest, ServeTakesAFileAndFlags) {
  const auto serve = ParseAs<ServeCommand>(
      {"serve", "--config", "gw.toml", "--listen", "127.0.0.1:1", "--store=sqlite:a.db"});
  EXPECT_EQ(serve.source.file, "gw.toml");
  EXPECT_THAT(serve.source.flags,
              ElementsAre(Pair("grpc.listen", "127.0.0.1:1"), Pair("store.url", "sqlite:a.db")));
}

TEST(CliTest, ServeKnowsEveryFlagOfTheTable) {
  for (const char* flag :
       {"--listen", "--callback-listen", "--callback-base-url", "--admin-listen", "--store",
        "--platform-url", "--merchant-code", "--merchant-secret-file", "--requests-per-second",
        "--tokens-file", "--tls-cert-file", "--tls-key-file", "--log-format", "--log-level"}) {
    SCOPED_TRACE(flag);
    const auto serve = ParseAs<ServeCommand>({"serve", flag, "value"});
    ASSERT_EQ(serve.source.flags.size(), 1u);
    const std::string path = serve.source.flags.begin()->first;
    const Setting* setting =
        FindSetting(path.substr(0, path.find('.')), path.substr(path.find('.') + 1));
    ASSERT_NE(setting, nullptr);
    EXPECT_EQ(setting->flag, flag);
  }
}

TEST(CliTest, TheFileMayComeFromTheEnvironment) {
  const EnvironmentVariables env = {{"PAYOUT_GATEWAY_CONFIG", "env.toml"}};
  EXPECT_EQ(ParseAs<ServeCommand>({"serve"}, env).source.file, "env.toml");
  EXPECT_EQ(ParseAs<ServeCommand>({"serve", "--config", "flag.toml"}, env).source.file,
            "flag.toml");
  EXPECT_EQ(ParseAs<ServeCommand>({"serve"}).source.file, std::nullopt);
  EXPECT_FALSE(ParseAs<ServeCommand>({"serve"}).restored);
  EXPECT_TRUE(ParseAs<ServeCommand>({"serve", "--restored"}).restored);
}

TEST(CliTest, ConfigCommandsTakeWhatServeTakes) {
  const auto check =
      ParseAs<ConfigCheckCommand>({"config", "check", "--config", "a", "--log-level", "debug"});
  EXPECT_EQ(check.source.file, "a");
  EXPECT_THAT(check.source.flags, ElementsAre(Pair("log.level", "debug")));
  EXPECT_FALSE(check.skip_files);
  EXPECT_TRUE(ParseAs<ConfigCheckCommand>({"config", "check", "--skip-files"}).skip_files);
  EXPECT_EQ(ParseAs<ConfigPrintCommand>({"config", "print", "--config", "b"}).source.file, "b");
}

TEST(CliTest, DevNeedsNothing) {
  const auto dev = ParseAs<DevCommand>({"dev"});
  EXPECT_EQ(dev.dir, ".payout-dev");
  EXPECT_EQ(dev.listen.ToString(), "127.0.0.1:7450");
  EXPECT_EQ(dev.callback_listen.ToString(), "127.0.0.1:7451");
  EXPECT_EQ(dev.admin_listen.ToString(), "127.0.0.1:7452");
  EXPECT_EQ(dev.settle_after, absl::Seconds(2));
  EXPECT_EQ(dev.requests_per_second, 5);
  EXPECT_EQ(dev.scenario_file, std::nullopt);
  EXPECT_EQ(dev.log_format, LogFormat::kAuto);
}

TEST(CliTest, DevTakesItsFlags) {
  const auto dev = ParseAs<DevCommand>(
      {"dev", "--dir", "d", "--listen", "[::1]:1", "--callback-listen", "127.0.0.1:0",
       "--admin-listen", "localhost:3", "--settle-after", "300ms", "--requests-per-second", "0",
       "--scenario", "s.toml", "--log-format", "json"});
  EXPECT_EQ(dev.dir, "d");
  EXPECT_EQ(dev.listen.ToString(), "[::1]:1");
  EXPECT_EQ(dev.callback_listen.ToString(), "127.0.0.1:0");
  EXPECT_EQ(dev.admin_listen.ToString(), "127.0.0.1:3");
  EXPECT_EQ(dev.settle_after, absl::Milliseconds(300));
  EXPECT_EQ(dev.requests_per_second, 0);
  EXPECT_EQ(dev.scenario_file, "s.toml");
  EXPECT_EQ(dev.log_format, LogFormat::kJson);
}

TEST(CliTest, VersionIsACommandAndAFlag) {
  ParseAs<VersionCommand>({"version"});
  ParseAs<VersionCommand>({"--version"});
}

TEST(CliTest, HelpGoesToStdoutWithCodeZero) {
  struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> contains;
  };
  const Case cases[] = {
      {{"--help"}, {"payout-gateway dev", "serve", "config", "version"}},
      {{"serve", "--help"},
       {"--config FILE", "--listen HOST:PORT", "sqlite:PATH", "PAYOUT_GATEWAY_"}},
      {{"dev", "-h"}, {"Usage: payout-gateway dev", "--settle-after TIME=2s", "No money moves"}},
      {{"config", "--help"}, {"check", "print"}},
      {{"config", "check", "--help"}, {"--skip-files", "Exit codes"}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.arguments.back());
    const auto help = ParseAs<ExitCommand>(c.arguments);
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.err, IsEmpty());
    for (const std::string& text : c.contains) EXPECT_THAT(help.out, HasSubstr(text));
  }
}

TEST(CliTest, UsageErrorsExitTwoAndSayWhatIsMeant) {
  struct Case {
    std::vector<std::string> arguments;
    std::string err;
  };
  const Case cases[] = {
      {{"serv"},
       "payout-gateway: unknown command \"serv\" (did you mean serve?)\nTry 'payout-gateway "
       "--help'.\n"},
      {{"config", "chekc"},
       "payout-gateway: unknown command \"chekc\" (did you mean check?)\nTry 'payout-gateway "
       "config "
       "--help'.\n"},
      {{"serve", "--lisen", "127.0.0.1:1"},
       "payout-gateway: unknown flag --lisen (did you mean --listen?)\nTry 'payout-gateway serve "
       "--help'.\n"},
      {{"serve", "extra"},
       "payout-gateway: takes no arguments besides its flags\nTry 'payout-gateway serve "
       "--help'.\n"},
      {{"dev", "--listen", "0.0.0.0:1"},
       "payout-gateway: --listen: \"0.0.0.0:1\" is not loopback; dev serves this machine only\nTry "
       "'payout-gateway dev --help'.\n"},
      {{"dev", "--settle-after", "2"},
       "payout-gateway: --settle-after: \"2\" has no unit; write for example 2s\nTry "
       "'payout-gateway dev "
       "--help'.\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.arguments.back());
    const auto error = ParseAs<ExitCommand>(c.arguments);
    EXPECT_EQ(error.code, 2);
    EXPECT_EQ(error.err, c.err);
    EXPECT_THAT(error.out, IsEmpty());
  }
}

TEST(CliTest, OtherUsageErrorsExitTwo) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"config"},
                                             {"serve", "--listen"},
                                             {"serve", "--listen", "a", "--listen", "b"},
                                             {"dev", "--requests-per-second", "-1"},
                                             {"dev", "--log-format", "xml"},
                                             {"serve", "dev"},
                                             {"--listen", "127.0.0.1:1"}}) {
    const auto error = ParseAs<ExitCommand>(arguments);
    EXPECT_EQ(error.code, 2);
    EXPECT_FALSE(error.err.empty());
  }
}

TEST(CliTest, TheValueOfAnUnknownFlagIsNotRepeated) {
  const auto error = ParseAs<ExitCommand>({"serve", "--merchant-secret=canary"});
  EXPECT_EQ(
      error.err,
      "payout-gateway: unknown flag --merchant-secret (did you mean --merchant-secret-file?)\n"
      "Try 'payout-gateway serve --help'.\n");
}

}  // namespace
}  // namespace payout
