// CheckRules, what may change with configuration and time, and ToIntent.

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/domain/validate.h"
#include "tests/server/domain/drafts.h"

namespace payout {
namespace {

using Rules = std::vector<std::string>;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Rules Broken(const IntentDraft& draft, const CurrencyRules& currencies = {},
             std::string_view prefix = "", absl::Time now = kNow) {
  Rules rules;
  for (const Violation& violation : CheckRules(draft, currencies, prefix, now)) {
    rules.push_back(violation.field + " " + std::string(ReasonName(violation.reason)));
  }
  return rules;
}

IntentDraft Of(std::string amount, std::string currency) {
  IntentDraft draft = BankDraft();
  draft.amount = std::move(amount);
  draft.currency = std::move(currency);
  return draft;
}

constexpr char kPrecision[] = "money.amount AMOUNT_PRECISION_EXCEEDED";
constexpr char kDigits[] = "money.amount AMOUNT_DIGITS_EXCEEDED";
constexpr char kBefore[] = "submit_before SUBMIT_BEFORE_INVALID";

TEST(CheckRulesTest, AValidRequestBreaksNothing) { EXPECT_EQ(Broken(BankDraft()), Rules{}); }

TEST(CheckRulesTest, DecimalsCountWithoutTrailingZeros) {
  EXPECT_EQ(Broken(Of("42.05", "USD")), Rules{});
  EXPECT_EQ(Broken(Of("42.050000", "USD")), Rules{});
  EXPECT_EQ(Broken(Of("42.055", "USD")), Rules{kPrecision});
  EXPECT_EQ(Broken(Of("42.00", "INR")), Rules{});
  EXPECT_EQ(Broken(Of("42.05", "INR")), Rules{kPrecision});
  EXPECT_EQ(Broken(Of("42.5", "JPY")), Rules{kPrecision});
  EXPECT_EQ(Broken(Of("1.234", "KWD")), Rules{});
  EXPECT_EQ(Broken(Of("1.2345", "KWD")), Rules{kPrecision});
}

TEST(CheckRulesTest, ThePlatformJudgesDecimalsOfUnknownCurrencies) {
  EXPECT_EQ(Broken(Of("0.000000000000000001", "QQQ")), Rules{});
}

TEST(CheckRulesTest, MoreThanFifteenSignificantDigitsNeedAnExactCurrency) {
  EXPECT_EQ(Broken(Of("1234567890123.45", "USD")), Rules{});
  EXPECT_EQ(Broken(Of("12345678901234.56", "USD")), Rules{kDigits});
  EXPECT_EQ(Broken(Of("12345678901234500000", "JPY")), Rules{});
  const CurrencyRules exact({{"USDT", 6}}, {"USDT"});
  EXPECT_EQ(Broken(Of("12345678901234.567891", "USDT"), exact), Rules{});
  EXPECT_EQ(Broken(Of("12345678901234.567891", "USDT")), Rules{kDigits});
}

TEST(CheckRulesTest, BothLimitsOfAnAmountAreTold) {
  EXPECT_EQ(Broken(Of("1234567890123.4567", "USD")), (Rules{kPrecision, kDigits}));
}

TEST(CheckRulesTest, TheTenantsPrefixIsRequired) {
  IntentDraft draft = BankDraft();
  EXPECT_EQ(Broken(draft, {}, "order-"), Rules{});
  EXPECT_EQ(Broken(draft, {}, "shop-"), Rules{"payout_id PAYOUT_ID_PREFIX_REQUIRED"});
  draft.payout_id = "sho";
  EXPECT_EQ(Broken(draft, {}, "shop-"), Rules{"payout_id PAYOUT_ID_PREFIX_REQUIRED"});
}

TEST(CheckRulesTest, SubmitBeforeLiesInTheFuture) {
  IntentDraft draft = BankDraft();
  draft.submit_before = kNow + absl::Nanoseconds(1);
  EXPECT_EQ(Broken(draft), Rules{});
  draft.submit_before = kNow;
  EXPECT_EQ(Broken(draft), Rules{kBefore});
  draft.submit_before = kNow - absl::Hours(1);
  EXPECT_EQ(Broken(draft), Rules{kBefore});
  draft.submit_before = std::nullopt;
  EXPECT_EQ(Broken(draft), Rules{});
}

TEST(CheckRulesTest, AllViolationsAreToldInOrder) {
  IntentDraft draft = Of("1234567890123.4567", "USD");
  draft.submit_before = kNow;
  EXPECT_EQ(Broken(draft, {}, "x"),
            (Rules{"payout_id PAYOUT_ID_PREFIX_REQUIRED", kPrecision, kDigits, kBefore}));
}

TEST(ToIntentTest, EveryFieldArrivesWhereItBelongs) {
  const IntentDraft draft = BankDraft();
  const Intent intent = ToIntent(draft, TenantName("payroll"));
  EXPECT_EQ(intent.key.merchant.value(), "shop");
  EXPECT_EQ(intent.key.payout_id.value(), "order-2024_0001");
  EXPECT_EQ(intent.tenant.value(), "payroll");
  EXPECT_EQ(intent.money.amount.ToString(), "42.05");
  EXPECT_EQ(intent.money.currency, "USD");
  EXPECT_EQ(intent.method, draft.method);
  EXPECT_EQ(intent.segment_code, "vip");
  EXPECT_EQ(intent.exchanged_to_currency, "EUR");
  EXPECT_EQ(intent.customer_ip, "203.0.113.7");
  EXPECT_EQ(intent.customer_id, "customer-9");
  EXPECT_EQ(intent.labels, draft.labels);
  EXPECT_EQ(intent.submit_before, draft.submit_before);
}

TEST(ToIntentTest, TheCallersDigitsStay) {
  IntentDraft draft = BankDraft();
  draft.amount = "42.50";
  EXPECT_EQ(ToIntent(draft, TenantName("t")).money.amount.ToString(), "42.50");
}

TEST(MethodCodeTest, CodesAreThePlatforms) {
  EXPECT_EQ(MethodCode(BankDraft().method), "BANK_TRANSFER");
  EXPECT_EQ(MethodCode(CryptoDraft().method), "CRYPTO_TRANSFER");
  EXPECT_EQ(MethodCode(WalletDraft().method), "WALLET_TRANSFER");
  EXPECT_EQ(MethodCode({}), "");
}

}  // namespace
}  // namespace payout
