#include "adapters/http/request_check.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace payout::http {
namespace {

HttpRequest Good() {
  HttpRequest request;
  request.method = "POST";
  request.url = "https://platform.test:8443/payouts/p-1?x=%20";
  request.headers = {{"X-API-Version", "2"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
  return request;
}

TEST(RequestCheck, AnOrdinaryRequestPasses) { EXPECT_EQ(WhyUnsendable(Good()), std::nullopt); }

TEST(RequestCheck, NothingCanEndALineEarly) {
  for (const char end : {'\r', '\n', '\0', '\x7f', '\x01'}) {
    const std::string evil = std::string("a") + end + "Authorization: b";
    HttpRequest request = Good();
    request.headers.emplace_back("X-Note", evil);
    EXPECT_TRUE(WhyUnsendable(request)) << int{end};
    request = Good();
    request.headers.emplace_back(evil, "x");
    EXPECT_TRUE(WhyUnsendable(request)) << int{end};
    request = Good();
    request.url += evil;
    EXPECT_TRUE(WhyUnsendable(request)) << int{end};
    request = Good();
    request.method += evil;
    EXPECT_TRUE(WhyUnsendable(request)) << int{end};
  }
}

TEST(RequestCheck, FramingBelongsToTheClient) {
  for (const char* name : {"content-length", "Transfer-Encoding", "CONNECTION", "Expect"}) {
    HttpRequest request = Good();
    request.headers.emplace_back(name, "1");
    EXPECT_TRUE(WhyUnsendable(request)) << name;
  }
}

TEST(RequestCheck, UrlsAreHttpWithAHostAndWithoutCredentials) {
  for (const char* url :
       {"", "ftp://a/", "file:///etc/passwd", "http://", "http:///x", "https://user:pass@host/",
        "http://host/a b", "http://host/\xc3\xa9", "http://host/#part", "//host/", "host/path"}) {
    HttpRequest request = Good();
    request.url = url;
    EXPECT_TRUE(WhyUnsendable(request)) << url;
  }
}

TEST(RequestCheck, ReasonsDoNotQuoteTheRequest) {
  HttpRequest request = Good();
  request.headers.emplace_back("Authorization", "secret\n");
  EXPECT_EQ(WhyUnsendable(request)->find("secret"), std::string::npos);
}

TEST(RequestCheck, OriginEndsBeforeThePath) {
  EXPECT_EQ(OriginOf("https://a.test:1/b/c"), "https://a.test:1");
  EXPECT_EQ(OriginOf("http://a.test?x"), "http://a.test");
  EXPECT_EQ(OriginOf("http://a.test"), "http://a.test");
}

}  // namespace
}  // namespace payout::http
