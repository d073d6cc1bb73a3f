#include "client/channel.h"

#include <gtest/gtest.h>

#include "client/payout_client.h"
#include "tests/client/scripted_service.h"
#include "tests/client/temp_dir.h"
#include "tests/client/tls.h"

namespace payout::client {
namespace {

using grpc::StatusCode;

StatusCode OpenCode(const ChannelOptions& options) {
  const auto channel = Channel::Open(options);
  return channel.ok() ? StatusCode::OK : channel.error().code;
}

void AnswerGets(ScriptedServer& server) {
  server->get.Always([](auto&, const auto&, auto&) { return grpc::Status::OK; });
}

Result<v1::GetPayoutResponse> Get(const ChannelOptions& options) {
  CallOptions call;
  call.attempts_max = 1;
  return PayoutClient(Channel::Open(options).value()).GetPayout({}, call);
}

TEST(ChannelTest, PlaintextStaysOnLoopbackUnlessAllowed) {
  ChannelOptions options;
  options.target = "grpc://gateway.example:7450";
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT);
  options.allow_plaintext = true;
  EXPECT_EQ(OpenCode(options), StatusCode::OK);
  options.target = "grpcs://gateway.example:7450";
  options.allow_plaintext = false;
  EXPECT_EQ(OpenCode(options), StatusCode::OK);
}

TEST(ChannelTest, OptionsThatCannotWorkAreRefused) {
  const TempDir directory;
  ChannelOptions options;
  options.ca_file = directory.File("missing.pem");
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "a CA file on plaintext";
  options.target = "grpcs://localhost:1";
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "a missing CA file";
  options.ca_file = directory.Write("ca.pem", "not a certificate");
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "a CA file without certificate";
  options = ChannelOptions{};
  options.token = "a";
  options.token_file = "b";
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "two tokens";
  options = ChannelOptions{};
  options.token = "line\nbreak";
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "a token that cannot be sent";
  options = ChannelOptions{};
  options.service_config = R"({"methodConfig":[{"timeout":"soon"}]})";
  EXPECT_EQ(OpenCode(options), StatusCode::INVALID_ARGUMENT) << "a broken service config";
}

TEST(ChannelTest, TheTokenTravelsAsBearer) {
  ScriptedServer server;
  AnswerGets(server);
  ChannelOptions options;
  options.target = server.url();
  ASSERT_TRUE(Get(options).ok());
  options.token = "secret-1";
  ASSERT_TRUE(Get(options).ok());
  EXPECT_EQ(server->get.authorizations(), (std::vector<std::string>{"", "Bearer secret-1"}));
}

TEST(ChannelTest, ATokenFileIsReadAtEveryCall) {
  ScriptedServer server;
  AnswerGets(server);
  const TempDir directory;
  ChannelOptions options;
  options.target = server.url();
  options.token_file = directory.Write("token", "first\n");
  const PayoutClient client(Channel::Open(options).value());
  ASSERT_TRUE(client.GetPayout({}).ok());
  directory.Write("token", "second\n");
  ASSERT_TRUE(client.GetPayout({}).ok());
  EXPECT_EQ(server->get.authorizations(),
            (std::vector<std::string>{"Bearer first", "Bearer second"}));
}

TEST(ChannelTest, WithoutAReadableTokenNothingIsSent) {
  ScriptedServer server;
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const TempDir directory;
  ChannelOptions options;
  options.target = server.url();
  for (const std::string& file : {directory.File("missing"), directory.Write("empty", "\n"),
                                  directory.Write("odd", "a\tb")}) {
    options.token_file = file;
    const auto response =
        PayoutClient(Channel::Open(options).value()).CreatePayout(MakeCreate("p"));
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, StatusCode::UNAUTHENTICATED);
    EXPECT_FALSE(response.error().outcome_unknown) << "nothing was sent";
  }
  EXPECT_EQ(server->create.calls(), 0u);
}

TEST(ChannelTest, TlsWorksWithTheRightAuthorityAndCarriesTheToken) {
  const Certificate certificate;
  ScriptedServer server(certificate.ForServer());
  AnswerGets(server);
  ChannelOptions options;
  options.target = "grpcs://127.0.0.1:" + std::to_string(server.port());
  options.ca_file = certificate.file();
  options.token = "secret-1";
  const auto response = Get(options);
  ASSERT_TRUE(response.ok()) << response.error().ToString();
  EXPECT_EQ(server->get.authorizations(), (std::vector<std::string>{"Bearer secret-1"}));
}

TEST(ChannelTest, TlsWithAnUnknownAuthoritySendsNothing) {
  const Certificate certificate;
  const Certificate other;
  ScriptedServer server(certificate.ForServer());
  AnswerGets(server);
  ChannelOptions options;
  options.target = "grpcs://127.0.0.1:" + std::to_string(server.port());
  options.ca_file = other.file();
  const auto response = Get(options);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, StatusCode::UNAVAILABLE);
  EXPECT_EQ(server->get.calls(), 0u);
}

}  // namespace
}  // namespace payout::client
