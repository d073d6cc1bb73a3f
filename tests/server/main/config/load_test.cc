#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/main/config/config.h"
#include "tests/server/main/config/config_test_support.h"

namespace payout {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LoadConfigTest, FlagsAloneAreEnough) {
  const ConfigResult result = LoadConfig(Minimum(), {}, std::nullopt);
  ASSERT_THAT(Lines(result.problems), IsEmpty());
  const Config& config = result.config;
  ASSERT_EQ(config.merchants.size(), 1u);
  EXPECT_EQ(config.merchants[0].name.value(), "default");
  EXPECT_EQ(config.merchants[0].code, "M-1");
  EXPECT_EQ(config.merchants[0].secret_file, "secret");
  EXPECT_EQ(config.merchants[0].platform, PlatformConfig());
  EXPECT_EQ(config.grpc, GrpcConfig());
  EXPECT_EQ(config.submission, SubmissionConfig());
  EXPECT_EQ(config.polling, PollingConfig());
  EXPECT_EQ(config.audit, AuditConfig());
  EXPECT_EQ(config.auth.tokens_file, "tokens.toml");
}

TEST(LoadConfigTest, VariablesAloneAreEnough) {
  const ConfigResult result =
      LoadConfig({},
                 {{"PAYOUT_GATEWAY_AUTH_TOKENS_FILE", "t"},
                  {"PAYOUT_GATEWAY_MERCHANT_CODE", "M-1"},
                  {"PAYOUT_GATEWAY_MERCHANT_SECRET_FILE", "s"},
                  {"PAYOUT_GATEWAY_CALLBACKS_BASE_URL", "https://p.example.com"},
                  {"HOME", "/nowhere"}},
                 std::nullopt);
  EXPECT_THAT(Lines(result.problems), IsEmpty());
  EXPECT_EQ(result.config.merchants.at(0).code, "M-1");
}

TEST(LoadConfigTest, EveryKeyOfAFileIsRead) {
  const ConfigResult result = LoadText(kFullFile, {});
  ASSERT_THAT(Lines(result.problems), IsEmpty());
  const Config& c = result.config;
  EXPECT_EQ(c.grpc, (GrpcConfig{{"0.0.0.0", 7450}, "tls.crt", "tls.key", true, 100, 200}));
  EXPECT_EQ(c.callbacks, (CallbacksConfig{{"::", 7451},
                                          "https://pay.example.com/in",
                                          {{"k2", "k2.key"}, {"k1", "k1.key"}},
                                          99,
                                          absl::Seconds(2)}));
  EXPECT_EQ(c.admin.listen.ToString(), "10.0.0.1:7452");
  EXPECT_EQ(c.store.SqlitePath(), "relative.db");
  EXPECT_EQ(c.log, (LogConfig{LogFormat::kText, LogLevel::kDebug}));
  const PlatformConfig platform{"https://api.echelonpay.com",
                                10,
                                absl::Seconds(45),
                                absl::Seconds(10),
                                absl::Seconds(3),
                                absl::Hours(1),
                                "ca.pem"};
  EXPECT_EQ(c.platform, platform);
  ASSERT_EQ(c.merchants.size(), 2u);
  EXPECT_EQ(c.merchants[0], (MerchantConfig{MerchantName("main"), "M-1", "main.secret", platform}));
  PlatformConfig own = platform;
  own.url = "https://api.sandbox.echelonpay.com";
  own.requests_per_second = 0;
  own.create_timeout = absl::Seconds(90);
  EXPECT_EQ(c.merchants[1], (MerchantConfig{MerchantName("second"), "M-2", "second.secret", own}));
  ASSERT_EQ(c.tenants.size(), 2u);
  EXPECT_EQ(c.tenants[0],
            (TenantConfig{
                TenantName("billing"), {MerchantName("main"), MerchantName("second")}, "bil-"}));
  EXPECT_EQ(c.tenants[1], (TenantConfig{TenantName("shop"), {MerchantName("second")}, ""}));
  EXPECT_EQ(c.limits, (LimitsConfig{absl::Hours(2), 8, absl::Seconds(30)}));
  EXPECT_EQ(c.streams, (StreamsConfig{absl::Seconds(5), absl::Seconds(10), 1024}));
  EXPECT_EQ(c.submission, (SubmissionConfig{ResubmitMode::kManual, 4, absl::Seconds(31),
                                            absl::Minutes(3), 2, absl::Hours(12), absl::Seconds(90),
                                            absl::Seconds(3), absl::Minutes(4), absl::Hours(240)}));
  EXPECT_EQ(c.polling, (PollingConfig{{absl::Seconds(3), absl::Minutes(1)}, {absl::Minutes(2)}}));
  EXPECT_EQ(c.audit, (AuditConfig{{absl::Hours(12), absl::Hours(48)}, 50, absl::Minutes(2)}));
  EXPECT_EQ(c.drain, (DrainConfig{absl::Seconds(1), absl::Seconds(20)}));
  const CurrencyRules rules = CurrencyRulesOf(c);
  EXPECT_EQ(rules.Decimals("USDT"), 6);
  EXPECT_EQ(rules.Decimals("XYZ"), 0);
  EXPECT_TRUE(rules.IsExact("USDT"));
  EXPECT_FALSE(rules.IsExact("XYZ"));
}

