#include "server/main/config/address.h"

#include <string>

#include <gtest/gtest.h>

namespace payout {
namespace {

TEST(ListenAddressTest, IpAddressesAndLocalhostAreRead) {
  struct Case {
    const char* text;
    const char* canonical;
    bool loopback;
  };
  const Case cases[] = {
      {"127.0.0.1:7450", "127.0.0.1:7450", true},
      {"127.9.8.7:0", "127.9.8.7:0", true},
      {"localhost:1", "127.0.0.1:1", true},
      {"[::1]:7450", "[::1]:7450", true},
      {"0.0.0.0:65535", "0.0.0.0:65535", false},
      {"[::]:7450", "[::]:7450", false},
      {"10.1.2.3:80", "10.1.2.3:80", false},
      {"[::ffff:127.0.0.1]:5", "[::ffff:127.0.0.1]:5", true},
      {"[::ffff:10.0.0.1]:5", "[::ffff:10.0.0.1]:5", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto address = ParseListenAddress(c.text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->ToString(), c.canonical);
    EXPECT_EQ(address->IsLoopback(), c.loopback);
  }
}

TEST(ListenAddressTest, EverythingElseIsRefused) {
  for (const char* text :
       {"", "7450", ":7450", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:7450 ", "127.0.0.1:+80", "::1:7450", "[::1]", "[::1]7450", "[::1:7450",
        "[127.0.0.1]:7450", "pay.example.com:7450", "127.1:7450", "127.0.0.1:000080"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseListenAddress(text).ok());
  }
}

TEST(BaseUrlTest, UrlsAreRead) {
  struct Case {
    const char* text;
    const char* kept;
    bool https;
    bool loopback;
  };
  const Case cases[] = {
      {"https://api.example.com", "https://api.example.com", true, false},
      {"https://api.example.com:8443/base/", "https://api.example.com:8443/base", true, false},
      {"http://127.0.0.1:8089", "http://127.0.0.1:8089", false, true},
      {"http://localhost:8089/", "http://localhost:8089", false, true},
      {"http://[::1]:8089", "http://[::1]:8089", false, true},
      {"http://127.0.0.1.example.com", "http://127.0.0.1.example.com", false, false},
      {"http://localhost.example.com", "http://localhost.example.com", false, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto url = ParseBaseUrl(c.text);
    ASSERT_TRUE(url.ok()) << url.status();
    EXPECT_EQ(url->text, c.kept);
    EXPECT_EQ(url->https, c.https);
    EXPECT_EQ(url->loopback, c.loopback);
  }
}

TEST(BaseUrlTest, EverythingElseIsRefused) {
  for (const char* text :
       {"", "api.example.com", "ftp://example.com", "https://", "https:///path",
        "https://exa mple.com", "https://example.com/?a=b", "https://example.com/#f",
        "https://example.com:0", "https://example.com:99999", "https://[::1",
        "https://ex_ample.com", "https://example.com\n", "HTTPS://example.com"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseBaseUrl(text).ok());
  }
}

TEST(BaseUrlTest, PasswordsAreRefusedAndNeverRepeated) {
  const auto url = ParseBaseUrl("https://user:canary@example.com");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.status().message(), "must not contain a user name or password");
}

}  // namespace
}  // namespace payout
