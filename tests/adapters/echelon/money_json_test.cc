// Amounts on their whole way: the caller's text, Decimal, the number in the request to the
// platform, and the number in its answer. Exhaustive for small amounts, random to 30 digits; the
// seed is printed, PAYOUT_PROPERTY_SEED chooses another.

#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <locale>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/json_writer.h"
#include "adapters/echelon/platform_view.h"

namespace payout::echelon {
namespace {

// Under sanitizers every 97th of the small amounts.
#ifdef PAYOUT_SANITIZED
constexpr std::int64_t kStride = 97;
#else
constexpr std::int64_t kStride = 1;
#endif
constexpr std::int64_t kMinorUnitsMax = 1'000'000;

std::string AmountText(std::int64_t minor_units, int digits) {
  std::string text = std::to_string(minor_units);
  const auto scale = static_cast<std::size_t>(digits);
  if (text.size() <= scale) text.insert(0, scale + 1 - text.size(), '0');
  if (scale > 0) text.insert(text.size() - scale, 1, '.');
  return text;
}

std::string RenderMoney(const Money& money) {
  JsonWriter json;
  json.StartObject();
  json.Member("money", money);
  json.EndObject();
  return json.Take();
}

// Empty: the amount came back as it was, and its digits were on the wire as the caller wrote them.
std::string WhatIsLost(const std::string& text) {
  const std::optional<Decimal> amount = Decimal::Parse(text);
  if (!amount) return text + " was not read";
  if (amount->ToString() != text) return text + " became " + amount->ToString();
  const std::string wire = RenderMoney({*amount, "USD"});
  if (wire != R"({"money":{"amount":)" + text + R"(,"currencyCode":"USD"}})") return wire;
  const std::optional<JsonValue> json = ReadJson(wire);
  const std::optional<Money> back = json ? ReadMoney(json->Find("money")) : std::nullopt;
  if (!back) return wire + " was not read";
  if (!(back->amount == *amount) || back->amount.ToString() != text) {
    return text + " came back as " + back->amount.ToString();
  }
  return {};
}

class SmallAmountTest : public testing::TestWithParam<int> {};

TEST_P(SmallAmountTest, EveryAmountUpToAMillionMinorUnitsComesBackFromThePlatform) {
  for (std::int64_t minor = 0; minor <= kMinorUnitsMax; minor += kStride) {
    const std::string lost = WhatIsLost(AmountText(minor, GetParam()));
    ASSERT_EQ(lost, "");
  }
}

INSTANTIATE_TEST_SUITE_P(MinorDigits, SmallAmountTest, testing::Values(0, 2, 3));

std::string RandomAmount(std::mt19937& random) {
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::string digits(1 + below(Decimal::kDigitsMax), '0');
  for (char& digit : digits) digit = static_cast<char>('0' + below(10));
  if (digits[0] == '0') digits[0] = '7';
  const std::size_t scale = below(Decimal::kScaleMax + 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return digits;
}

unsigned Seed() {
  const char* chosen = std::getenv("PAYOUT_PROPERTY_SEED");
  const unsigned seed =
      chosen == nullptr ? 20260201U : static_cast<unsigned>(std::strtoul(chosen, nullptr, 10));
  std::cout << "seed " << seed << "\n";
  return seed;
}

TEST(MoneyJsonTest, RandomAmountsOfUpToThirtyDigitsComeBackFromThePlatform) {
  std::mt19937 random(Seed());
  for (int i = 0; i < 100'000 / kStride; ++i) ASSERT_EQ(WhatIsLost(RandomAmount(random)), "");
}

TEST(MoneyJsonTest, WhatDoesNotFitIsRefusedAndNeverRounded) {
  const std::string thirty(30, '9');
  EXPECT_EQ(WhatIsLost(thirty), "");
  EXPECT_EQ(WhatIsLost("0." + std::string(17, '0') + "1"), "");
  for (const std::string& number :
       {thirty + "9", "0." + std::string(18, '0') + "1", std::string("1e30"), std::string("1e-19"),
        std::string("-1"), std::string("NaN"), std::string("1e999999999")}) {
    const auto json = ReadJson(R"({"amount":)" + number + R"(,"currencyCode":"USD"})");
    EXPECT_FALSE(json && ReadMoney(&*json)) << number;
  }
  // As text it is no amount, whatever it says.
  const auto json = ReadJson(R"({"amount":"42.05","currencyCode":"USD"})");
  ASSERT_TRUE(json);
  EXPECT_FALSE(ReadMoney(&*json));
}

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

// In both of the language's locale systems; the one of C only where the machine has such a locale.
TEST(MoneyJsonTest, ADecimalCommaChangesNothing) {
  const std::locale former = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const char* found = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "es_ES.UTF-8"}) {
    found = found == nullptr ? std::setlocale(LC_ALL, name) : found;
    std::cout << "setlocale " << name << ": " << (found == nullptr ? "not installed" : "set")
              << "\n";
  }
  std::string lost;
  for (std::int64_t minor = 1; minor < 10'000'000 && lost.empty(); minor = minor * 3 + 1) {
    for (const int digits : {0, 2, 3}) lost += WhatIsLost(AmountText(minor, digits));
  }
  lost += WhatIsLost("123456789012345678901234567890");
  std::setlocale(LC_ALL, "C");
  std::locale::global(former);
  EXPECT_EQ(lost, "");
}

}  // namespace
}  // namespace payout::echelon
