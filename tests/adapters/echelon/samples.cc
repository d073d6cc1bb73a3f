#include "tests/adapters/echelon/samples.h"

#include <gtest/gtest.h>

namespace payout::echelon {
namespace {

Intent Base(std::string_view amount, std::string currency) {
  Intent intent;
  intent.key = {MerchantName("acct"), PayoutId("TST-1")};
  intent.tenant = TenantName("billing");
  intent.money = {Amount(amount), std::move(currency)};
  return intent;
}

}  // namespace

Decimal Amount(std::string_view text) {
  const std::optional<Decimal> amount = Decimal::Parse(text);
  EXPECT_TRUE(amount) << text;
  return amount.value_or(Decimal());
}

Intent FullBankIntent() {
  Intent intent = Base("1250.50", "JPY");
  BankTransfer bank;
  bank.account_name = "山田 \"Taro\" O'Neil";
  bank.account_number = "0012/3456\\78";
  bank.account_type = "savings";
  bank.bank_code = "0001";
  bank.bank_name = "Mizu Bank";
  bank.bank_branch = "Ginza";
  bank.bank_city = "Tokyo";
  bank.bank_province = "Kanto";
  bank.operator_code = "JPY_001";
  bank.email_address = "taro@example.com";
  bank.remark = "line one\nline two\ttab \x01";
  intent.method = bank;
  intent.segment_code = "VIP";
  intent.exchanged_to_currency = "USD";
  intent.customer_ip = "172.16.254.1";
  intent.customer_id = "customer-7";
  intent.labels = {{"batch", "not sent"}};
  return intent;
}

Intent CryptoIntent() {
  Intent intent = Base("25.5", "USDT");
  CryptoTransfer crypto;
  crypto.account_number = "TXmadeUpAddressForExamplesOnly0001";
  crypto.operator_code = "TRC20";
  crypto.remark = "invoice 7";
  intent.method = crypto;
  return intent;
}

Intent FullWalletIntent() {
  Intent intent = Base("500", "INR");
  WalletTransfer wallet;
  wallet.account_name = "Asha Rao";
  wallet.account_number = "123456789@paytm";
  wallet.operator_code = "INR_004";
  wallet.phone_number = "+628113912103";
  wallet.remark = "thanks";
  intent.method = wallet;
  return intent;
}

Intent EmptyWalletIntent() {
  Intent intent = Base("10000", "IDR");
  intent.method = WalletTransfer{};
  return intent;
}

std::string AcceptedBody() {
  return R"({"paymentRequested":{"money":{"amount":42.05,"currencyCode":"USD"},)"
         R"("segmentCode":"VIP"},"paymentMethodResponse":{"idPayout":"TST-1",)"
         R"("idPayment":"ECL-0001","paymentMethodCode":"BANK_TRANSFER","reference":"REF0001"}})";
}

std::string DetailBody(std::string_view status) {
  std::string failure;
  if (status == "FAILED" || status == "REFUSED") {
    failure = R"("failureReasons":{"failedAt":"2021-05-19T10:58:28.313Z",)"
              R"("failureReasonCode":"INVALID_ACCOUNT_NUMBER","message":"No such account"},)";
  }
  return R"({"paymentRequested":{"money":{"amount":42.05,"currencyCode":"USD"}},)"
         R"("process":{"status":")" +
         std::string(status) + "\"," + failure +
         R"("createdAt":"2021-05-19T10:57:28.313Z","processedAt":"2021-05-19T10:58:28Z",)"
         R"("isTest":true,"processorStatus":"ACCEPTED"},)"
         R"("fee":{"amount":1.5,"currencyCode":"USD"},)"
         R"("paymentMethodResponse":{"idPayout":"TST-1","idPayment":"ECL-0001",)"
         R"("paymentMethodCode":"BANK_TRANSFER","reference":"REF0001"}})";
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace payout::echelon
