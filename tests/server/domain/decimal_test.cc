#include "server/domain/decimal.h"

#include <algorithm>
#include <clocale>
#include <compare>
#include <cstdint>
#include <locale>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

// The reference: decimal text as digits, compared the way one compares on paper.
struct Digits {
  std::string whole;     // no leading zeros
  std::string fraction;  // no trailing zeros
};

Digits DigitsOf(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  Digits digits{std::string(text.substr(0, point)),
                std::string(text.substr(std::min(point + 1, text.size())))};
  digits.whole.erase(0, std::min(digits.whole.find_first_not_of('0'), digits.whole.size()));
  while (!digits.fraction.empty() && digits.fraction.back() == '0') digits.fraction.pop_back();
  return digits;
}

std::strong_ordering CompareOnPaper(const Digits& a, const Digits& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() <=> b.whole.size();
  if (a.whole != b.whole) return a.whole.compare(b.whole) <=> 0;
  return a.fraction.compare(b.fraction) <=> 0;
}

int SignificantOnPaper(const Digits& value) {
  std::string all = value.whole + value.fraction;
  while (!all.empty() && all.back() == '0') all.pop_back();
  all.erase(0, std::min(all.find_first_not_of('0'), all.size()));
  return static_cast<int>(all.size());
}

std::string Shortest(const Digits& value) {
  const std::string whole = value.whole.empty() ? "0" : value.whole;
  return value.fraction.empty() ? whole : whole + "." + value.fraction;
}

// 4205 minor units of scale 2: "42.05".
std::string FromMinorUnits(int units, int scale) {
  std::string digits = std::to_string(units);
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() < places + 1) digits.insert(0, places + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - places, 1, '.');
  return digits;
}

Decimal D(std::string_view text) {
  const auto value = Decimal::Parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Decimal());
}

class DecimalOfScaleTest : public ::testing::TestWithParam<int> {};

TEST_P(DecimalOfScaleTest, EveryAmountUpToAMillionMinorUnitsRoundTrips) {
  const int scale = GetParam();
  Decimal previous;
  for (int units = 0; units <= 1'000'000; ++units) {
    const std::string text = FromMinorUnits(units, scale);
    const auto value = Decimal::Parse(text);
    ASSERT_TRUE(value) << text;
    ASSERT_EQ(value->ToString(), text);
    ASSERT_EQ(value->scale(), scale);
    ASSERT_EQ(value->IsZero(), units == 0);
    if (units > 0) {
      ASSERT_TRUE(previous < *value) << text;
    }
    previous = *value;

    const Decimal normalized = value->Normalized();
    ASSERT_TRUE(normalized == *value) << text;
    ASSERT_EQ(normalized.ToString(), Shortest(DigitsOf(text)));

    // The forms in which a platform may write the same number.
    const std::string exponent =
        std::to_string(units) + (units % 2 == 0 ? "e-" : "E-0") + std::to_string(scale);
    for (const std::string& form : {text, exponent, normalized.ToString() + "e0"}) {
      const auto number = Decimal::ParseJsonNumber(form);
      ASSERT_TRUE(number) << form;
      ASSERT_TRUE(*number == *value) << form;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scales, DecimalOfScaleTest, ::testing::Values(0, 2, 3));

TEST(DecimalTest, RandomNumbersAgreeWithArithmeticOnPaper) {
  constexpr unsigned kSeed = 20240601;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  const auto up_to = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n + 1));
  };
  const auto draw = [&](int whole_max) {
    const int scale = up_to(Decimal::kScaleMax);
    const int whole = 1 + up_to(std::min(whole_max, Decimal::kDigitsMax - scale) - 1);
    std::string text;
    for (int i = 0; i < whole; ++i) text += static_cast<char>('0' + up_to(up_to(3) == 0 ? 0 : 9));
    if (whole > 1 && text[0] == '0') text[0] = '7';
    if (scale > 0) text += '.';
    for (int i = 0; i < scale; ++i) text += static_cast<char>('0' + up_to(up_to(1) == 0 ? 1 : 9));
    return text;
  };
  for (int i = 0; i < 200'000; ++i) {
    // Short whole parts meet often, long ones go to the limit.
    const int whole_max = i % 2 == 0 ? 1 : Decimal::kDigitsMax;
    const std::string a = draw(whole_max);
    const std::string b = i % 7 == 0 ? a + (a.find('.') == a.npos ? ".0" : "") : draw(whole_max);
    const auto value_a = Decimal::Parse(a);
    const auto value_b = Decimal::Parse(b);
    ASSERT_TRUE(value_a) << a;
    if (!value_b) {
      ASSERT_GT(b.size(), 31U) << b;
      continue;
    }
    ASSERT_EQ(value_a->ToString(), a);
    const Digits paper_a = DigitsOf(a);
    const Digits paper_b = DigitsOf(b);
    ASSERT_EQ(*value_a <=> *value_b, CompareOnPaper(paper_a, paper_b)) << a << " and " << b;
    ASSERT_EQ(*value_b <=> *value_a, CompareOnPaper(paper_b, paper_a)) << a << " and " << b;
    ASSERT_EQ(*value_a == *value_b, std::is_eq(CompareOnPaper(paper_a, paper_b)));
    ASSERT_EQ(value_a->SignificantDigits(), SignificantOnPaper(paper_a)) << a;
    ASSERT_EQ(value_a->Normalized().ToString(), Shortest(paper_a));
  }
}

