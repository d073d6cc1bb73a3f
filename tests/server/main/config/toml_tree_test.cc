#include "server/main/config/toml_tree.h"

#include <gtest/gtest.h>

namespace payout {
namespace {

TEST(TomlTreeTest, ValuesKeepTheirKindPlaceAndOrder) {
  Problems problems;
  const auto root = ParseToml(
      "z = \"text\"\na = 42\nb = true\nc = 1.5\nd = 2027-01-01T02:00:00.5+01:30\ne = 2027-01-01\n"
      "f = [1, \"x\"]\n[g]\nh.i = 1\n",
      "x.toml", problems);
  ASSERT_TRUE(root && problems.empty());
  ASSERT_EQ(root->members.size(), 8u);
  EXPECT_EQ(root->members[0].key, "z");
  EXPECT_EQ(root->members[0].value.text, "text");
  EXPECT_EQ(root->members[0].value.place, (Place{"x.toml", 1, 5}));
  EXPECT_EQ(root->members[1].value.integer, 42);
  EXPECT_TRUE(root->members[2].value.boolean);
  EXPECT_EQ(root->members[3].value.kind, TomlNode::Kind::kFloat);
  EXPECT_EQ(root->members[4].value.kind, TomlNode::Kind::kTime);
  EXPECT_EQ(root->members[4].value.time,
            absl::FromUnixMillis(1798763400500));  // 2027-01-01T00:30:00.5Z
  EXPECT_EQ(root->members[5].value.kind, TomlNode::Kind::kLocalTime);
  ASSERT_EQ(root->members[6].value.items.size(), 2u);
  EXPECT_EQ(root->members[6].value.items[1].place, (Place{"x.toml", 7, 9}));
  const TomlMember* g = root->Find("g");
  ASSERT_NE(g, nullptr);
  EXPECT_EQ(g->value.Find("h")->value.Find("i")->value.integer, 1);
  EXPECT_EQ(root->Find("y"), nullptr);
}

TEST(TomlTreeTest, ASyntaxErrorHasItsPlace) {
  Problems problems;
  EXPECT_FALSE(ParseToml("a = 1\nb = \n", "x.toml", problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].place.ToString().substr(0, 9), "x.toml:2:");
}

TEST(TomlTreeTest, ASyntaxErrorIsOneLineWhateverTheFileHolds) {
  for (const std::string text : {"a = tr\n", "a = fa\x7f\n", "a = \x1b[31m\n"}) {
    Problems problems;
    EXPECT_FALSE(ParseToml(text, "x.toml", problems));
    ASSERT_EQ(problems.size(), 1u);
    for (const char c : problems[0].message) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << problems[0].message;
    }
  }
}

TEST(TomlTreeTest, QuotedTextIsReadBack) {
  std::string text = "a\"b\\c\td\ne\x01\x7f \xC3\xA9";
  Problems problems;
  const auto root = ParseToml("k = " + TomlQuoted(text), "x.toml", problems);
  ASSERT_TRUE(root) << problems[0].ToString();
  EXPECT_EQ(root->Find("k")->value.text, text);
}

}  // namespace
}  // namespace payout
