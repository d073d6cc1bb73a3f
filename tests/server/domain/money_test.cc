#include "server/domain/money.h"

#include <string>

#include <gtest/gtest.h>

namespace payout {
namespace {

Money M(std::string_view amount, std::string currency) {
  return {*Decimal::Parse(amount), std::move(currency)};
}

TEST(MoneyTest, ComparesByValueAndCurrency) {
  EXPECT_EQ(M("42.5", "USD"), M("42.50", "USD"));
  EXPECT_NE(M("42.5", "USD"), M("42.51", "USD"));
  EXPECT_NE(M("42.5", "USD"), M("42.5", "EUR"));
  EXPECT_NE(M("42.5", "USD"), M("42.5", "usd"));
}

TEST(CurrencyRulesTest, DecimalsFollowIso4217) {
  const CurrencyRules rules;
  for (const char* code :
       {"USD", "EUR", "GBP", "CHF", "CNY", "THB", "ZAR", "HUF", "CZK", "MXN", "TWD",
        "AED", "ZWG", "XCG", "SLE", "VED", "MRU", "MGA", "BGN", "TRY", "COP", "PKR"}) {
    EXPECT_EQ(rules.Decimals(code), 2) << code;
  }
  for (const char* code :
       {"JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XOF", "XAF", "XPF", "RWF"}) {
    EXPECT_EQ(rules.Decimals(code), 0) << code;
  }
  for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
    EXPECT_EQ(rules.Decimals(code), 3) << code;
  }
  EXPECT_EQ(rules.Decimals("CLF"), 4);
  EXPECT_EQ(rules.Decimals("UYW"), 4);
}

TEST(CurrencyRulesTest, ThePlatformsOwnRulesWinOverIso) {
  const CurrencyRules rules;
  EXPECT_EQ(rules.Decimals("IDR"), 0);
  EXPECT_EQ(rules.Decimals("INR"), 0);
}

TEST(CurrencyRulesTest, NobodyLimitsUnknownCodes) {
  const CurrencyRules rules;
  for (const char* code : {"USDT", "BTC", "XXX", "ABC", "", "usd", "US", "USDD", "AAA", "ZZZ"}) {
    EXPECT_EQ(rules.Decimals(code), std::nullopt) << code;
  }
}

TEST(CurrencyRulesTest, ConfigurationWinsOverEverything) {
  const CurrencyRules rules({{"INR", 2}, {"USDT", 6}, {"JPY", 3}}, {"USDT"});
  EXPECT_EQ(rules.Decimals("INR"), 2);
  EXPECT_EQ(rules.Decimals("USDT"), 6);
  EXPECT_EQ(rules.Decimals("JPY"), 3);
  EXPECT_EQ(rules.Decimals("USD"), 2);
  EXPECT_TRUE(rules.IsExact("USDT"));
  EXPECT_FALSE(rules.IsExact("INR"));
}

}  // namespace
}  // namespace payout
