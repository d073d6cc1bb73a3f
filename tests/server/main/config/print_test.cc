#include "server/main/config/print.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/main/config/setting.h"
#include "tests/server/main/config/config_test_support.h"

namespace payout {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

void ExpectRoundTrip(const ConfigResult& first) {
  ASSERT_THAT(Lines(first.problems), IsEmpty());
  const std::string printed = PrintConfig(first);
  const ConfigResult second = LoadConfig({}, {}, ConfigFile{"printed.toml", printed});
  ASSERT_THAT(Lines(second.problems), IsEmpty()) << printed;
  EXPECT_TRUE(second.config == first.config) << printed;
}

TEST(PrintConfigTest, WhatItPrintsLoadsToTheSame) {
  ExpectRoundTrip(LoadText(kFullFile, {}));
  ExpectRoundTrip(LoadConfig(Minimum(), {}, std::nullopt));
  Flags local = Minimum();
  local["platform.url"] = "http://127.0.0.1:1";
  local["callbacks.listen"] = "127.0.0.1:0";
  local.erase("callbacks.base_url");
  ExpectRoundTrip(LoadConfig(local, {}, std::nullopt));
  Flags odd = Minimum();
  odd["auth.tokens_file"] = "a \"b\" \\ \xC3\xA9.toml";
  ExpectRoundTrip(LoadConfig(odd, {}, std::nullopt));
}

TEST(PrintConfigTest, EveryValueTellsWhenceItCame) {
  Flags flags = Minimum();
  flags["log.level"] = "debug";
  const std::string printed = PrintConfig(
      LoadText("[limits]\nbacklog = \"90m\"\n", flags, {{"PAYOUT_GATEWAY_DRAIN_DELAY", "3s"}}));
  EXPECT_THAT(printed, HasSubstr("backlog = \"1h30m\"  # file gw.toml:2:11\n"));
  EXPECT_THAT(printed, HasSubstr("delay = \"3s\"  # environment PAYOUT_GATEWAY_DRAIN_DELAY\n"));
  EXPECT_THAT(printed, HasSubstr("level = \"debug\"  # flag --log-level\n"));
  EXPECT_THAT(printed, HasSubstr("streams_max = 20000  # default\n"));
  EXPECT_THAT(printed, HasSubstr("[[merchants]]\nname = \"default\"  # default\n"
                                 "code = \"M-1\"  # flag --merchant-code\n"));
  EXPECT_THAT(printed, HasSubstr("# Address of the gRPC API."));
}

TEST(PrintConfigTest, MerchantsShowOnlyWhatIsTheirOwn) {
  const std::string printed = PrintConfig(LoadText(kFullFile, {}));
  EXPECT_THAT(printed,
              HasSubstr("secret_file = \"second.secret\"  # file gw.toml:51:15\n"
                        "url = \"https://api.sandbox.echelonpay.com\"  # file gw.toml:52:7\n"
                        "requests_per_second = 0  # file gw.toml:53:23\n"
                        "create_timeout = \"1m30s\"  # file gw.toml:54:18\n\n"));
}

TEST(SettingsTest, EveryPathVariableAndFlagIsUnique) {
  std::set<std::string> seen;
  for (const Setting& setting : AllSettings()) {
    EXPECT_TRUE(seen.insert(setting.Path()).second) << setting.Path();
    EXPECT_TRUE(seen.insert(setting.Variable()).second) << setting.Variable();
    if (!setting.flag.empty()) {
      EXPECT_TRUE(seen.insert(std::string(setting.flag)).second) << setting.flag;
    }
    EXPECT_FALSE(setting.help.empty()) << setting.Path();
    EXPECT_NE(setting.slot == nullptr, setting.platform_slot == nullptr) << setting.Path();
  }
}

TEST(SettingsTest, EveryDefaultIsWithinItsRange) {
  LoadTarget target;
  for (const Setting& setting : AllSettings()) {
    const Slot slot = setting.SlotIn(target);
    Problems problems;
    const auto root = ParseToml("v = " + ToToml(slot), "x", problems);
    ASSERT_TRUE(root) << setting.Path();
    if (setting.Path() == "callbacks.base_url") continue;  // its default follows from another value
    const absl::Status status = SetFromToml(setting, slot, root->Find("v")->value);
    EXPECT_TRUE(status.ok()) << setting.Path() << " " << status;
  }
  EXPECT_TRUE(target.config == Config());
}

}  // namespace
}  // namespace payout
