#include "adapters/echelon/json_reader.h"

#include <string>

#include <gtest/gtest.h>

namespace payout::echelon {
namespace {

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(BeginsAsObjectTest, AnObjectDoesHoweverItGoesOn) {
  for (const char* text : {"{}", " \t\r\n{\"a\":1}", "{", "{not json", "\xEF\xBB\xBF{}"}) {
    EXPECT_TRUE(BeginsAsObject(text)) << text;
  }
  for (const char* text : {"", "  ", "[]", "\"{}\"", "<html>{}</html>", "null", "\xEF\xBB\xBF"}) {
    EXPECT_FALSE(BeginsAsObject(text)) << text;
  }
}

TEST(JsonReader, NumberAndTextOfTheSameDigitsDiffer) {
  const auto json = ReadJson(R"({"number":42.050,"text":"42.050"})");
  ASSERT_TRUE(json);
  ASSERT_NE(json->Find("number")->AsNumber(), nullptr);
  EXPECT_EQ(*json->Find("number")->AsNumber(), "42.050");
  EXPECT_EQ(json->Find("number")->AsString(), nullptr);
  ASSERT_NE(json->Find("text")->AsString(), nullptr);
  EXPECT_EQ(*json->Find("text")->AsString(), "42.050");
  EXPECT_EQ(json->Find("text")->AsNumber(), nullptr);
}

TEST(JsonReader, NumbersKeepTheirTextWhateverTheirSize) {
  for (const std::string number :
       {"0", "-0", "12345678901234567890123456789.123456789012345678", "1e4", "1E+4", "1e-400",
        "0.1000000000000000055511151231257827", "18446744073709551616"}) {
    const auto json = ReadJson("[" + number + "]");
    ASSERT_TRUE(json) << number;
    ASSERT_NE(json->items[0].AsNumber(), nullptr) << number;
    EXPECT_EQ(*json->items[0].AsNumber(), number);
  }
}

TEST(JsonReader, NullMemberIsMissing) {
  const auto json = ReadJson(R"({"a":null,"b":true})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->Find("a"), nullptr);
  EXPECT_EQ(json->Find("c"), nullptr);
  ASSERT_NE(json->Find("b"), nullptr);
  EXPECT_EQ(json->Find("b")->AsBool(), true);
}

TEST(JsonReader, OnlyObjectsHaveMembers) {
  for (const char* text : {"[]", "1", "\"a\"", "true", "null"}) {
    const auto json = ReadJson(text);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(json->Find(""), nullptr) << text;
    EXPECT_EQ(json->Find("a"), nullptr) << text;
  }
}

TEST(JsonReader, OrderAndNamesOfItemsAreKept) {
  const auto json = ReadJson(R"({"b":[1,"x",{}],"a":{"c":false}})");
  ASSERT_TRUE(json);
  ASSERT_EQ(json->items.size(), 2U);
  EXPECT_EQ(json->items[0].name, "b");
  EXPECT_EQ(json->items[1].name, "a");
  ASSERT_EQ(json->items[0].items.size(), 3U);
  EXPECT_EQ(json->items[0].items[1].text, "x");
  EXPECT_EQ(json->items[0].items[2].kind, JsonValue::Kind::kObject);
  EXPECT_EQ(json->Find("a")->Find("c")->AsBool(), false);
}

TEST(JsonReader, DuplicateNamesAreMalformedInAnyObject) {
  EXPECT_FALSE(ReadJson(R"({"a":1,"a":1})"));
  EXPECT_FALSE(ReadJson(R"({"a":1,"b":2,"a":null})"));
  EXPECT_FALSE(ReadJson(R"({"unknown":[{"x":{"a":1,"a":2}}]})"));
  EXPECT_FALSE(ReadJson(R"({"ab":1,"a\u0062":2})"));
  EXPECT_TRUE(ReadJson(R"({"a":{"a":1},"b":{"a":1},"A":2})"));
}

TEST(JsonReader, DepthEightIsReadAndDepthNineIsNot) {
  EXPECT_TRUE(ReadJson(Nested(8)));
  EXPECT_FALSE(ReadJson(Nested(9)));
  EXPECT_FALSE(ReadJson(R"({"a":)" + Nested(8) + "}"));
}

TEST(JsonReader, SizeIsBounded) {
  const std::string fitting = "\"" + std::string(kJsonBytesMax - 2, 'x') + "\"";
  EXPECT_TRUE(ReadJson(fitting));
  EXPECT_FALSE(ReadJson(fitting + " "));
}

TEST(JsonReader, NumberOfValuesIsBounded) {
  const auto ones = [](std::size_t count) {
    std::string text = "[1";
    for (std::size_t i = 1; i < count; ++i) text += ",1";
    return text + "]";
  };
  EXPECT_TRUE(ReadJson(ones(kJsonValuesMax - 1)));  // The array counts as well.
  EXPECT_FALSE(ReadJson(ones(kJsonValuesMax)));
}

TEST(JsonReader, AnythingAfterTheValueIsMalformed) {
  EXPECT_TRUE(ReadJson(" {} \r\n\t"));
  for (const char* text : {"{} x", "{}{}", "[],", "1 2", "{}\"\"", "{}]"}) {
    EXPECT_FALSE(ReadJson(text)) << text;
  }
  EXPECT_FALSE(ReadJson(std::string("{}\0", 3)));
  EXPECT_FALSE(ReadJson(std::string("{}\0x", 4)));
  EXPECT_FALSE(ReadJson(std::string("\0{}", 3)));
}

TEST(JsonReader, WhatIsNotJsonIsMalformed) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[1,]",
                           "{\"a\":1,}",
                           "{'a':1}",
                           "{a:1}",
                           "// c\n{}",
                           "/**/{}",
                           "NaN",
                           "[Infinity]",
                           "[-]",
                           "[01]",
                           "[1.]",
                           "[.5]",
                           "[+1]",
                           "[1e]",
                           "[0x1]",
                           "\"\n\"",
                           "\"\\x\"",
                           "tru",
                           "\xEF\xBB\xBF{}",
                           "{\"a\" 1}",
                           "{\"a\":}",
                           "[1 2]"}) {
    EXPECT_FALSE(ReadJson(text)) << text;
  }
}

TEST(JsonReader, TextIsValidUtf8OrTheWholeIsMalformed) {
  const auto json = ReadJson(R"(["\ud83d\ude00","ü","\u0000"])");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->items[0].text, "\xF0\x9F\x98\x80");
  EXPECT_EQ(json->items[1].text, "\xC3\xBC");
  EXPECT_EQ(json->items[2].text, std::string(1, '\0'));
  EXPECT_TRUE(ReadJson("[\"\xED\x9F\xBF\"]"));  // U+D7FF, the last before the surrogates.

  for (const char* text :
       {"\xFF", "\x80", "\xC0\xAF", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\xF8\x88\x80\x80\x80", "\\ud800", "\\udc00", "\\ud800x", "\\ud800\\u0041"}) {
    EXPECT_FALSE(ReadJson(std::string("[\"") + text + "\"]")) << text;
    EXPECT_FALSE(ReadJson(std::string("{\"") + text + "\":1}")) << text;
  }
}

}  // namespace
}  // namespace payout::echelon