TEST(LoadConfigTest, FlagsWinOverVariablesWinOverTheFileWinsOverDefaults) {
  struct Case {
    const char* path;
    const char* variable;
    const char* key;
    const char* file;  // as TOML
    const char* environment;
    const char* flag;
    std::string (*get)(const Config&);
    std::string standard;
    std::string from_file;
  };
  const Case cases[] = {
      {"grpc.listen", "PAYOUT_GATEWAY_GRPC_LISTEN", "grpc.listen", "\"127.0.0.1:1\"", "127.0.0.1:2",
       "127.0.0.1:3", [](const Config& c) { return c.grpc.listen.ToString(); }, "127.0.0.1:7450",
       "127.0.0.1:1"},
      {"platform.requests_per_second", "PAYOUT_GATEWAY_PLATFORM_REQUESTS_PER_SECOND",
       "platform.requests_per_second", "1", "2", "3",
       [](const Config& c) {
         return std::to_string(c.merchants.at(0).platform.requests_per_second);
       },
       "5", "1"},
      {"drain.deadline", "PAYOUT_GATEWAY_DRAIN_DEADLINE", "drain.deadline", "\"31s\"", "32s", "33s",
       [](const Config& c) { return absl::FormatDuration(c.drain.deadline); }, "25s", "31s"},
      {"audit.schedule", "PAYOUT_GATEWAY_AUDIT_SCHEDULE", "audit.schedule", "[]", "1h, 2h", "3h",
       [](const Config& c) {
         std::string text;
         for (const absl::Duration d : c.audit.schedule) {
           text += (text.empty() ? "" : ", ") + absl::FormatDuration(d);
         }
         return text;
       },
       "24h, 72h, 168h, 720h", ""},
      {"grpc.reflection", "PAYOUT_GATEWAY_GRPC_REFLECTION", "grpc.reflection", "false", "true",
       "false", [](const Config& c) { return std::string(c.grpc.reflection ? "true" : "false"); },
       "true", "false"},
      {"auth.anonymous_tenant", "PAYOUT_GATEWAY_AUTH_ANONYMOUS_TENANT", "auth.anonymous_tenant",
       "\"one\"", "two", "three", [](const Config& c) { return c.auth.anonymous_tenant.value(); },
       "", "one"},
      {"store.url", "PAYOUT_GATEWAY_STORE_URL", "store.url", "\"sqlite:a\"", "sqlite:b", "sqlite:c",
       [](const Config& c) { return c.store.url; }, "sqlite:/var/lib/payout-gateway/payouts.db",
       "sqlite:a"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.path);
    const std::string text = std::string(c.key) + " = " + c.file + "\n";
    const EnvironmentVariables environment = {{c.variable, c.environment}};
    Flags flags = Minimum();

    ConfigResult result = LoadText("", flags);
    EXPECT_EQ(c.get(result.config), c.standard);
    EXPECT_FALSE(result.origins.contains(c.path));

    result = LoadText(text, flags);
    EXPECT_THAT(Lines(result.problems), IsEmpty());
    EXPECT_EQ(c.get(result.config), c.from_file);
    EXPECT_EQ(result.origins.at(c.path).kind, Origin::Kind::kFile);

    result = LoadText(text, flags, environment);
    EXPECT_EQ(c.get(result.config), c.environment);
    EXPECT_EQ(result.origins.at(c.path).kind, Origin::Kind::kEnvironment);
    EXPECT_EQ(result.origins.at(c.path).place.ToString(), c.variable);

    flags[c.path] = c.flag;
    result = LoadText(text, flags, environment);
    EXPECT_EQ(c.get(result.config), c.flag);
    EXPECT_EQ(result.origins.at(c.path).kind, Origin::Kind::kFlag);
  }
}

