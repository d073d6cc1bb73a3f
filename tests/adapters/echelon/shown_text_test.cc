#include "adapters/echelon/shown_text.h"

#include <gtest/gtest.h>

namespace payout::echelon {
namespace {

TEST(ShownText, IsCutByCodePointsAndNeverInsideOfOne) {
  EXPECT_EQ(ShownText("äöü", 2), "äö");
  EXPECT_EQ(ShownText("a\xF0\x9F\x98\x80z", 2), "a\xF0\x9F\x98\x80");
  EXPECT_EQ(ShownText("abc", 3), "abc");
  EXPECT_EQ(ShownText("abc", 0), "");
}

TEST(ShownText, ControlCharactersBecomeSpaces) {
  EXPECT_EQ(ShownText("a\r\n\x1B[31mb\x7F", 100), "a   [31mb ");
  EXPECT_EQ(ShownText("a\xC2\x9B"
                      "b\xC2\xA0"
                      "c",
                      100),
            "a b\xC2\xA0"
            "c")
      << "C1, but not U+00A0";
  EXPECT_EQ(ShownText(std::string_view("SUCC\0ESS", 8), 100), "SUCC ESS");
}

}  // namespace
}  // namespace payout::echelon
