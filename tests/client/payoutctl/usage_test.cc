#include "tests/client/payoutctl/payoutctl_fixture.h"

namespace payout::client {
namespace {

using testing::HasSubstr;

class PayoutctlUsageTest : public PayoutctlTest {};

TEST_F(PayoutctlUsageTest, HelpGoesToStandardOutputAndHasTheExitCodes) {
  const auto result = RunAsIs({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("Exit codes:"));
  EXPECT_THAT(result.out, HasSubstr("7    create: the outcome is unknown"));
  EXPECT_THAT(result.out, HasSubstr("PAYOUTCTL_SERVER"));
  for (const char* command : {"create", "get", "list", "cancel", "watch", "explain", "pause",
                              "resume", "review", "admin", "health", "version"}) {
    EXPECT_THAT(result.out, HasSubstr(std::string("\n  ") + command));
    const auto help = RunAsIs({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, HasSubstr("Usage: payoutctl"));
  }
}

TEST_F(PayoutctlUsageTest, AMistypedFlagOrCommandGetsASuggestion) {
  const auto flag = RunAsIs({"create", "--amuont", "1"});
  EXPECT_EQ(flag.exit_code, 2);
  EXPECT_THAT(flag.err, HasSubstr("unknown flag \"--amuont\"; did you mean --amount?"));
  const auto command = RunAsIs({"crate"});
  EXPECT_EQ(command.exit_code, 2);
  EXPECT_THAT(command.err, HasSubstr("unknown command \"crate\"; did you mean create?"));
  EXPECT_EQ(RunAsIs({}).exit_code, 2);
  EXPECT_THAT(RunAsIs({"get", "a", "b"}).err, HasSubstr("unexpected argument \"b\""));
}

TEST_F(PayoutctlUsageTest, BadValuesNameTheGoodOnes) {
  EXPECT_THAT(RunAsIs({"list", "--state", "paid"}).err, HasSubstr("processing, succeeded"));
  for (const Arguments& arguments :
       {Arguments{"list", "--state", "paid"}, Arguments{"list", "--since", "tomorrow"},
        Arguments{"list", "--limit", "0"}, Arguments{"list", "--limit", "5", "--all"},
        Arguments{"get"}, Arguments{"get", "a", "--max-staleness", "x"},
        Arguments{"get", "a", "--timeout", "0s"}, Arguments{"get", "a", "-o", "xml"},
        Arguments{"get", "a", "-s", "127.0.0.1:7450"},
        Arguments{"get", "a", "-s", "grpc://10.0.0.1"}, Arguments{"watch", "a", "--from", "now"},
        Arguments{"watch", "--until", "later"},
        Arguments{"watch", "--until", "settled", "--state", "queued"}}) {
    const auto result = RunAsIs(arguments);
    EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(arguments) << result.err;
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(PayoutctlUsageTest, UsageErrorsAreJsonWhenJsonWasAskedFor) {
  for (const Arguments& arguments :
       {Arguments{"-o", "json", "create", "--amuont"},
        Arguments{"create", "--amuont", "-o", "json"},
        Arguments{"list", "--limit", "x", "--output=jsonl"}, Arguments{"-ojson"}}) {
    const auto result = RunAsIs(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(Json(result.err)["error"]["exitCode"].GetInt(), 2)
        << testing::PrintToString(arguments);
  }
}

TEST_F(PayoutctlUsageTest, VersionNeedsNoServer) {
  const auto text = RunAsIs({"version"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, HasSubstr("payoutctl "));
  EXPECT_STREQ(Json(RunAsIs({"version", "-o", "json"}).out)["api"].GetString(), "payout.v1");
}

}  // namespace
}  // namespace payout::client
