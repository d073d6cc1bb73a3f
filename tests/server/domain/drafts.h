// Valid requests that tests change in one place.
//
// Used by: the tests of validation and fingerprints. Thread-safety: pure.

#ifndef PAYOUT_TESTS_SERVER_DOMAIN_DRAFTS_H_
#define PAYOUT_TESTS_SERVER_DOMAIN_DRAFTS_H_

#include <utility>

#include "server/domain/validate.h"

namespace payout {

// Every optional field is set.
inline IntentDraft BankDraft() {
  IntentDraft draft;
  draft.payout_id = "order-2024_0001";
  draft.merchant = "shop";
  draft.has_money = true;
  draft.amount = "42.05";
  draft.currency = "USD";
  draft.method = BankTransfer{.account_name = "Mary O'Hara-Smith, Jr.",
                              .account_number = "DE89370400440532013000",
                              .account_type = "savings",
                              .bank_code = "COBADEFF",
                              .bank_name = "First Bank",
                              .bank_branch = "Main Street",
                              .bank_city = "Springfield",
                              .bank_province = "North",
                              .operator_code = "SWIFT_1",
                              .email_address = "mary@example.com",
                              .remark = "invoice 17"};
  draft.segment_code = "vip";
  draft.exchanged_to_currency = "EUR";
  draft.customer_ip = "203.0.113.7";
  draft.customer_id = "customer-9";
  draft.labels = {{"team", "payroll"}};
  draft.submit_before = absl::FromUnixSeconds(1'800'000'000);
  return draft;
}

inline IntentDraft CryptoDraft() {
  IntentDraft draft = BankDraft();
  draft.currency = "USDT";
  draft.method =
      CryptoTransfer{.account_number = "TXYZabc123", .operator_code = "TRC20", .remark = "r"};
  return draft;
}

inline IntentDraft WalletDraft() {
  IntentDraft draft = BankDraft();
  draft.method = WalletTransfer{.account_name = "Mary Smith",
                                .account_number = "123456789@paytm",
                                .operator_code = "PAYTM",
                                .phone_number = "+15550100",
                                .remark = "r"};
  return draft;
}

inline BankTransfer& Bank(IntentDraft& draft) { return std::get<BankTransfer>(draft.method); }
inline CryptoTransfer& Crypto(IntentDraft& draft) { return std::get<CryptoTransfer>(draft.method); }
inline WalletTransfer& Wallet(IntentDraft& draft) { return std::get<WalletTransfer>(draft.method); }

// Currencies with rules of their own for bank transfers; valid.
inline IntentDraft BankDraftIn(const std::string& currency) {
  IntentDraft draft = BankDraft();
  draft.currency = currency;
  draft.amount = "42";
  if (currency == "INR") Bank(draft).bank_code = "SBIN0001234";
  return draft;
}

}  // namespace payout

#endif  // PAYOUT_TESTS_SERVER_DOMAIN_DRAFTS_H_
