#include "tests/integration/requests.h"

namespace payout::testing {
namespace {

v1::CreatePayoutRequest Payout(const std::string& id, const char* amount, const char* currency,
                               v1::WaitMode wait) {
  v1::CreatePayoutRequest request;
  request.set_payout_id(id);
  request.mutable_money()->set_amount(amount);
  request.mutable_money()->set_currency_code(currency);
  request.set_wait_mode(wait);
  return request;
}

}  // namespace

v1::CreatePayoutRequest BankPayout(const std::string& id, v1::WaitMode wait) {
  v1::CreatePayoutRequest request = Payout(id, "42.05", "EUR", wait);
  request.mutable_bank_transfer()->set_account_name("Ada Example");
  request.mutable_bank_transfer()->set_account_number("DE00123456780000000000");
  request.mutable_bank_transfer()->set_payment_operator_code("BNK_000");
  return request;
}

v1::CreatePayoutRequest CryptoPayout(const std::string& id, v1::WaitMode wait) {
  v1::CreatePayoutRequest request = Payout(id, "0.5", "USDT", wait);
  request.mutable_crypto_transfer()->set_account_number("TXexampleWallet0000000000000000001");
  request.mutable_crypto_transfer()->set_payment_operator_code("TRC20");
  return request;
}

v1::CreatePayoutRequest WalletPayout(const std::string& id, v1::WaitMode wait) {
  v1::CreatePayoutRequest request = Payout(id, "250", "INR", wait);
  request.mutable_wallet_transfer()->set_account_name("Ada Example");
  request.mutable_wallet_transfer()->set_account_number("ada@upi");
  request.mutable_wallet_transfer()->set_payment_operator_code("UPI");
  return request;
}

v1::StreamStatusRequest StreamOf(const std::vector<std::string>& ids,
                                 const std::string& resume_token) {
  v1::StreamStatusRequest request;
  for (const std::string& id : ids) request.mutable_ids()->add_payout_ids(id);
  request.set_resume_token(resume_token);
  return request;
}

v1::StreamStatusRequest Feed(v1::StreamStart start, const std::string& resume_token) {
  v1::StreamStatusRequest request;
  request.mutable_feed();
  request.set_start(start);
  request.set_resume_token(resume_token);
  return request;
}

}  // namespace payout::testing
