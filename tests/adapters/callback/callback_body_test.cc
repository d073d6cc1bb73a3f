#include "adapters/callback/callback_body.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace payout::callback {
namespace {

using std::string_view_literals::operator""sv;

TEST(CallbackBody, IdIsFoundAmongOtherMembers) {
  for (const char* body :
       {R"({"idEntity":"p-1_A"})", "\r\n{ \"idEntity\" : \"p-1_A\" }\t",
        R"({"a":[1,2.5,null,true,{"idEntity":7}],"idEntity":"p-1_A","b":{"idEntity":"other"}})",
        R"({"idEntity":"p\u002d1_A"})", R"({"\u0069dEntity":"p-1_A"})",
        R"({"identity":"x","IDENTITY":1,"idEntity":"p-1_A"})"}) {
    EXPECT_EQ(ParseCallbackBody(body), "p-1_A") << body;
  }
}

TEST(CallbackBody, IdHasBetweenOneAndTwoHundredAndFiftyCharacters) {
  const auto with = [](std::size_t length) {
    return ParseCallbackBody("{\"idEntity\":\"" + std::string(length, 'x') + "\"}");
  };
  EXPECT_FALSE(with(0));
  EXPECT_TRUE(with(1));
  EXPECT_TRUE(with(250));
  EXPECT_FALSE(with(251));
}

TEST(CallbackBody, AnythingElseIsRefused) {
  for (const std::string_view body : {""sv,
                                      " "sv,
                                      "null"sv,
                                      "\"p-1\""sv,
                                      "[]"sv,
                                      "{}"sv,
                                      R"([{"idEntity":"p-1"}])"sv,
                                      R"({"idEntity":1})"sv,
                                      R"({"idEntity":null})"sv,
                                      R"({"idEntity":true})"sv,
                                      R"({"idEntity":["p-1"]})"sv,
                                      R"({"idEntity":{"idEntity":"p-1"}})"sv,
                                      R"({"idEntity":"p-1","idEntity":"p-1"})"sv,
                                      R"({"idEntity":"p-1","idEntity":2})"sv,
                                      R"({"idEntity":"p 1"})"sv,
                                      R"({"idEntity":"p/1"})"sv,
                                      R"({"idEntity":"p\n1"})"sv,
                                      "{\"idEntity\":\"p\\u00001\"}"sv,
                                      "{\"idEntity\":\"p\xc3\xa9\"}"sv,
                                      "{\"idEntity\":\"\xff\"}"sv,
                                      R"({"x":{"idEntity":"p-1"}})"sv,
                                      R"({"idEntity":"p-1")"sv,
                                      R"({"idEntity":"p-1"}})"sv,
                                      R"({"idEntity":"p-1"} x)"sv,
                                      R"({"idEntity":"p-1",})"sv,
                                      R"({idEntity:"p-1"})"sv,
                                      R"({'idEntity':'p-1'})"sv,
                                      R"({"idEntity":"p-1"}/**/)"sv,
                                      "{\"idEntity\":\"p-1\"}\0x"sv,
                                      "{\"idEntity\":\"p-1\"}\0"sv,
                                      "\xef\xbb\xbf{\"idEntity\":\"p-1\"}"sv,
                                      R"({"a":01,"idEntity":"p-1"})"sv,
                                      R"({"a":NaN,"idEntity":"p-1"})"sv,
                                      "{\"a\":\"\xff\",\"idEntity\":\"p-1\"}"sv,
                                      "{\"a\":\"\t\",\"idEntity\":\"p-1\"}"sv}) {
    EXPECT_FALSE(ParseCallbackBody(body)) << body;
  }
}

TEST(CallbackBody, DepthIsLimited) {
  const auto nested = [](int depth) {
    return "{\"idEntity\":\"p\",\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(ParseCallbackBody(nested(7)));
  EXPECT_FALSE(ParseCallbackBody(nested(8)));
  EXPECT_FALSE(ParseCallbackBody(nested(100'000)));
}

}  // namespace
}  // namespace payout::callback
