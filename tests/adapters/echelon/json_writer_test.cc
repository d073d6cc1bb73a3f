#include "adapters/echelon/json_writer.h"

#include <gtest/gtest.h>

#include "adapters/echelon/json_reader.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

TEST(JsonWriter, AmountsAreNumbersWithTheDigitsOfTheCaller) {
  for (const char* digits : {"42.50", "0.000000000000000001", "10000", "0.10",
                             "123456789012345678901234567890", "100.00"}) {
    JsonWriter json;
    json.StartObject();
    json.Member("money", Money{Amount(digits), "USD"});
    json.EndObject();
    EXPECT_EQ(json.Take(),
              std::string(R"({"money":{"amount":)") + digits + R"(,"currencyCode":"USD"}})");
  }
}

TEST(JsonWriter, TextSurvivesWritingAndReading) {
  std::string text = "é 漢 \xF0\x9F\x98\x80 \" \\ / \x7F";
  for (char c = 1; c < 0x20; ++c) text += c;
  text += '\0';
  JsonWriter json;
  json.StartObject();
  json.Member("t", text);
  json.EndObject();
  const std::string written = json.Take();
  EXPECT_NE(written.find("é 漢 \xF0\x9F\x98\x80"), std::string::npos) << "UTF-8 is kept as it is";
  const auto read = ReadJson(written);
  ASSERT_TRUE(read) << written;
  EXPECT_EQ(*read->Find("t")->AsString(), text);
}

}  // namespace
}  // namespace payout::echelon
