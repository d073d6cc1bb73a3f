// Every mistake and the exact words that it gets.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/main/config/bad_file_cases.h"
#include "tests/server/main/config/bad_rule_cases.h"
#include "tests/server/main/config/bad_source_cases.h"
#include "tests/server/main/config/config_test_support.h"

namespace payout {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

void ExpectProblems(const BadCase& bad) {
  SCOPED_TRACE(bad.text);
  const ConfigResult result = LoadText(bad.text, bad.flags, bad.environment);
  EXPECT_THAT(Lines(result.problems), ElementsAreArray(bad.problems));
  EXPECT_FALSE(result.ok());
}

TEST(BadConfigTest, FilesGetThesePlacesAndWords) {
  for (const BadCase& bad : BadFileCases()) ExpectProblems(bad);
}

TEST(BadConfigTest, BrokenRulesGetTheseWords) {
  for (const BadCase& bad : BadRuleCases()) ExpectProblems(bad);
}

TEST(BadConfigTest, FlagsAndVariablesGetTheseWords) {
  for (const BadCase& bad : BadSourceCases()) ExpectProblems(bad);
}

TEST(BadConfigTest, WithoutAFileItIsTheConfiguration) {
  const ConfigResult result = LoadConfig({}, {}, std::nullopt);
  EXPECT_THAT(
      Lines(result.problems),
      ElementsAreArray(
          {"configuration: error: nobody may call: set auth.tokens_file (--tokens-file) or, on "
           "loopback, auth.anonymous_tenant",
           "configuration: error: no merchants: add [[merchants]] with name, code and secret_file, "
           "or pass --merchant-code and --merchant-secret-file"}));
}

TEST(BadConfigTest, WarningsDoNotStopIt) {
  Flags flags = Minimum();
  flags.erase("callbacks.base_url");
  ConfigResult result = LoadText("", flags);
  EXPECT_TRUE(result.ok());
  EXPECT_THAT(Lines(result.problems),
              ElementsAreArray(
                  {"gw.toml: warning: callbacks.base_url \"http://127.0.0.1:7451\" cannot be "
                   "reached by the platform; payouts settle by polling, which takes minutes"}));
  flags["callbacks.base_url"] = "http://pay.example.com";
  result = LoadText("", flags);
  EXPECT_TRUE(result.ok());
  EXPECT_THAT(
      Lines(result.problems),
      ElementsAreArray({"--callback-base-url: warning: callbacks.base_url is http: callback URLs "
                        "are secret and should not travel in the clear"}));
}

TEST(BadConfigTest, SecretsInTheWrongPlaceAreNotRepeated) {
  const ConfigResult result = LoadText(
      "secret = \"canary\"\n[auth]\ntoken = \"canary\"\n[platform]\nurl = "
      "\"https://u:canary@x.example\"\n"
      "[[merchants]]\nname = \"a\"\ncode = \"c\"\nsecret = \"canary\"\n"
      "[[callbacks.keys]]\nid = \"k\"\nsecret = \"canary\"\n",
      {{"callbacks.base_url", "https://u:canary@x.example"}},
      {{"PAYOUT_GATEWAY_MERCHANT_SECRET", "canary"}, {"PAYOUT_GATEWAY_AUTH_TOKEN", "canary"}});
  EXPECT_GE(result.problems.size(), 8u);
  for (const std::string& line : Lines(result.problems))
    EXPECT_THAT(line, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace payout
