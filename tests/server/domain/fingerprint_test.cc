#include "server/domain/fingerprint.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/server/domain/drafts.h"

namespace payout {
namespace {

const HmacKey kKey("0123456789abcdef0123456789abcdef");

Intent Of(const IntentDraft& draft) { return ToIntent(draft, TenantName("payroll")); }
std::string Print(const IntentDraft& draft) { return Fingerprint(Of(draft), kKey); }

using Change = std::pair<std::string, std::function<void(IntentDraft&)>>;

void ExpectEachChangeNamesItsField(const IntentDraft& draft, const std::vector<Change>& changes) {
  const std::string before = Print(draft);
  EXPECT_TRUE(DifferingFields(before, before).empty());
  for (const auto& [field, change] : changes) {
    IntentDraft changed = draft;
    change(changed);
    const std::string after = Print(changed);
    EXPECT_EQ(DifferingFields(before, after), std::vector<std::string>{field});
    EXPECT_EQ(DifferingFields(after, before), std::vector<std::string>{field});
  }
}

const std::vector<Change> kShared = {
    {"merchant", [](IntentDraft& d) { d.merchant = "other"; }},
    {"money.amount", [](IntentDraft& d) { d.amount = "42.06"; }},
    {"money.currency_code", [](IntentDraft& d) { d.currency = "GBP"; }},
    {"segment_code", [](IntentDraft& d) { d.segment_code = "other"; }},
    {"segment_code", [](IntentDraft& d) { d.segment_code = ""; }},
    {"exchanged_to_currency", [](IntentDraft& d) { d.exchanged_to_currency = "GBP"; }},
    {"exchanged_to_currency", [](IntentDraft& d) { d.exchanged_to_currency = ""; }},
    {"customer_ip", [](IntentDraft& d) { d.customer_ip = "203.0.113.8"; }},
    {"customer_ip", [](IntentDraft& d) { d.customer_ip = ""; }},
    {"customer_id", [](IntentDraft& d) { d.customer_id = "other"; }},
    {"customer_id", [](IntentDraft& d) { d.customer_id = ""; }},
};

#define CHANGE(name, get, member)                      \
  Change {                                             \
    name, [](IntentDraft& d) { get(d).member += "x"; } \
  }

TEST(FingerprintTest, ChangesOfSharedFieldsAreNamed) {
  ExpectEachChangeNamesItsField(BankDraft(), kShared);
}

TEST(FingerprintTest, ChangesOfABankTransferAreNamed) {
  ExpectEachChangeNamesItsField(BankDraft(),
                                {CHANGE("bank_transfer.account_name", Bank, account_name),
                                 CHANGE("bank_transfer.account_number", Bank, account_number),
                                 CHANGE("bank_transfer.account_type", Bank, account_type),
                                 CHANGE("bank_transfer.bank_code", Bank, bank_code),
                                 CHANGE("bank_transfer.bank_name", Bank, bank_name),
                                 CHANGE("bank_transfer.bank_branch", Bank, bank_branch),
                                 CHANGE("bank_transfer.bank_city", Bank, bank_city),
                                 CHANGE("bank_transfer.bank_province", Bank, bank_province),
                                 CHANGE("bank_transfer.payment_operator_code", Bank, operator_code),
                                 CHANGE("bank_transfer.email_address", Bank, email_address),
                                 CHANGE("bank_transfer.remark", Bank, remark)});
}

TEST(FingerprintTest, ChangesOfACryptoTransferAreNamed) {
  ExpectEachChangeNamesItsField(
      CryptoDraft(), {CHANGE("crypto_transfer.account_number", Crypto, account_number),
                      CHANGE("crypto_transfer.payment_operator_code", Crypto, operator_code),
                      CHANGE("crypto_transfer.remark", Crypto, remark)});
}

TEST(FingerprintTest, ChangesOfAWalletTransferAreNamed) {
  ExpectEachChangeNamesItsField(
      WalletDraft(), {CHANGE("wallet_transfer.account_name", Wallet, account_name),
                      CHANGE("wallet_transfer.account_number", Wallet, account_number),
                      CHANGE("wallet_transfer.payment_operator_code", Wallet, operator_code),
                      CHANGE("wallet_transfer.phone_number", Wallet, phone_number),
                      CHANGE("wallet_transfer.remark", Wallet, remark)});
}

TEST(FingerprintTest, AnotherMethodIsNamedBesideItsFields) {
  IntentDraft bank = BankDraft();
  bank.method = BankTransfer{.account_number = "1"};
  IntentDraft crypto = bank;
  crypto.method = CryptoTransfer{.account_number = "1"};
  EXPECT_EQ(DifferingFields(Print(bank), Print(crypto)),
            (std::vector<std::string>{"bank_transfer.account_number",
                                      "crypto_transfer.account_number", "method"}));
}

TEST(FingerprintTest, EveryDifferenceIsNamed) {
  IntentDraft changed = BankDraft();
  changed.amount = "1";
  changed.customer_ip = "";
  Bank(changed).remark = "other";
  EXPECT_EQ(DifferingFields(Print(BankDraft()), Print(changed)),
            (std::vector<std::string>{"bank_transfer.remark", "customer_ip", "money.amount"}));
}

TEST(FingerprintTest, AmountsCountByValue) {
  IntentDraft short_text = BankDraft();
  IntentDraft long_text = BankDraft();
  short_text.amount = "42.5";
  long_text.amount = "42.500";
  EXPECT_EQ(Print(short_text), Print(long_text));
  short_text.amount = "1000";
  long_text.amount = "1000.00";
  EXPECT_EQ(Print(short_text), Print(long_text));
}

TEST(FingerprintTest, WhatIsNotSentDoesNotCount) {
  IntentDraft changed = BankDraft();
  changed.labels = {{"other", "labels"}};
  changed.submit_before = std::nullopt;
  EXPECT_EQ(Print(changed), Print(BankDraft()));
  EXPECT_EQ(Fingerprint(ToIntent(BankDraft(), TenantName("another tenant")), kKey),
            Print(BankDraft()));
}

TEST(FingerprintTest, TextCannotMoveBetweenFields) {
  IntentDraft a = BankDraft();
  IntentDraft b = BankDraft();
  Bank(a).bank_city = "x";
  Bank(a).bank_province = "y";
  Bank(b).bank_city = "y";
  Bank(b).bank_province = "x";
  EXPECT_EQ(DifferingFields(Print(a), Print(b)),
            (std::vector<std::string>{"bank_transfer.bank_city", "bank_transfer.bank_province"}));
}

TEST(FingerprintTest, AnotherKeyChangesEveryField) {
  const std::string other = Fingerprint(Of(BankDraft()), HmacKey("another key"));
  EXPECT_EQ(DifferingFields(Print(BankDraft()), other).size(), 19U);
}

TEST(FingerprintTest, ValuesDoNotShow) {
  const std::string print = Print(BankDraft());
  for (const char* value :
       {"DE89370400440532013000", "Mary", "mary@example.com", "42.05", "203.0.113.7"}) {
    EXPECT_EQ(print.find(value), std::string::npos) << value;
  }
}

TEST(FingerprintTest, AnUnknownVersionIsADifferenceOfItsOwn) {
  const std::string print = Print(BankDraft());
  const std::string later = "2" + print.substr(1);
  const std::vector<std::string> version = {"fingerprint_version"};
  EXPECT_EQ(DifferingFields(print, later), version);
  EXPECT_EQ(DifferingFields(later, print), version);
  EXPECT_EQ(DifferingFields(print, ""), version);
  EXPECT_EQ(DifferingFields(print, "12" + print.substr(1)), version);
  EXPECT_TRUE(DifferingFields(later, later).empty());
}

// Fingerprints are stored: the same intent has the same text in every version of the program.
TEST(FingerprintTest, TheTextOfVersionOneStaysAsItIs) {
  Intent intent;
  intent.key = {MerchantName("shop"), PayoutId("p")};
  intent.money = {*Decimal::Parse("42.50"), "USD"};
  intent.method = CryptoTransfer{.account_number = "abc"};
  EXPECT_EQ(Fingerprint(intent, HmacKey("key")),
            "1;merchant=e5605cf8bdc34a863199f932;"
            "money.amount=00d72c51011c6ed53e0e8d79;"
            "money.currency_code=c775b84e3c8a46cfa8293da0;"
            "method=dd94b6b126ff23c9360ef4f8;"
            "crypto_transfer.account_number=8c8be458c370ed1e7a168109");
}

}  // namespace
}  // namespace payout
