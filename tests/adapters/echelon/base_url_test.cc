#include "adapters/echelon/base_url.h"

#include <gtest/gtest.h>

namespace payout::echelon {
namespace {

TEST(BaseUrl, HttpsAndLoopbackHttpAreAllowed) {
  for (const char* url : {"https://api.sandbox.echelonpay.com", "https://api.echelonpay.com/",
                          "https://h:8443/base", "https://10.0.0.1", "https://[2001:db8::1]:443",
                          "http://localhost", "http://localhost:8080/", "http://127.0.0.1:1",
                          "http://127.255.0.9:65535/x", "http://[::1]", "http://[::1]:8080"}) {
    std::string why = "unset";
    EXPECT_TRUE(UrlIsAllowed(url, &why)) << url << ": " << why;
    EXPECT_EQ(why, "") << url;
  }
}

TEST(BaseUrl, PlaintextToOtherHostsIsRefused) {
  for (const char* url :
       {"http://api.echelonpay.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
        "http://127.1", "http://128.0.0.1", "http://127.0.0.256", "http://127.0.0.0.1",
        "http://0127.0.0.1", "http://[::2]", "http://[::ffff:127.0.0.1]", "http://10.0.0.1",
        "http://0.0.0.0", "http://localhost.", "http://LOCALHOST.evil", "http://127.0.0."}) {
    std::string why;
    EXPECT_FALSE(UrlIsAllowed(url, &why)) << url;
    EXPECT_NE(why, "") << url;
  }
}

TEST(BaseUrl, OtherFormsAreRefused) {
  for (const char* url : {"",
                          "https://",
                          "https:///x",
                          "ftp://localhost",
                          "localhost",
                          "//localhost",
                          "https//x",
                          "https://user:pw@api.echelonpay.com",
                          "http://127.0.0.1@example.com",
                          "https://h?x=1",
                          "https://h/p?x",
                          "https://h#f",
                          "https://h:0",
                          "https://h:65536",
                          "https://h:",
                          "https://h:x",
                          "https://h:443:443",
                          "https://a b",
                          "https://h/ x",
                          "https://h\\@evil",
                          "https://h\r\n",
                          "https://[::1",
                          "https://[]",
                          "https://h\xC3\xBC",
                          " https://h",
                          "javascript:x"}) {
    EXPECT_FALSE(UrlIsAllowed(url, nullptr)) << url;
  }
}

TEST(BaseUrl, SlashesAtTheEndAreTrimmed) {
  EXPECT_EQ(TrimBaseUrl("https://h/api//"), "https://h/api");
  EXPECT_EQ(TrimBaseUrl("https://h"), "https://h");
}

}  // namespace
}  // namespace payout::echelon
