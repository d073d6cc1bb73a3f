#include "tests/demo/demo_payouts.h"

#include <utility>

namespace payout::demo {
namespace {

v1::CreatePayoutRequest Request(const std::string& id, const std::string& amount,
                                const std::string& currency) {
  v1::CreatePayoutRequest request;
  request.set_payout_id(id);
  request.mutable_money()->set_amount(amount);
  request.mutable_money()->set_currency_code(currency);
  request.set_wait_mode(v1::WAIT_MODE_RECORDED);
  return request;
}

v1::CreatePayoutRequest Bank(const std::string& id, const std::string& amount,
                             const std::string& currency, const std::string& account) {
  v1::CreatePayoutRequest request = Request(id, amount, currency);
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name("Ada Example");
  bank.set_account_number(account);
  bank.set_payment_operator_code("BNK_000");
  return request;
}

v1::CreatePayoutRequest BankInr(const std::string& id) {
  v1::CreatePayoutRequest request = Bank(id, "2500", "INR", "000111222333");
  request.mutable_bank_transfer()->set_bank_code("TEST0123456");
  return request;
}

v1::CreatePayoutRequest BankJpy(const std::string& id) {
  v1::CreatePayoutRequest request = Bank(id, "18000", "JPY", "0001234");
  request.mutable_bank_transfer()->set_account_type("savings");
  request.mutable_bank_transfer()->set_bank_branch("001");
  return request;
}

v1::CreatePayoutRequest Crypto(const std::string& id) {
  v1::CreatePayoutRequest request = Request(id, "75.250001", "USDT");
  request.mutable_crypto_transfer()->set_account_number("TExampleExampleExampleExample00001");
  request.mutable_crypto_transfer()->set_payment_operator_code("TRC20");
  return request;
}

v1::CreatePayoutRequest Wallet(const std::string& id) {
  v1::CreatePayoutRequest request = Request(id, "900", "INR");
  request.mutable_wallet_transfer()->set_account_name("Ada Example");
  request.mutable_wallet_transfer()->set_account_number("ada@example");
  return request;
}

}  // namespace

std::vector<DemoPayout> DemoPayouts() {
  constexpr v1::PayoutState kPaid = v1::PAYOUT_STATE_SUCCEEDED;
  const std::string iban = "DE00123456780000000000";
  return {
      {Bank("bank-eur", "42.05", "EUR", iban), "its callback comes three times", kPaid, ""},
      {BankInr("bank-inr"), "needs an IFSC code", kPaid, ""},
      {BankJpy("bank-jpy"), "needs a branch and an account type", kPaid, ""},
      {Crypto("crypto-usdt"), "six decimals, kept exactly", kPaid, ""},
      {Wallet("wallet-inr"), "the access token dies under it", kPaid, ""},
      {Bank("no-balance", "900000.00", "EUR", iban), "the platform will refuse it",
       v1::PAYOUT_STATE_REFUSED, "BALANCE_INSUFFICIENT"},
      {Bank("wrong-account", "10.00", "EUR", iban), "accepted, and then it fails",
       v1::PAYOUT_STATE_FAILED, "INVALID_ACCOUNT_NUMBER"},
      {Bank("answer-lost", "120.00", "EUR", iban), "accepted, but the answer is lost", kPaid, ""},
  };
}

}  // namespace payout::demo