TEST(LoadConfigTest, AMerchantsOwnValueWinsOverThePlatformFlag) {
  Flags flags = CallersOnly();
  flags["platform.url"] = "https://flag.example.com";
  const ConfigResult result = LoadText(
      "[[merchants]]\nname = \"a\"\ncode = \"A\"\nsecret_file = \"a\"\n"
      "[[merchants]]\nname = \"b\"\ncode = \"B\"\nsecret_file = \"b\"\nurl = "
      "\"https://own.example.com\"\n",
      flags);
  ASSERT_THAT(Lines(result.problems), IsEmpty());
  EXPECT_EQ(result.config.merchants[0].platform.url, "https://flag.example.com");
  EXPECT_EQ(result.config.merchants[1].platform.url, "https://own.example.com");
}

TEST(LoadConfigTest, AnEmptyVariableCountsAsNotSet) {
  const ConfigResult result = LoadText("", Minimum(), {{"PAYOUT_GATEWAY_GRPC_LISTEN", ""}});
  EXPECT_THAT(Lines(result.problems), IsEmpty());
}

TEST(LoadConfigTest, VariablesThatKubernetesSetsAreNotOurs) {
  const ConfigResult result = LoadText("", Minimum(),
                                       {{"PAYOUT_GATEWAY_SERVICE_HOST", "10.0.0.1"},
                                        {"PAYOUT_GATEWAY_SERVICE_PORT", "7450"},
                                        {"PAYOUT_GATEWAY_SERVICE_PORT_GRPC", "7450"},
                                        {"PAYOUT_GATEWAY_PORT", "tcp://10.0.0.1:7450"},
                                        {"PAYOUT_GATEWAY_PORT_7450_TCP", "tcp://10.0.0.1:7450"},
                                        {"PAYOUT_GATEWAY_PORT_7450_TCP_ADDR", "10.0.0.1"},
                                        {"PAYOUT_GATEWAY_CONFIG", "gw.toml"}});
  EXPECT_THAT(Lines(result.problems), IsEmpty());
}

TEST(LoadConfigTest, ReflectionIsOffBeyondLoopbackUnlessSet) {
  const std::string tls =
      "[grpc]\nlisten = \"0.0.0.0:1\"\ntls_cert_file = \"c\"\ntls_key_file = \"k\"\n";
  EXPECT_FALSE(LoadText(tls).config.grpc.reflection);
  EXPECT_TRUE(LoadText(tls + "reflection = true\n").config.grpc.reflection);
  EXPECT_TRUE(LoadText("").config.grpc.reflection);
}

TEST(LoadConfigTest, TheCallbackUrlFollowsALoopbackListener) {
  Flags flags = Minimum();
  flags.erase("callbacks.base_url");
  flags["platform.url"] = "http://127.0.0.1:8089";
  EXPECT_EQ(LoadText("", flags).config.callbacks.base_url, "http://127.0.0.1:7451");
  flags["callbacks.listen"] = "[::1]:9";
  EXPECT_EQ(LoadText("", flags).config.callbacks.base_url, "http://[::1]:9");
  flags["callbacks.listen"] = "127.0.0.1:0";
  const ConfigResult result = LoadText("", flags);
  EXPECT_THAT(Lines(result.problems), IsEmpty());
  EXPECT_EQ(result.config.callbacks.base_url, "");
}

