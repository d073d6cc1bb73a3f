// The rules of CheckForm, one visible difference from a valid request per row.

#include "server/domain/validate.h"

#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/server/domain/drafts.h"

namespace payout {
namespace {

// What a row expects, and how violations are shown: "money.amount AMOUNT_MALFORMED".
using Broken = std::vector<std::string>;

Broken BrokenRules(const std::vector<Violation>& violations) {
  Broken rules;
  for (const Violation& violation : violations) {
    rules.push_back(violation.field + " " + std::string(ReasonName(violation.reason)));
    EXPECT_FALSE(violation.description.empty()) << violation.field;
  }
  return rules;
}

struct Row {
  const char* name;
  IntentDraft draft;
  std::function<void(IntentDraft&)> change;
  Broken expected;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
std::string NameOfRow(const ::testing::TestParamInfo<Row>& row) { return row.param.name; }

class CheckFormTest : public ::testing::TestWithParam<Row> {};

TEST_P(CheckFormTest, OneDifferenceBreaksExactlyItsRules) {
  IntentDraft draft = GetParam().draft;
  ASSERT_EQ(BrokenRules(CheckForm(draft)), Broken{}) << "the request is valid before the change";
  GetParam().change(draft);
  EXPECT_EQ(BrokenRules(CheckForm(draft)), GetParam().expected);
}

const std::string kNul("\0", 1);
using Draft = IntentDraft;

#define ROW(name, base, change, ...)                               \
  Row {                                                            \
#name, base, [](Draft & d) { change; }, Broken { __VA_ARGS__ } \
  }

INSTANTIATE_TEST_SUITE_P(
    General, CheckFormTest,
    ::testing::Values(
        ROW(PayoutIdEmpty, BankDraft(), d.payout_id = "", "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdOf250, BankDraft(), d.payout_id = std::string(250, 'x')),
        ROW(PayoutIdOf251, BankDraft(), d.payout_id = std::string(251, 'x'),
            "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdWithSlash, BankDraft(), d.payout_id = "a/b", "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdWithDot, BankDraft(), d.payout_id = "a.b", "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdWithNewlineAtItsEnd, BankDraft(), d.payout_id += "\n",
            "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdWithNul, BankDraft(), d.payout_id += kNul, "payout_id PAYOUT_ID_INVALID"),
        ROW(PayoutIdWithUnicodeDigit, BankDraft(), d.payout_id = "\xd9\xa1",
            "payout_id PAYOUT_ID_INVALID"),
        ROW(NoMoney, BankDraft(), d.has_money = false, "money.amount AMOUNT_REQUIRED"),
        ROW(AmountEmpty, BankDraft(), d.amount = "", "money.amount AMOUNT_REQUIRED"),
        ROW(AmountEmptyAndCurrencyToo, BankDraft(), (d.amount = "", d.currency = ""),
            "money.amount AMOUNT_REQUIRED", "money.currency_code CURRENCY_INVALID"),
        ROW(AmountNegative, BankDraft(), d.amount = "-1", "money.amount AMOUNT_MALFORMED"),
        ROW(AmountWithExponent, BankDraft(), d.amount = "1e3", "money.amount AMOUNT_MALFORMED"),
        ROW(AmountWithComma, BankDraft(), d.amount = "42,05", "money.amount AMOUNT_MALFORMED"),
        ROW(AmountOf31Digits, BankDraft(), d.amount = std::string(31, '1'),
            "money.amount AMOUNT_MALFORMED"),
        ROW(AmountZero, BankDraft(), d.amount = "0", "money.amount AMOUNT_NOT_POSITIVE"),
        ROW(AmountZeroWithDecimals, BankDraft(), d.amount = "0.00",
            "money.amount AMOUNT_NOT_POSITIVE"),
        ROW(AmountsOfAnySizeAndScaleHaveTheForm, BankDraft(),
            d.amount = "999999999999.999999999999999999"),
        ROW(CurrencyEmpty, BankDraft(), d.currency = "", "money.currency_code CURRENCY_INVALID"),
        ROW(CurrencyLowerCase, BankDraft(), d.currency = "usd",
            "money.currency_code CURRENCY_INVALID"),
        ROW(CurrencyOfOne, BankDraft(), d.currency = "U", "money.currency_code CURRENCY_INVALID"),
        ROW(CurrencyOf10, BankDraft(), d.currency = "ABCDEF1234"),
        ROW(CurrencyOf11, BankDraft(), d.currency = "ABCDEF12345",
            "money.currency_code CURRENCY_INVALID"),
        ROW(CurrencyUnknown, BankDraft(), d.currency = "QQQ"),
        ROW(MethodMissing, BankDraft(), d.method = {}, "method METHOD_REQUIRED"),
        ROW(SegmentCodeEmpty, BankDraft(), d.segment_code = ""),
        ROW(SegmentCodeOf101, BankDraft(), d.segment_code = std::string(101, 's'),
            "segment_code SEGMENT_CODE_INVALID"),
        ROW(SegmentCodeWithTab, BankDraft(), d.segment_code = "a\tb",
            "segment_code SEGMENT_CODE_INVALID"),
        ROW(ExchangedToNothing, BankDraft(), d.exchanged_to_currency = ""),
        ROW(ExchangedToLowerCase, BankDraft(), d.exchanged_to_currency = "eur",
            "exchanged_to_currency CURRENCY_INVALID"),
        ROW(CustomerIdEmpty, BankDraft(), d.customer_id = ""),
        ROW(CustomerIdOf255, BankDraft(), d.customer_id = std::string(255, '~')),
        ROW(CustomerIdOf256, BankDraft(), d.customer_id = std::string(256, 'c'),
            "customer_id CUSTOMER_ID_INVALID"),
        ROW(CustomerIdWithSpace, BankDraft(), d.customer_id = "a b",
            "customer_id CUSTOMER_ID_INVALID"),
        ROW(CustomerIdWithLineBreak, BankDraft(), d.customer_id = "a\r\nX: y",
            "customer_id CUSTOMER_ID_INVALID"),
        ROW(CustomerIdNotAscii, BankDraft(), d.customer_id = "zo\xc3\xab",
            "customer_id CUSTOMER_ID_INVALID"),
        ROW(CustomerIdWithDelete, BankDraft(), d.customer_id = "a\x7f",
            "customer_id CUSTOMER_ID_INVALID"),
        ROW(SubmitBeforeImpossible, BankDraft(), d.submit_before_valid = false,
            "submit_before SUBMIT_BEFORE_INVALID")),
    NameOfRow);

INSTANTIATE_TEST_SUITE_P(
    IpAddresses, CheckFormTest,
    ::testing::Values(ROW(None, BankDraft(), d.customer_ip = ""),
                      ROW(IPv4, BankDraft(), d.customer_ip = "198.51.100.255"),
                      ROW(IPv6, BankDraft(), d.customer_ip = "2001:db8::1"),
                      ROW(IPv6WithIPv4, BankDraft(), d.customer_ip = "::ffff:203.0.113.7"),
                      ROW(TooFewParts, BankDraft(), d.customer_ip = "203.0.113",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(PartTooLarge, BankDraft(), d.customer_ip = "203.0.113.256",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(LeadingZero, BankDraft(), d.customer_ip = "203.0.113.07",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(Hexadecimal, BankDraft(), d.customer_ip = "0xCB.0.113.7",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(WithPort, BankDraft(), d.customer_ip = "203.0.113.7:80",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(WithZone, BankDraft(), d.customer_ip = "fe80::1%eth0",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(InBrackets, BankDraft(), d.customer_ip = "[2001:db8::1]",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(Network, BankDraft(), d.customer_ip = "203.0.113.0/24",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(HostName, BankDraft(), d.customer_ip = "example.com",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(SpaceAtItsEnd, BankDraft(), d.customer_ip = "203.0.113.7 ",
                          "customer_ip CUSTOMER_IP_INVALID"),
                      ROW(TextAfterNul, BankDraft(), d.customer_ip += kNul + "<script>",
                          "customer_ip CUSTOMER_IP_INVALID")),
    NameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Labels, CheckFormTest,
    ::testing::Values(
        ROW(None, BankDraft(), d.labels.clear()),
        ROW(KeysOfEveryAllowedCharacter, BankDraft(),
            (d.labels = {{"a-z_0.9", "Any v\xc3\xa4lue!"}})),
        ROW(KeyEmpty, BankDraft(), (d.labels = {{"", "v"}}), "labels LABELS_INVALID"),
        ROW(KeyUpperCase, BankDraft(), (d.labels = {{"Team", "v"}}), "labels LABELS_INVALID"),
        ROW(KeyOf63, BankDraft(), (d.labels = {{std::string(63, 'k'), "v"}})),
        ROW(KeyOf64, BankDraft(), (d.labels = {{std::string(64, 'k'), "v"}}),
            "labels LABELS_INVALID"),
        ROW(ValueEmpty, BankDraft(), (d.labels = {{"k", ""}})),
        ROW(ValueOf256, BankDraft(), (d.labels = {{"k", std::string(256, 'v')}}),
            "labels LABELS_INVALID"),
        ROW(ValueWithNewline, BankDraft(), (d.labels = {{"k", "a\nb"}}), "labels LABELS_INVALID"),
        ROW(EveryBadLabelIsTold, BankDraft(),
            (d.labels = {{"K", "v"}, {"k", "\x01"}, {"", "\x02"}}), "labels LABELS_INVALID",
            "labels LABELS_INVALID", "labels LABELS_INVALID", "labels LABELS_INVALID"),
        ROW(ThirtyTwo, BankDraft(),
            for (int i = 0; i < 31; ++i) d.labels["k" + std::to_string(i)] = "v"),
        ROW(ThirtyThree, BankDraft(),
            for (int i = 0; i < 32; ++i) d.labels["k" + std::to_string(i)] = "v",
            "labels LABELS_INVALID")),
    NameOfRow);

TEST(CheckFormOrderTest, AllViolationsAreToldAtOnceInTheDocumentedOrder) {
  IntentDraft draft;
  draft.has_money = true;
  draft.amount = "x";
  draft.method = BankTransfer{.account_number = " 1",
                              .account_type = "\n",
                              .bank_code = "\n",
                              .bank_name = "\n",
                              .bank_branch = "\n",
                              .bank_city = "\n",
                              .bank_province = "\n",
                              .email_address = "x",
                              .remark = "\n"};
  draft.segment_code = "\n";
  draft.exchanged_to_currency = "x";
  draft.customer_ip = "x";
  draft.customer_id = " ";
  draft.labels = {{"X", ""}};
  draft.submit_before_valid = false;
  const Broken all = {"payout_id PAYOUT_ID_INVALID",
                      "money.amount AMOUNT_MALFORMED",
                      "money.currency_code CURRENCY_INVALID",
                      "bank_transfer.account_name ACCOUNT_NAME_INVALID",
                      "bank_transfer.account_number ACCOUNT_NUMBER_INVALID",
                      "bank_transfer.account_type ACCOUNT_TYPE_INVALID",
                      "bank_transfer.bank_code BANK_CODE_INVALID",
                      "bank_transfer.bank_name BANK_DETAIL_INVALID",
                      "bank_transfer.bank_branch BANK_DETAIL_INVALID",
                      "bank_transfer.bank_city BANK_DETAIL_INVALID",
                      "bank_transfer.bank_province BANK_DETAIL_INVALID",
                      "bank_transfer.payment_operator_code OPERATOR_CODE_INVALID",
                      "bank_transfer.email_address EMAIL_ADDRESS_INVALID",
                      "bank_transfer.remark REMARK_INVALID",
                      "segment_code SEGMENT_CODE_INVALID",
                      "exchanged_to_currency CURRENCY_INVALID",
                      "customer_ip CUSTOMER_IP_INVALID",
                      "customer_id CUSTOMER_ID_INVALID",
                      "labels LABELS_INVALID",
                      "submit_before SUBMIT_BEFORE_INVALID"};
  EXPECT_EQ(BrokenRules(CheckForm(draft)), all);
}

TEST(CheckFormOrderTest, DescriptionsNeverQuoteWhatWasSent) {
  const std::string canary = "4111-CANARY\n";
  IntentDraft draft = BankDraft();
  draft.payout_id = draft.amount = draft.currency = draft.segment_code =
      draft.exchanged_to_currency = canary;
  draft.customer_ip = draft.customer_id = canary;
  draft.labels = {{canary, canary}};
  Bank(draft) = {canary, canary, canary, canary, canary, canary,
                 canary, canary, canary, canary, canary};
  const std::vector<Violation> violations = CheckForm(draft);
  EXPECT_GE(violations.size(), 18U);
  for (const Violation& violation : violations) {
    EXPECT_EQ(violation.description.find("CANARY"), std::string::npos) << violation.field;
    EXPECT_EQ(violation.field.find("CANARY"), std::string::npos);
  }
}

TEST(IsPayoutIdTest, TakesWhatThePlatformTakes) {
  EXPECT_TRUE(IsPayoutId("a"));
  EXPECT_TRUE(IsPayoutId("AZaz09_-"));
  EXPECT_FALSE(IsPayoutId(""));
  EXPECT_FALSE(IsPayoutId("a b"));
  EXPECT_FALSE(IsPayoutId("\xc3\xa9"));
}

}  // namespace
}  // namespace payout
