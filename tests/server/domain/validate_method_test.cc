// The rules of the methods' own fields: names in many scripts, lengths in code points, rules by
// currency.

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/domain/validate.h"
#include "tests/server/domain/drafts.h"

namespace payout {
namespace {

std::vector<std::string> Broken(const IntentDraft& draft) {
  std::vector<std::string> rules;
  for (const Violation& violation : CheckForm(draft)) {
    rules.push_back(violation.field + " " + std::string(ReasonName(violation.reason)));
  }
  return rules;
}
using Rules = std::vector<std::string>;

std::string Repeat(std::string_view text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

bool IsAccountName(const std::string& name) {
  IntentDraft draft = BankDraft();
  Bank(draft).account_name = name;
  const Rules broken = Broken(draft);
  if (broken.empty()) return true;
  EXPECT_EQ(broken, Rules{"bank_transfer.account_name ACCOUNT_NAME_INVALID"}) << name;
  return false;
}

TEST(AccountNameTest, NamesInManyScriptsAreTaken) {
  for (const char* name :
       {"Mary Smith", "Fran\xc3\xa7ois d'Aubign\xc3\xa9", "O'Hara-Smith, Jr.",
        "\xd9\x85\xd8\xad\xd9\x85\xd9\x91\xd8\xaf \xd8\xb9\xd9\x84\xd9\x8a",         // Arabic, with
                                                                                     // a shadda
        "\xe0\xa4\xaa\xe0\xa5\x8d\xe0\xa4\xb0\xe0\xa4\xbf\xe0\xa4\xaf\xe0\xa4\xbe",  // Devanagari,
                                                                                     // with
                                                                                     // marks
        "\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x8d",                                      // Han
        "\xe5\xb1\xb1\xe7\x94\xb0 \xe3\x82\xbf\xe3\x83\xad\xe3\x82\xa6",  // Han and Katakana
        "\xea\xb9\x80\xec\xb2\xa0\xec\x88\x98",                           // Hangul
        "Nguy\xe1\xbb\x85n V\xc4\x83n \xc4\x90\xe1\xbb\xa9"
        "c",                       // Vietnamese, composed
        "Nguye\xcc\x82\xcc\x83n",  // the same, decomposed
        "\xe0\xb8\xaa\xe0\xb8\xa1\xe0\xb8\x8a\xe0\xb8\xb2\xe0\xb8\xa2 "
        "\xe0\xb8\x94\xe0\xb8\xb5",  // Thai
        "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", "\xce\x9c\xce\xb1\xcf\x81\xce\xaf\xce\xb1",
        R"(A, ;:_'"!%=@#&-.?$()+*|)"}) {
    EXPECT_TRUE(IsAccountName(name)) << name;
  }
}

TEST(AccountNameTest, WhatTheContractDoesNotListIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("Mary 2"), std::string("Mary/Smith"),
        std::string("O\xe2\x80\x99Hara"), std::string("Mary\xe2\x80\x93Smith"),
        std::string("\xd9\xa1"), std::string("Mary\tSmith"), std::string("Mary\n"),
        std::string("Mary\0Smith", 10), std::string("Mary\xc2\xa0Smith"),
        std::string("\xcc\x81"
                    "acute first"),
        std::string("Mary\\Smith"), std::string("[Mary]"), std::string("Mary<b>"),
        std::string("Mary~"), std::string("Mary`"), std::string("Mary^"),
        std::string("Mary \xf0\x9f\x98\x80"), std::string("\xe2\x82\xac")}) {
    EXPECT_FALSE(IsAccountName(name)) << name;
  }
}

TEST(AccountNameTest, LengthCountsCodePointsNotBytes) {
  EXPECT_TRUE(IsAccountName(std::string(64, 'x')));
  EXPECT_FALSE(IsAccountName(std::string(65, 'x')));
  EXPECT_TRUE(IsAccountName(Repeat("\xe6\x9d\x8e", 64)));  // 192 bytes
  EXPECT_FALSE(IsAccountName(Repeat("\xe6\x9d\x8e", 65)));
  EXPECT_TRUE(IsAccountName(Repeat("\xf0\xa0\x80\x80", 64)));  // beyond the basic plane, 256 bytes
  EXPECT_TRUE(IsAccountName(Repeat("e\xcc\x81", 32)));
  EXPECT_FALSE(IsAccountName(Repeat("e\xcc\x81", 33)));
}

struct Row {
  const char* name;
  IntentDraft draft;
  std::function<void(IntentDraft&)> change;
  Rules expected;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
std::string NameOfRow(const ::testing::TestParamInfo<Row>& row) { return row.param.name; }

class MethodRulesTest : public ::testing::TestWithParam<Row> {};

TEST_P(MethodRulesTest, OneDifferenceBreaksExactlyItsRules) {
  IntentDraft draft = GetParam().draft;
  ASSERT_EQ(Broken(draft), Rules{}) << "the request is valid before the change";
  GetParam().change(draft);
  EXPECT_EQ(Broken(draft), GetParam().expected);
}

using Draft = IntentDraft;

#define ROW(name, base, change, ...)                              \
  Row {                                                           \
#name, base, [](Draft & d) { change; }, Rules { __VA_ARGS__ } \
  }

constexpr char kNumber[] = "bank_transfer.account_number ACCOUNT_NUMBER_INVALID";
constexpr char kType[] = "bank_transfer.account_type ACCOUNT_TYPE_INVALID";
constexpr char kCode[] = "bank_transfer.bank_code BANK_CODE_INVALID";
constexpr char kOperator[] = "bank_transfer.payment_operator_code OPERATOR_CODE_INVALID";
constexpr char kEmail[] = "bank_transfer.email_address EMAIL_ADDRESS_INVALID";

INSTANTIATE_TEST_SUITE_P(
    Bank, MethodRulesTest,
    ::testing::Values(
        ROW(OnlyWhatIsRequired, BankDraft(),
            (d.method =
                 BankTransfer{.account_name = "A", .account_number = "1", .operator_code = "O"})),
        ROW(NumberEmpty, BankDraft(), Bank(d).account_number = "", kNumber),
        ROW(NumberWithSpacesInside, BankDraft(), Bank(d).account_number = "DE89 3704"),
        ROW(NumberWithSpaceInFront, BankDraft(), Bank(d).account_number = " 1", kNumber),
        ROW(NumberWithSpaceAtItsEnd, BankDraft(), Bank(d).account_number = "1 ", kNumber),
        ROW(NumberOf64CodePoints, BankDraft(), Bank(d).account_number = Repeat("\xc3\xa9", 64)),
        ROW(NumberOf65, BankDraft(), Bank(d).account_number = Repeat("1", 65), kNumber),
        ROW(NumberWithC1Control, BankDraft(),
            Bank(d).account_number = "1\xc2\x85"
                                     "2",
            kNumber),
        ROW(TypeOf65, BankDraft(), Bank(d).account_type = Repeat("t", 65), kType),
        ROW(BankCodeOf65, BankDraft(), Bank(d).bank_code = Repeat("c", 65), kCode),
        ROW(BankNameOf255, BankDraft(), Bank(d).bank_name = Repeat("\xc3\xa9", 255)),
        ROW(BankNameOf256, BankDraft(), Bank(d).bank_name = Repeat("n", 256),
            "bank_transfer.bank_name BANK_DETAIL_INVALID"),
        ROW(CityWithNul, BankDraft(), Bank(d).bank_city = std::string("a\0b", 3),
            "bank_transfer.bank_city BANK_DETAIL_INVALID"),
        ROW(OperatorMissing, BankDraft(), Bank(d).operator_code = "", kOperator),
        ROW(OperatorOf30, BankDraft(), Bank(d).operator_code = Repeat("O", 30)),
        ROW(OperatorOf31, BankDraft(), Bank(d).operator_code = Repeat("O", 31), kOperator),
        ROW(OperatorWithSpace, BankDraft(), Bank(d).operator_code = "A B", kOperator),
        ROW(RemarkOf256, BankDraft(), Bank(d).remark = Repeat("r", 256),
            "bank_transfer.remark REMARK_INVALID"),
        ROW(RemarkWithNewline, BankDraft(), Bank(d).remark = "a\nb",
            "bank_transfer.remark REMARK_INVALID")),
    NameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Emails, MethodRulesTest,
    ::testing::Values(
        ROW(None, BankDraft(), Bank(d).email_address = ""),
        ROW(PlusAndDots, BankDraft(), Bank(d).email_address = "a.b+c@mail.example.co.uk"),
        ROW(AllAtomCharacters, BankDraft(),
            Bank(d).email_address = "!#$%&'*+/=?^_`{|}~-@example.com"),
        ROW(WithoutAt, BankDraft(), Bank(d).email_address = "example.com", kEmail),
        ROW(TwoAts, BankDraft(), Bank(d).email_address = "a@b@example.com", kEmail),
        ROW(NothingBeforeTheAt, BankDraft(), Bank(d).email_address = "@example.com", kEmail),
        ROW(NothingAfterTheAt, BankDraft(), Bank(d).email_address = "a@", kEmail),
        ROW(TwoDotsInARow, BankDraft(), Bank(d).email_address = "a..b@example.com", kEmail),
        ROW(DotInFront, BankDraft(), Bank(d).email_address = ".a@example.com", kEmail),
        ROW(DotAtTheEndOfTheDomain, BankDraft(), Bank(d).email_address = "a@example.com.", kEmail),
        ROW(HyphenInFrontOfALabel, BankDraft(), Bank(d).email_address = "a@-example.com", kEmail),
        ROW(WithSpace, BankDraft(), Bank(d).email_address = "a b@example.com", kEmail),
        ROW(WithDisplayName, BankDraft(), Bank(d).email_address = "A <a@example.com>", kEmail),
        ROW(HeaderInjection, BankDraft(),
            Bank(d).email_address = "a@example.com\r\nBcc: b@example.com", kEmail),
        ROW(Of254, BankDraft(), Bank(d).email_address = Repeat("a", 242) + "@example.com"),
        ROW(Of255, BankDraft(), Bank(d).email_address = Repeat("a", 243) + "@example.com", kEmail)),
    NameOfRow);

INSTANTIATE_TEST_SUITE_P(
    Currencies, MethodRulesTest,
    ::testing::Values(
        ROW(YenChecking, BankDraftIn("JPY"), Bank(d).account_type = "checking"),
        ROW(YenGeneral, BankDraftIn("JPY"), Bank(d).account_type = "general"),
        ROW(YenWithoutType, BankDraftIn("JPY"), Bank(d).account_type = "", kType),
        ROW(YenWithATypeOfRand, BankDraftIn("JPY"), Bank(d).account_type = "cheque", kType),
        ROW(YenWithATypeInUpperCase, BankDraftIn("JPY"), Bank(d).account_type = "SAVINGS", kType),
        ROW(YenWithoutBranch, BankDraftIn("JPY"), Bank(d).bank_branch = "",
            "bank_transfer.bank_branch BANK_BRANCH_REQUIRED"),
        ROW(RandTransmission, BankDraftIn("ZAR"), Bank(d).account_type = "transmission"),
        ROW(RandWithoutType, BankDraftIn("ZAR"), Bank(d).account_type = "", kType),
        ROW(RandWithATypeOfYen, BankDraftIn("ZAR"), Bank(d).account_type = "checking", kType),
        ROW(RandNeedsNoBranch, BankDraftIn("ZAR"), Bank(d).bank_branch = ""),
        ROW(RupeeWithoutCode, BankDraftIn("INR"), Bank(d).bank_code = "",
            "bank_transfer.bank_code BANK_CODE_REQUIRED"),
        ROW(RupeeWithLettersAtTheEnd, BankDraftIn("INR"), Bank(d).bank_code = "HDFC0ABCDEF"),
        ROW(RupeeWithoutTheZero, BankDraftIn("INR"), Bank(d).bank_code = "SBIN1001234", kCode),
        ROW(RupeeCodeTooShort, BankDraftIn("INR"), Bank(d).bank_code = "SBIN000123", kCode),
        ROW(RupeeCodeTooLong, BankDraftIn("INR"), Bank(d).bank_code = "SBIN00012345", kCode),
        ROW(RupeeCodeInLowerCase, BankDraftIn("INR"), Bank(d).bank_code = "sbin0001234", kCode),
        ROW(OthersNeedNeitherTypeNorCodeNorBranch, BankDraft(),
            (Bank(d).account_type = "", Bank(d).bank_code = "", Bank(d).bank_branch = ""))),
    NameOfRow);

constexpr char kCrypto[] = "crypto_transfer.account_number ACCOUNT_NUMBER_INVALID";
constexpr char kWallet[] = "wallet_transfer.account_number ACCOUNT_NUMBER_INVALID";
constexpr char kPhone[] = "wallet_transfer.phone_number PHONE_NUMBER_INVALID";

INSTANTIATE_TEST_SUITE_P(
    CryptoAndWallets, MethodRulesTest,
    ::testing::Values(
        ROW(AddressOf62, CryptoDraft(), Crypto(d).account_number = Repeat("A", 62)),
        ROW(AddressOf63, CryptoDraft(), Crypto(d).account_number = Repeat("A", 63), kCrypto),
        ROW(AddressEmpty, CryptoDraft(), Crypto(d).account_number = "", kCrypto),
        ROW(AddressWithColon, CryptoDraft(), Crypto(d).account_number = "bitcoin:abc", kCrypto),
        ROW(ChainMissing, CryptoDraft(), Crypto(d).operator_code = "",
            "crypto_transfer.payment_operator_code OPERATOR_CODE_INVALID"),
        ROW(CryptoRemarkTooLong, CryptoDraft(), Crypto(d).remark = Repeat("r", 256),
            "crypto_transfer.remark REMARK_INVALID"),
        ROW(WalletOfNothing, WalletDraft(), d.method = WalletTransfer{}),
        ROW(WalletOfNothingInRupees, WalletDraft(),
            (d.currency = "INR", d.method = WalletTransfer{}),
            "wallet_transfer.account_name ACCOUNT_NAME_INVALID"),
        ROW(WalletNameWithDigit, WalletDraft(), Wallet(d).account_name = "Mary2",
            "wallet_transfer.account_name ACCOUNT_NAME_INVALID"),
        ROW(WalletWithoutProvider, WalletDraft(), Wallet(d).account_number = "123456789", kWallet),
        ROW(WalletProviderWithHyphen, WalletDraft(), Wallet(d).account_number = "1@a-b", kWallet),
        ROW(WalletNumberOf100, WalletDraft(), Wallet(d).account_number = Repeat("1", 98) + "@p"),
        ROW(WalletNumberOf101, WalletDraft(), Wallet(d).account_number = Repeat("1", 99) + "@p",
            kWallet),
        ROW(WalletOperatorMalformed, WalletDraft(), Wallet(d).operator_code = "a b",
            "wallet_transfer.payment_operator_code OPERATOR_CODE_INVALID"),
        ROW(PhoneOf7, WalletDraft(), Wallet(d).phone_number = "1234567"),
        ROW(PhoneOf6, WalletDraft(), Wallet(d).phone_number = "123456", kPhone),
        ROW(PhoneOf16WithPlus, WalletDraft(), Wallet(d).phone_number = "+123456789012345"),
        ROW(PhoneOf17WithPlus, WalletDraft(), Wallet(d).phone_number = "+1234567890123456", kPhone),
        ROW(PhoneWithSpaces, WalletDraft(), Wallet(d).phone_number = "555 01 00", kPhone),
        ROW(PhoneOfTwoPluses, WalletDraft(), Wallet(d).phone_number = "++1234567", kPhone),
        ROW(WalletRemarkWithControl, WalletDraft(), Wallet(d).remark = "\x1b[0m",
            "wallet_transfer.remark REMARK_INVALID")),
    NameOfRow);

}  // namespace
}  // namespace payout
