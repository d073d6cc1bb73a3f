#include "server/rpc/mask_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Intent BankIntent(std::string account = "DE00 1234 5678", std::string name = "Ada Example") {
  Intent intent;
  intent.method = BankTransfer{.account_name = std::move(name),
                               .account_number = std::move(account),
                               .email_address = "ada@example.com",
                               .remark = "rent for May"};
  return intent;
}

TEST(MaskMessageTest, WhatWasSentIsNotRepeated) {
  EXPECT_EQ(MaskMessage("no account DE00 1234 5678 of Ada Example <ada@example.com>, rent for May",
                        BankIntent()),
            "no account *** of *** <***>, ***");
}

TEST(MaskMessageTest, AnAccountIsFoundHoweverItIsGrouped) {
  const Intent iban = BankIntent("DE89370400440532013000");
  const Intent card = BankIntent("4111-1111-1111-1111");
  for (const char* text :
       {"DE89 3704 0044 0532 0130 00", "DE89-3704-0044-0532-0130-00", "de89370400440532013000",
        "DE89.3704.0044.0532.0130.00", "DE89/3704/0044/0532/0130/00", "D E 8937040044053201300 0",
        "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000"}) {
    EXPECT_EQ(MaskMessage("account " + std::string(text) + " is closed", iban),
              "account *** is closed");
  }
  for (const char* text : {"4111111111111111", "4111 1111 1111 1111", "4111.1111.1111.1111"}) {
    EXPECT_EQ(MaskMessage("(" + std::string(text) + ")", card), "(***)");
  }
}

TEST(MaskMessageTest, ANameIsFoundInCapitalLettersOfEveryScript) {
  const Intent intent = BankIntent("1", "Zebulon Quixotic \u00d1and\u00fa");
  EXPECT_EQ(MaskMessage("ZEBULON QUIXOTIC \u00d1AND\u00da, unknown", intent), "***, unknown");
  EXPECT_EQ(MaskMessage("zebulon  quixotic-\u00f1and\u00fa", intent), "***");
  EXPECT_EQ(MaskMessage("Zebulon Quixotic Nandu", intent), "Zebulon Quixotic Nandu");
  EXPECT_EQ(MaskMessage("\u0410\u0414\u0410 \u041b\u0410\u0412\u041b\u0415\u0419\u0421",
                        BankIntent("1",
                                   "\u0410\u0434\u0430 "
                                   "\u041b\u0430\u0432\u043b\u0435\u0439\u0441")),
            "***");
}

TEST(MaskMessageTest, EveryPlaceIsMasked) {
  EXPECT_EQ(MaskMessage("DE0012345678 is not DE00 1234 5678; de0012345678", BankIntent()),
            "*** is not ***; ***");
}

TEST(MaskMessageTest, NoAccountOfAnybodyIsNamed) {
  EXPECT_EQ(MaskMessage("acct 'FR7630006000011234567890189' or a.b+c@x.example", BankIntent()),
            "acct '***' or ***");
  EXPECT_EQ(
      MaskMessage("acct FR76 3000 6000 0112 3456 7890 189 or 4111-1111-1111-1112", BankIntent()),
      "acct *** or ***");
}

TEST(MaskMessageTest, OrdinaryNumbersStay) {
  for (const char* text : {"limit is 5000 EUR, code AM04, payment 12 of 2026",
                           "try again on 2026-11-26", "between 10 and 20 000 EUR", ""}) {
    EXPECT_EQ(MaskMessage(text, BankIntent()), text);
  }
}

TEST(MaskMessageTest, ShortValuesDoNotEatWords) {
  EXPECT_EQ(MaskMessage("the tea is cold", BankIntent("1", "the")), "the tea is cold");
  EXPECT_EQ(MaskMessage("a b is not ab", BankIntent("1", "a   b")), "a b is not ab");
}

TEST(MaskMessageTest, ACodeIsChangedOnlyIfItHasTheDigitsOfAnAccount) {
  EXPECT_EQ(MaskCode("INVALID_ACCOUNT_NUMBER", BankIntent()), "INVALID_ACCOUNT_NUMBER");
  EXPECT_EQ(MaskCode("AM04", BankIntent()), "AM04");
  EXPECT_THAT(MaskCode("CLOSED:DE00 1234 5678", BankIntent()), Not(HasSubstr("1234")));
}

}  // namespace
}  // namespace payout
