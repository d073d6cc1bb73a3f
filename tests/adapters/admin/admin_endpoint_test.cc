#include "adapters/admin/admin_endpoint.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/adapters/http/loop_thread.h"
#include "tests/adapters/http/raw_client.h"

namespace payout::admin {
namespace {

using testing::LoopThread;
using testing::RawAnswer;
using testing::RawClient;

class AdminEndpointTest : public ::testing::Test {
 protected:
  AdminEndpointTest() {
    AdminSources sources;
    sources.ready = [this] { return report_; };
    sources.metrics = [] { return std::string("payout_open 3\n"); };
    sources.version = {{"version", "1.2.3"}, {"commit", "\"quoted\""}};
    sources.operators = [](http::Request request) -> Task<http::Reply> {
      co_return http::Reply{200, "application/json", request.path + " " + request.body, {}};
    };
    thread_.Do([&] {
      endpoint_ = std::make_unique<AdminEndpoint>(thread_.loop(), thread_.loop().io_context(),
                                                  AdminOptions{}, std::move(sources));
      EXPECT_TRUE(endpoint_->Start().ok());
      port_ = endpoint_->port();
    });
  }
  ~AdminEndpointTest() override {
    thread_.Do([this] { endpoint_.reset(); });
  }
  RawAnswer Ask(const std::string& method, const std::string& path) {
    RawClient client(port_);
    client.Send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return client.Read(method == "HEAD").value_or(RawAnswer{});
  }

  LoopThread thread_;
  ReadyReport report_;
  std::unique_ptr<AdminEndpoint> endpoint_;
  std::uint16_t port_ = 0;
};

TEST_F(AdminEndpointTest, LiveSaysOk) {
  const RawAnswer answer = Ask("GET", "/livez");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
}

TEST_F(AdminEndpointTest, ReadyFollowsTheReportAndListsItsChecks) {
  thread_.Do([this] { report_ = {false, {{"store", true, ""}, {"gRPC", false, "\"draining\""}}}; });
  const RawAnswer no = Ask("GET", "/readyz");
  EXPECT_EQ(no.status, 503);
  EXPECT_EQ(no.body, R"({"ready":false,"checks":[{"name":"store","ok":true,"detail":""},)"
                     R"({"name":"gRPC","ok":false,"detail":"\"draining\""}]})");
  thread_.Do([this] { report_ = {true, {}}; });
  const RawAnswer yes = Ask("GET", "/readyz");
  EXPECT_EQ(yes.status, 200);
  EXPECT_EQ(yes.body, R"({"ready":true,"checks":[]})");
  EXPECT_NE(yes.header.find("Content-Type: application/json\r\n"), std::string::npos);
}

TEST_F(AdminEndpointTest, MetricsAreInTheTextFormat) {
  const RawAnswer answer = Ask("GET", "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "payout_open 3\n");
  EXPECT_NE(answer.header.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
            std::string::npos);
}

TEST_F(AdminEndpointTest, VersionIsJson) {
  EXPECT_EQ(Ask("GET", "/version").body, R"({"version":"1.2.3","commit":"\"quoted\""})");
}

TEST_F(AdminEndpointTest, QueriesAreIgnored) { EXPECT_EQ(Ask("GET", "/livez?x").status, 200); }

TEST_F(AdminEndpointTest, HeadIsAllowedEverywhere) {
  for (const char* path : {"/livez", "/metrics", "/version"}) {
    EXPECT_EQ(Ask("HEAD", path).status, 200) << path;
  }
  EXPECT_EQ(Ask("HEAD", "/readyz").status, 503);
}

TEST_F(AdminEndpointTest, OperatorsCommandsAreHandedOn) {
  EXPECT_EQ(Ask("GET", "/admin/v1/status").body, "/admin/v1/status ");
  EXPECT_EQ(Ask("GET", "/admin/v2/status").status, 404);
  EXPECT_EQ(Ask("GET", "/admin/v1").status, 404);
}

TEST_F(AdminEndpointTest, ABodyAboveItsBoundIsRefused) {
  RawClient client(port_);
  client.Send("POST /admin/v1/pause HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");
  EXPECT_EQ(client.Read(false).value_or(RawAnswer{}).status, 413);
}

TEST_F(AdminEndpointTest, OtherMethodsAndPathsAreRefused) {
  const RawAnswer post = Ask("POST", "/metrics");
  EXPECT_EQ(post.status, 405);
  EXPECT_NE(post.header.find("Allow: GET, HEAD\r\n"), std::string::npos);
  for (const char* path : {"/", "/live", "/livez/", "//livez", "/LIVEZ", "/metrics/x"}) {
    EXPECT_EQ(Ask("GET", path).status, 404) << path;
  }
}

}  // namespace
}  // namespace payout::admin
