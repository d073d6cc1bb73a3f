#include "adapters/echelon/sandbox/scenario.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ErrorOf(const std::string& text) {
  Options options;
  const absl::Status status = ApplyScenario(text, options);
  return status.ok() ? "accepted" : std::string(status.message());
}

TEST(Scenario, SetsWhatItMentionsAndLeavesTheRest) {
  Options options;
  options.callback_interval = absl::Seconds(7);
  Merchant demo;
  demo.code = "demo";
  demo.secret = "demo-secret";
  options.merchants = {demo};
  const absl::Status status = ApplyScenario(R"(
seed = 9
settle_after = "150ms"
requests_per_second = 0
currencies = ["USD"]
currency_decimals = { USDT = 6 }

[[merchant]]
code = "demo"
is_test = false
balances = { USD = "100.50" }

[[merchant]]
code = "new"
secret = "s"

[[operator]]
code = "TRC20"
methods = ["CRYPTO_TRANSFER"]
available = false

[undocumented]
fee = "zero"
prose_rule_status = 406

[[fault]]
on = "create"
id = "lost-*"
first = 2
probability = 0.25
action = "drop_after_apply"
)",
                                            options);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(options.seed, 9U);
  EXPECT_EQ(options.settle_after, absl::Milliseconds(150));
  EXPECT_EQ(options.callback_interval, absl::Seconds(7));
  EXPECT_EQ(options.requests_per_second, 0);
  EXPECT_EQ(options.currency_decimals.at("USDT"), 6);
  ASSERT_EQ(options.merchants.size(), 2U);
  EXPECT_EQ(options.merchants[0].secret, "demo-secret");
  EXPECT_FALSE(options.merchants[0].is_test);
  EXPECT_EQ(options.merchants[0].balances.at("USD"), "100.50");
  EXPECT_FALSE(options.operators.at(0).available);
  EXPECT_EQ(options.undocumented.fee, FeeStyle::kZero);
  EXPECT_EQ(options.undocumented.prose_rule_status, 406);
  ASSERT_EQ(options.faults.size(), 1U);
  EXPECT_EQ(options.faults[0].action, FaultAction::kDropAfterApply);
  EXPECT_EQ(options.faults[0].id, "lost-*");
  EXPECT_EQ(options.faults[0].first, 2);
  EXPECT_EQ(options.faults[0].probability, 0.25);
}

TEST(Scenario, UnknownKeysAreErrorsWithAPosition) {
  EXPECT_EQ(ErrorOf("seed = 1\nsettel_after = \"1s\"\n"), "2:1: settel_after is not a known key");
  EXPECT_EQ(ErrorOf("[undocumented]\n  fees = \"zero\"\n"),
            "2:3: undocumented.fees is not a known key");
  EXPECT_EQ(ErrorOf("[[fault]]\non = \"create\"\naction = \"drop_after_apply\"\nnht = 1\n"),
            "4:1: fault[0].nht is not a known key");
  EXPECT_EQ(ErrorOf("[[merchant]]\ncode = \"a\"\nsecret = \"b\"\nip_alow = []\n"),
            "4:1: merchant[0].ip_alow is not a known key");
}

TEST(Scenario, WrongValuesAreErrorsWithAPosition) {
  EXPECT_THAT(ErrorOf("seed = -1\n"), StartsWith("1:1: seed must be between"));
  EXPECT_THAT(ErrorOf("settle_after = 5\n"), StartsWith("1:1: settle_after must be a string"));
  EXPECT_THAT(ErrorOf("settle_after = \"soon\"\n"),
              StartsWith("1:1: settle_after must be a duration"));
  EXPECT_THAT(ErrorOf("\n[[fault]]\non = \"create\"\naction = \"explode\"\n"),
              StartsWith("4:1: fault[0].action is not a known action"));
  EXPECT_THAT(ErrorOf("\n[[fault]]\non = \"read\"\naction = \"settle_as\"\n"), StartsWith("4:1: "));
  EXPECT_THAT(ErrorOf("[[fault]]\non = \"create\"\naction = \"refuse\"\n"),
              HasSubstr("codes is needed"));
  EXPECT_THAT(ErrorOf("[[merchant]]\nsecret = \"a\"\n"), HasSubstr("merchant[0].code is missing"));
  EXPECT_THAT(ErrorOf("[[merchant]]\ncode = \"a\"\n"), HasSubstr("merchant[0].secret is missing"));
  EXPECT_THAT(ErrorOf("[[merchant]]\ncode=\"a\"\nsecret=\"b\"\nbalances = {USD = 5}\n"),
              HasSubstr("balances.USD must be a string"));
  EXPECT_THAT(ErrorOf("[undocumented]\nprose_rule_status = 401\n"),
              HasSubstr("must be 400 or 406"));
}

TEST(Scenario, BrokenTomlIsAnErrorWithAPosition) {
  EXPECT_THAT(ErrorOf("seed = 1\nseed = 2\n"), StartsWith("2:"));
  EXPECT_THAT(ErrorOf("seed = \n"), StartsWith("1:"));
}

TEST(Scenario, TheExampleIsValidAndShowsEveryAction) {
  std::ifstream file(PAYOUT_SOURCE_DIR "/adapters/echelon/sandbox/example-scenario.toml");
  std::stringstream text;
  text << file.rdbuf();
  Options options;
  const absl::Status status = ApplyScenario(text.str(), options);
  ASSERT_TRUE(status.ok()) << status;
  for (int i = 0; i <= static_cast<int>(FaultAction::kCallbackForged); ++i) {
    const auto action = static_cast<FaultAction>(i);
    const bool shown = std::any_of(options.faults.begin(), options.faults.end(),
                                   [&](const Fault& fault) { return fault.action == action; });
    EXPECT_TRUE(shown) << FaultActionName(action);
  }
}

}  // namespace
}  // namespace payout::sandbox
