// What is shown of a create's body: nothing that names a person, an account or a secret.

#include "adapters/echelon/shown_request.h"

#include <gtest/gtest.h>

#include "adapters/echelon/create_codec.h"

namespace payout::echelon {
namespace {

constexpr char kUrl[] = "https://pay.example/callbacks/v1/main/k1/c2VjcmV0LW1hYw";

Intent SomeIntent(Method method) {
  Intent intent;
  intent.key = {MerchantName("main"), PayoutId("p-1")};
  intent.money = {*Decimal::Parse("42.50"), "EUR"};
  intent.method = std::move(method);
  intent.segment_code = "vip";
  intent.customer_ip = "203.0.113.7";
  return intent;
}

TEST(ShownRequestTest, AmountsAndCodesAreShownAndEverythingElseIsMasked) {
  const Intent intent = SomeIntent(BankTransfer{.account_name = "Ada Example",
                                                .account_number = "DE00123456780000000000",
                                                .bank_code = "COBADEFF",
                                                .bank_name = "First Bank",
                                                .operator_code = "BNK_000",
                                                .email_address = "ada@example.com",
                                                .remark = "invoice \"17\""});
  EXPECT_EQ(ShownBody(RenderCreate(intent, kUrl).body),
            R"({"paymentRequested":{"money":{"amount":42.50,"currencyCode":"EUR"},)"
            R"("segmentCode":"vip"},"paymentMethod":{"paymentMethodCode":"BANK_TRANSFER",)"
            R"("account":{"accountName":"***","accountNumber":"***","bankCode":"COBADEFF",)"
            R"("bankName":"***"},"paymentOperatorCode":"BNK_000","emailAddress":"***",)"
            R"("remark":"***"},)"
            R"("callbackUrl":"https://pay.example/callbacks/v1/main/k1/***","customerIp":"***"})");
}

TEST(ShownRequestTest, NoMethodShowsAnAccount) {
  for (const Method& method :
       {Method(CryptoTransfer{.account_number = "T9ySECRET", .operator_code = "TRC20"}),
        Method(WalletTransfer{.account_name = "SECRET",
        .account_number = "SECRET@upi",
        .phone_number = "+49170SECRET",
        .remark = "SECRET"})}) {
    const std::string shown = ShownBody(RenderCreate(SomeIntent(method), kUrl).body);
    EXPECT_EQ(shown.find("SECRET"), std::string::npos) << shown;
    EXPECT_NE(shown.find("42.50"), std::string::npos) << shown;
  }
}

TEST(ShownRequestTest, WhatThisVersionDoesNotKnowIsMasked) {
  EXPECT_EQ(ShownBody(R"({"new":"x","n":7,"b":true,"z":null,"list":["x"],"amount":1.50})"),
            R"({"new":"***","n":"***","b":"***","z":"***","list":"***","amount":1.50})");
  EXPECT_EQ(ShownBody(R"({"currencyCode":"a b\"c"})"), R"({"currencyCode":"***"})");
  EXPECT_EQ(ShownBody("not json"), "\"***\"");
  EXPECT_EQ(ShownBody(R"({"callbackUrl":"no slash"})"), R"({"callbackUrl":"***"})");
}

}  // namespace
}  // namespace payout::echelon