TEST(LoadConfigTest, TheDefaultMerchantCanBeNamedByTenants) {
  const ConfigResult result = LoadText("[[tenants]]\nname = \"a\"\nmerchants = [\"default\"]\n");
  EXPECT_THAT(Lines(result.problems), IsEmpty());
}

TEST(LoadConfigTest, HasteIsAllowedAgainstASimulatorOnly) {
  const std::string hasty =
      "[submission]\nabsence_reads = 1\nabsence_gap = \"0s\"\nabsence_settle = \"100ms\"\n"
      "refusal_settle = \"0s\"\nadoption_slack = \"1h\"\n[audit]\ncorrection_gap = \"0s\"\n";
  Flags flags = Minimum();
  EXPECT_FALSE(LoadText(hasty, flags).ok());
  flags["platform.url"] = "http://127.0.0.1:8089";
  EXPECT_THAT(Lines(LoadText(hasty, flags).problems), IsEmpty());
}

TEST(FindTenantTest, WithoutTenantsEverybodyMayUseEveryMerchant) {
  const Config config = LoadText("").config;
  const auto tenant = FindTenant(config, TenantName("anyone"));
  ASSERT_TRUE(tenant);
  EXPECT_EQ(tenant->name.value(), "anyone");
  EXPECT_THAT(tenant->merchants, ElementsAre(MerchantName("default")));
  EXPECT_EQ(tenant->payout_id_prefix, "");
}

TEST(FindTenantTest, WithTenantsOthersMayDoNothing) {
  const Config config = LoadText(kFullFile, {}).config;
  ASSERT_TRUE(FindTenant(config, TenantName("shop")));
  EXPECT_THAT(FindTenant(config, TenantName("shop"))->merchants,
              ElementsAre(MerchantName("second")));
  EXPECT_FALSE(FindTenant(config, TenantName("other")));
}

TEST(PolicyOfTest, PatienceIsNeverBelowFourCreateTimeouts) {
  Config config = LoadText(kFullFile, {}).config;
  // 4 x 45 s = 180 s, which is what was set; 4 x 90 s = 360 s.
  EXPECT_EQ(PolicyOf(config, config.merchants[0]).absence_settle, absl::Seconds(180));
  const Policy policy = PolicyOf(config, config.merchants[1]);
  EXPECT_EQ(policy.absence_settle, absl::Seconds(360));
  EXPECT_EQ(policy.create_timeout, absl::Seconds(90));
  EXPECT_EQ(policy.absence_reads, 4);
  EXPECT_EQ(policy.absence_gap, absl::Seconds(31));
  EXPECT_FALSE(policy.resubmit_auto);
  EXPECT_EQ(policy.resubmits_max, 2);
  EXPECT_EQ(policy.resubmit_window, absl::Hours(12));
  EXPECT_EQ(policy.pause, absl::Seconds(90));
}

TEST(PolicyOfTest, TheDefaultsAreThoseOfTheRules) {
  const Config config = LoadText("").config;
  const Policy policy = PolicyOf(config, config.merchants.at(0));
  const Policy rules;
  EXPECT_EQ(policy.create_timeout, rules.create_timeout);
  EXPECT_EQ(policy.absence_reads, rules.absence_reads);
  EXPECT_EQ(policy.absence_gap, rules.absence_gap);
  EXPECT_EQ(policy.absence_settle, rules.absence_settle);
  EXPECT_EQ(policy.resubmit_auto, rules.resubmit_auto);
  EXPECT_EQ(policy.resubmits_max, rules.resubmits_max);
  EXPECT_EQ(policy.resubmit_window, rules.resubmit_window);
  EXPECT_EQ(policy.pause, rules.pause);
}

}  // namespace
}  // namespace payout
