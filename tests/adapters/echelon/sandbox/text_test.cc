// Parsing of JSON, URLs and amounts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/echelon/sandbox/currency_rules.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/url.h"
#include "adapters/echelon/sandbox/value.h"

namespace payout::sandbox {
namespace {

Decimal D(const char* text) { return Decimal::Parse(text).value(); }

TEST(ParseJson, KeepsNumbersAsWritten) {
  const auto value = ParseJson(R"({"a":0.1000,"b":"0.1","c":[1e2,-3]})");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->Find("a")->text, "0.1000");
  EXPECT_TRUE(value->Find("a")->Is(Value::Kind::kNumber));
  EXPECT_TRUE(value->Find("b")->Is(Value::Kind::kString));
  EXPECT_EQ(value->Find("c")->items[0].text, "1e2");
  EXPECT_EQ(value->Find("c")->items[1].text, "-3");
}

TEST(ParseJson, RefusesWhatIsNotOneStrictDocument) {
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("{}x"), std::string("{\"a\":01}"),
        std::string("{\"a\":1,\"a\":2}"), std::string("[NaN]"), std::string("\"\xff\""),
        std::string("{}\0{}", 5), std::string(17, '[') + std::string(17, ']'),
        std::string("{'a':1}")}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
  EXPECT_TRUE(ParseJson(std::string(16, '[') + std::string(16, ']')).ok());
}

TEST(CountCodePoints, CountsCharactersNotBytes) {
  EXPECT_EQ(CountCodePoints("abc"), 3U);
  EXPECT_EQ(CountCodePoints("Zoë Þór"), 7U);
}

TEST(JsonWriter, EscapesTextAndCopiesAmounts) {
  JsonWriter json;
  json.BeginObject().Field("a", "\"\n").Key("b").Number("42.050").EndObject();
  EXPECT_EQ(json.Text(), R"({"a":"\"\n","b":42.050})");
}

TEST(ParseUrl, SplitsHostPortAndTarget) {
  const auto url = ParseUrl("http://127.0.0.1:8081/callbacks/v1/m?x=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 8081);
  EXPECT_EQ(url->target, "/callbacks/v1/m?x=1");
  EXPECT_EQ(ParseUrl("https://example.com")->port, 443);
  EXPECT_EQ(ParseUrl("http://[::1]:9/a")->host, "::1");
  EXPECT_EQ(ParseUrl("http://[::1]:9/a")->Authority(), "[::1]:9");
}

TEST(ParseUrl, RefusesOtherSchemesUserInfoAndNonsense) {
  for (const char* text : {"ftp://a/", "http://", "http://u@127.0.0.1/", "http://a b/", "x",
                           "http://a:99999/", "http://[zz]/", "http://a/#f", "http:///x"}) {
    EXPECT_FALSE(ParseUrl(text)) << text;
  }
}

TEST(IsLoopbackHost, KnowsThisMachineOnly) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host : {"128.0.0.1", "0.0.0.0", "::", "10.0.0.1", "localhost.example.com",
                           "127.0.0.1.example.com", "example.com"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

TEST(ParseLoopbackListen, RefusesAddressesThatOthersReach) {
  EXPECT_TRUE(ParseLoopbackListen("127.0.0.1:0"));
  EXPECT_EQ(ParseLoopbackListen("localhost:80")->host, "127.0.0.1");
  EXPECT_EQ(ParseLoopbackListen("[::1]:80")->host, "::1");
  for (const char* text :
       {"0.0.0.0:80", "[::]:80", "192.168.0.1:80", "127.0.0.1", ":80", "127.0.0.1:70000"}) {
    EXPECT_FALSE(ParseLoopbackListen(text)) << text;
  }
}

TEST(CurrencyDecimals, FollowThePlatform) {
  EXPECT_EQ(CurrencyDecimals("USD"), 2);
  EXPECT_EQ(CurrencyDecimals("JPY"), 0);
  EXPECT_EQ(CurrencyDecimals("KWD"), 3);
  EXPECT_EQ(CurrencyDecimals("IDR"), 0);  // ISO says 2
  EXPECT_EQ(CurrencyDecimals("INR"), 0);  // ISO says 2
  EXPECT_EQ(CurrencyDecimals("USDT"), std::nullopt);
  EXPECT_EQ(CurrencyDecimals("D U"), std::nullopt);
}

TEST(Sums, AreExact) {
  EXPECT_EQ(Add(D("0.1"), D("0.2")), D("0.3"));
  EXPECT_EQ(Add(D("999.99"), D("0.01"))->ToString(), "1000");
  EXPECT_EQ(Subtract(D("1000"), D("0.000000000000000001"))->ToString(), "999.999999999999999999");
  EXPECT_EQ(Subtract(D("5"), D("5.00"))->ToString(), "0");
  EXPECT_EQ(Subtract(D("5"), D("5.01")), std::nullopt);
  EXPECT_EQ(Add(D("999999999999999999999999999999"), D("1")), std::nullopt);
}

}  // namespace
}  // namespace payout::sandbox
