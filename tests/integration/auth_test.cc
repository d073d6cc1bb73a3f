// Who may call, TLS, health and reflection.

#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/payout_client.h"
#include "server/base/digest.h"
#include "tests/integration/certificate.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/http_call.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kRefused[] = "UNAUTHENTICATED CREDENTIALS_INVALID";
// grpc.health.v1.HealthCheckResponse, as bytes.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

TEST(AuthTest, OnlyKnownTokensMayCall) {
  GatewayHarness harness;
  for (const char* token :
       {"", "x", "alpha-0123456789-abcdefghiJ", "alpha-0123456789-abcdefghij "}) {
    Caller caller(harness.Connect(), token);
    EXPECT_EQ(caller.Create(BankPayout("p1")).Outcome(), kRefused) << token;
    EXPECT_EQ(caller.Get("p1").Outcome(), kRefused);
    EXPECT_EQ(caller.List({}).Outcome(), kRefused);
    EXPECT_EQ(caller.Cancel("p1").Outcome(), kRefused);
    const auto stream = caller.Open(Feed());
    EXPECT_TRUE(stream->Rest().empty());
    EXPECT_EQ(stream->Finish().Outcome(), kRefused);
  }
  EXPECT_EQ(harness.alpha().Get("p1").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  EXPECT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
}

TEST(AuthTest, AnExpiredTokenMayNotCall) {
  GatewayHarness harness({.secrets = [](Secrets& secrets) {
    const std::string entry = "[[tokens]]\ntenant = \"alpha\"\nsha256 = \"" +
                              HexEncode(Sha256(kAlphaToken)) +
                              "\"\nexpires = 2020-01-01T00:00:00Z\n";
    secrets.tokens = *TokenTable::Parse(entry, "tokens");
  }});
  EXPECT_EQ(harness.alpha().Get("p1").Outcome(), kRefused);
}

TEST(AuthTest, CallsWithoutATokenAreTheAnonymousTenantsWhenThereIsOne) {
  GatewayHarness harness(
      {.config = [](Config& c) { c.auth.anonymous_tenant = TenantName("anyone"); }});
  Caller anonymous(harness.Connect(), "");
  EXPECT_TRUE(anonymous.Create(BankPayout("p1")).ok());
  EXPECT_EQ(harness.alpha().Get("p1").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  // A wrong token is not the same as none.
  Caller wrong(harness.Connect(), "wrong-0123456789-abcdefghij");
  EXPECT_EQ(wrong.Get("p1").Outcome(), kRefused);
}

TEST(AuthTest, TheClientTalksTlsToACertificateThatItTrusts) {
  const Certificate certificate = MakeCertificate();
  GatewayHarness harness({.secrets = [&](Secrets& secrets) {
    secrets.tls = TlsPair{certificate.certificate_pem, SecretString(certificate.key_pem)};
  }});
  const std::string ca_file = (harness.dir() / "ca.pem").string();
  const std::string other_ca_file = (harness.dir() / "other.pem").string();
  std::ofstream(ca_file) << certificate.certificate_pem;
  std::ofstream(other_ca_file) << MakeCertificate().certificate_pem;

  const std::string target = "grpcs://" + harness.target();
  auto channel =
      client::Channel::Open({.target = target, .ca_file = ca_file, .token = kAlphaToken});
  ASSERT_TRUE(channel.ok()) << channel.error().ToString();
  const client::PayoutClient client(*channel);
  const auto created = client.CreatePayout(BankPayout("p1", v1::WAIT_MODE_SETTLED));
  ASSERT_TRUE(created.ok()) << created.error().ToString();
  EXPECT_EQ(created->payout().state(), v1::PAYOUT_STATE_SUCCEEDED);

  auto untrusted =
      client::Channel::Open({.target = target, .ca_file = other_ca_file, .token = kAlphaToken});
  ASSERT_TRUE(untrusted.ok()) << untrusted.error().ToString();
  v1::GetPayoutRequest get;
  get.set_payout_id("p1");
  const auto refused = client::PayoutClient(*untrusted)
                           .GetPayout(get, {.timeout = absl::Seconds(2), .attempts_max = 1});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, grpc::StatusCode::UNAVAILABLE);
  // And plaintext is no way in.
  EXPECT_EQ(harness.alpha().Get("p1").status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(AuthTest, HealthIsServingForTheServerAndTheServiceAndUnknownForOthers) {
  GatewayHarness harness;
  auto channel = client::Channel::Open({.target = "grpc://" + harness.target()});
  ASSERT_TRUE(channel.ok());
  const client::PayoutClient client(*channel);
  EXPECT_EQ(*client.CheckHealth(""), client::Health::kServing);
  EXPECT_EQ(*client.CheckHealth("payout.v1.PayoutService"), client::Health::kServing);
  EXPECT_EQ(*client.CheckHealth("payout.v1.Other"), client::Health::kServiceUnknown);
}

TEST(AuthTest, HealthAndReadinessFlipAsSoonAsADrainBegins) {
  GatewayHarness harness({.config = [](Config& c) { c.drain.delay = absl::Milliseconds(600); }});
  RawCall watch(harness.Connect(), "/grpc.health.v1.Health/Watch", "");
  EXPECT_EQ(watch.Next(), kServing);
  const int admin_port = harness.gateway().admin_port();
  EXPECT_TRUE(Eventually([&] { return HttpGet(admin_port, "/readyz").status == 200; }));
  std::future<void> drain = std::async(std::launch::async, [&] { harness.gateway().Drain(); });
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_TRUE(Eventually([&] { return HttpGet(admin_port, "/readyz").status == 503; }));
  // Who comes late is still served while load balancers find out.
  EXPECT_TRUE(harness.alpha().Create(BankPayout("late")).ok());
  EXPECT_EQ(drain.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  drain.get();
  EXPECT_EQ(harness.alpha().Get("late").status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(AuthTest, ReflectionListsTheServicesInBothVersions) {
  GatewayHarness harness;
  const std::string list_services = std::string("\x3a\x00", 2);  // field 7, an empty text
  for (const char* version : {"v1", "v1alpha"}) {
    RawCall call(
        harness.Connect(),
        std::string("/grpc.reflection.") + version + ".ServerReflection/ServerReflectionInfo",
        list_services);
    const std::optional<std::string> answer = call.Next();
    ASSERT_TRUE(answer.has_value()) << version;
    EXPECT_THAT(*answer, HasSubstr("payout.v1.PayoutService")) << version;
    EXPECT_THAT(*answer, HasSubstr("grpc.health.v1.Health")) << version;
  }
}

TEST(AuthTest, ReflectionCanBeSwitchedOff) {
  GatewayHarness harness({.config = [](Config& c) { c.grpc.reflection = false; }});
  RawCall call(harness.Connect(), "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
               std::string("\x3a\x00", 2));
  EXPECT_FALSE(call.Next().has_value());
}

}  // namespace
}  // namespace payout::testing