TEST(DecimalTest, RandomExponentsMeanWhatTheyMeanOnPaper) {
  constexpr unsigned kSeed = 20240602;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  int read = 0;
  for (int i = 0; i < 100'000; ++i) {
    const int exponent = static_cast<int>(random() % 41) - 20;
    const std::string whole = std::to_string(random() % 10'000);
    const std::string fraction = std::to_string(random() % 1'000);
    // Move the point on paper.
    std::string digits = std::string(40, '0') + whole + fraction + std::string(40, '0');
    digits.insert(static_cast<std::size_t>(40 + static_cast<int>(whole.size()) + exponent), ".");
    const Digits expected = DigitsOf(digits);
    const std::string sign = exponent < 0 ? "-" : i % 2 == 0 ? "+" : "";
    const std::string text = whole + "." + fraction + (i % 3 == 0 ? "E" : "e") + sign +
                             std::to_string(std::abs(exponent));
    const auto value = Decimal::ParseJsonNumber(text);
    const bool fits = expected.fraction.size() <= static_cast<std::size_t>(Decimal::kScaleMax) &&
                      (expected.whole + expected.fraction).size() <= 30;
    // Zeros in front of the first digit of a fraction are not significant.
    ASSERT_EQ(value.has_value(), fits) << text;
    if (!value) continue;
    ++read;
    ASSERT_EQ(value->ToString(), Shortest(expected)) << text;
  }
  EXPECT_GT(read, 50'000);
}

TEST(DecimalTest, MalformedTextIsRefused) {
  const std::vector<std::string> malformed = {
      "",
      " ",
      "1e3",
      "1E3",
      "-1",
      "+1",
      "-0",
      ".5",
      "5.",
      ".",
      "1,000",
      "1,5",
      "01",
      "00",
      "00.5",
      "1.2.3",
      "1..2",
      " 1",
      "1 ",
      "1 000",
      "1_000",
      "1'000",
      "0x10",
      "1a",
      "a",
      "NaN",
      "Infinity",
      "inf",
      "1\n",
      "\t1",
      "$1",
      "1USD",
      "1.5e",
      "--1",
      "1-",
      "1/2",
      "\xd9\xa1",      // ARABIC-INDIC DIGIT ONE
      "\xef\xbc\x91",  // FULLWIDTH DIGIT ONE
      "\xe0\xa5\xa7",  // DEVANAGARI DIGIT ONE
      "1\xc2\xa0"
      "000",  // NO-BREAK SPACE
      "1\xd9\xab"
      "5",  // ARABIC DECIMAL SEPARATOR
      "\xe2\x88\x92"
      "1",  // MINUS SIGN
      "\xef\xbb\xbf"
      "1",  // BYTE ORDER MARK
      std::string("1\0", 2),
      std::string("\0"
                  "1",
                  2),
      std::string("1\0"
                  "5",
                  3),
  };
  for (const std::string& text : malformed) {
    EXPECT_EQ(Decimal::Parse(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(DecimalTest, BoundsAreThirtyDigitsAndEighteenDecimals) {
  const std::string digits30(30, '9');
  EXPECT_EQ(D(digits30).ToString(), digits30);
  EXPECT_EQ(Decimal::Parse(digits30 + "9"), std::nullopt);
  EXPECT_EQ(Decimal::Parse(std::string(40, '9')), std::nullopt);
  EXPECT_EQ(Decimal::Parse("1" + std::string(30, '0')), std::nullopt);
  EXPECT_EQ(Decimal::Parse(std::string(100'000, '1')), std::nullopt);

  const std::string most = "999999999999.999999999999999999";
  EXPECT_EQ(D(most).ToString(), most);
  EXPECT_EQ(Decimal::Parse("1" + most), std::nullopt);
  EXPECT_EQ(Decimal::Parse("0." + std::string(18, '1')).has_value(), true);
  EXPECT_EQ(Decimal::Parse("0." + std::string(19, '1')), std::nullopt);
  EXPECT_EQ(Decimal::Parse("0." + std::string(19, '0')), std::nullopt);
  EXPECT_EQ(D("0.000000000000000001").SignificantDigits(), 1);
}

TEST(DecimalTest, JsonNumbersFollowTheGrammarOfJson) {
  for (const std::string_view text :
       {"42.05", "4.205e1", "4.205E1", "4.205e+1", "4.205e01", "4205e-2", "4205E-02", "42.050",
        "0.4205e2", "0.0004205e5", "420500000e-7"}) {
    const auto value = Decimal::ParseJsonNumber(text);
    ASSERT_TRUE(value) << text;
    EXPECT_TRUE(*value == D("42.05")) << text;
  }
  for (const std::string_view text : {"0", "0.0", "0e0", "0e99", "0E-99", "0.000e5", "0.00e-18"}) {
    const auto value = Decimal::ParseJsonNumber(text);
    ASSERT_TRUE(value) << text;
    EXPECT_TRUE(value->IsZero()) << text;
  }
  for (const std::string_view text :
       {"",      "-0",  "-1",  "-1e5",     "+1",    "01",    "1.",    ".5",
        "1.e5",  "1e",  "1e+", "1e-",      "1e5.0", "1e 5",  " 1",    "1 ",
        "1e5e5", "0x1", "NaN", "Infinity", "1e5\n", "\"1\"", "1E++5", "1f"}) {
    EXPECT_EQ(Decimal::ParseJsonNumber(text), std::nullopt) << '"' << text << '"';
  }
  EXPECT_EQ(Decimal::ParseJsonNumber(std::string_view("1e5\0", 4)), std::nullopt);
}

TEST(DecimalTest, JsonNumbersKeepTheBounds) {
  EXPECT_TRUE(Decimal::ParseJsonNumber("1e29"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e30"));
  EXPECT_TRUE(Decimal::ParseJsonNumber("1e-18"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e-19"));
  EXPECT_TRUE(Decimal::ParseJsonNumber("10e-19"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e99"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e100"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e2147483648"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1e-18446744073709551617"));
  EXPECT_TRUE(Decimal::ParseJsonNumber("1e" + std::string(1'000, '0') + "1"));
  EXPECT_FALSE(Decimal::ParseJsonNumber("1" + std::string(100'000, '0') + "e-1"));
}

TEST(DecimalTest, ValuesCompareWhateverTheirScale) {
  EXPECT_TRUE(D("42.5") == D("42.50"));
  EXPECT_TRUE(D("42") == D("42.000000000000000000"));
  EXPECT_TRUE(D("0") == D("0.00"));
  EXPECT_TRUE(D("0.1") < D("0.11"));
  EXPECT_TRUE(D("9.999999999999999999") < D("10"));
  // Brought to one scale, these would not fit into 128 bits.
  EXPECT_TRUE(D("999999999999999999999999999999") > D("999999999999.999999999999999999"));
  EXPECT_TRUE(D("999999999999999999999999999998") < D("999999999999999999999999999999"));
}

TEST(DecimalTest, ComparisonIsATotalOrder) {
  const std::vector<std::string> ascending = {"0",
                                              "0.000000000000000001",
                                              "0.1",
                                              "0.5",
                                              "0.500000000000000001",
                                              "1",
                                              "1.01",
                                              "9.9",
                                              "10",
                                              "10.5",
                                              "999999999999999999999999999999"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(D(ascending[i]) <=> D(ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
    }
  }
}

TEST(DecimalTest, SignificantDigitsLeaveOutZerosAtBothEnds) {
  const std::pair<std::string_view, int> cases[] = {{"0", 0},
                                                    {"0.00", 0},
                                                    {"7", 1},
                                                    {"70", 1},
                                                    {"700.00", 1},
                                                    {"0.05", 1},
                                                    {"1.05", 3},
                                                    {"42.05", 4},
                                                    {"1000000.01", 9},
                                                    {"123456789012345", 15},
                                                    {"1234567890123456", 16},
                                                    {"1234567890123450", 15},
                                                    {"0.1234567890123456", 16}};
  for (const auto& [text, digits] : cases) EXPECT_EQ(D(text).SignificantDigits(), digits) << text;
}

TEST(DecimalTest, ADefaultDecimalIsZero) {
  EXPECT_TRUE(Decimal().IsZero());
  EXPECT_EQ(Decimal().ToString(), "0");
  EXPECT_TRUE(Decimal() == D("0.0"));
}

// A locale that writes 1.234,5, in both of the language's locale systems.
class CommaLocale {
 public:
  CommaLocale() : former_(std::locale::global(std::locale(std::locale::classic(), new Comma))) {
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE", "es_ES.UTF-8"}) {
      if (std::setlocale(LC_ALL, name) != nullptr) break;
    }
  }
  ~CommaLocale() {
    std::setlocale(LC_ALL, "C");
    std::locale::global(former_);
  }

 private:
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  std::locale former_;
};

TEST(DecimalTest, TheLocaleDoesNotMatter) {
  const CommaLocale comma;
  EXPECT_EQ(D("1234567.05").ToString(), "1234567.05");
  EXPECT_EQ(Decimal::Parse("1234567,05"), std::nullopt);
  EXPECT_EQ(Decimal::Parse("1.234.567"), std::nullopt);
  const auto number = Decimal::ParseJsonNumber("1.23456705e6");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->ToString(), "1234567.05");
}

}  // namespace
}  // namespace payout
