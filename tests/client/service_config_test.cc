#include "client/service_config.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <grpcpp/support/validate_service_config.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "payout/v1/payout_service.pb.h"

namespace payout::client {
namespace {

class ServiceConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    config_.Parse(ServiceConfigJson().c_str());
    ASSERT_FALSE(config_.HasParseError());
  }
  const rapidjson::Value& entries() const { return config_["methodConfig"]; }
  static const google::protobuf::ServiceDescriptor* Service() {
    return v1::CreatePayoutRequest::descriptor()->file()->FindServiceByName("PayoutService");
  }
  rapidjson::Document config_;
};

TEST_F(ServiceConfigTest, GrpcAcceptsIt) {
  EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(ServiceConfigJson()), "");
}

TEST_F(ServiceConfigTest, EmbeddedCopyEqualsTheFile) {
  std::ifstream file(PAYOUT_SOURCE_DIR "/client/service_config.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(ServiceConfigJson(), text);
}

TEST_F(ServiceConfigTest, EveryNameIsAMethodOfTheService) {
  ASSERT_FALSE(entries().Empty());
  for (const auto& entry : entries().GetArray()) {
    ASSERT_TRUE(entry.HasMember("name"));
    ASSERT_FALSE(entry["name"].Empty()) << "an entry without names applies to nothing";
    for (const auto& name : entry["name"].GetArray()) {
      EXPECT_EQ(name["service"].GetString(), Service()->full_name());
      ASSERT_TRUE(name.HasMember("method")) << "a service-wide entry would catch new methods";
      EXPECT_NE(Service()->FindMethodByName(name["method"].GetString()), nullptr)
          << name["method"].GetString();
    }
  }
}

TEST_F(ServiceConfigTest, EveryUnaryMethodHasATimeoutAndRetriesWithinTheCaps) {
  std::set<std::string> covered;
  for (const auto& entry : entries().GetArray()) {
    EXPECT_TRUE(entry.HasMember("timeout"));
    const auto& policy = entry["retryPolicy"];
    EXPECT_GE(policy["maxAttempts"].GetInt(), 2);
    EXPECT_LE(policy["maxAttempts"].GetInt(), 5) << "gRPC takes more as 5 without saying so";
    ASSERT_EQ(policy["retryableStatusCodes"].Size(), 1u);
    EXPECT_STREQ(policy["retryableStatusCodes"][0].GetString(), "UNAVAILABLE");
    for (const auto& name : entry["name"].GetArray()) covered.insert(name["method"].GetString());
  }
  for (int i = 0; i < Service()->method_count(); ++i) {
    const auto* method = Service()->method(i);
    EXPECT_EQ(covered.contains(method->name()), !method->server_streaming()) << method->name();
  }
}

}  // namespace
}  // namespace payout::client
