// Intent: what the caller asked for. Immutable once stored.
//
// Used by: create_payout, the platform adapter, the stores. A value. Empty text means "not given":
// the platform's schema allows no empty optional text.

#ifndef PAYOUT_SERVER_DOMAIN_INTENT_H_
#define PAYOUT_SERVER_DOMAIN_INTENT_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/money.h"

namespace payout {

struct BankTransfer {
  std::string account_name;
  std::string account_number;
  std::string account_type;
  std::string bank_code;
  std::string bank_name;
  std::string bank_branch;
  std::string bank_city;
  std::string bank_province;
  std::string operator_code;
  std::string email_address;
  std::string remark;
  friend bool operator==(const BankTransfer&, const BankTransfer&) = default;
};

struct CryptoTransfer {
  std::string account_number;
  std::string operator_code;
  std::string remark;
  friend bool operator==(const CryptoTransfer&, const CryptoTransfer&) = default;
};

struct WalletTransfer {
  std::string account_name;
  std::string account_number;
  std::string operator_code;
  std::string phone_number;
  std::string remark;
  friend bool operator==(const WalletTransfer&, const WalletTransfer&) = default;
};

// monostate: the caller set none; validation refuses it.
using Method = std::variant<std::monostate, BankTransfer, CryptoTransfer, WalletTransfer>;

// The platform's paymentMethodCode: "BANK_TRANSFER", "CRYPTO_TRANSFER" or "WALLET_TRANSFER".
std::string_view MethodCode(const Method& method);

struct Intent {
  PayoutKey key;
  TenantName tenant;
  Money money;
  Method method;
  std::string segment_code;
  std::string exchanged_to_currency;
  std::string customer_ip;
  std::string customer_id;
  std::map<std::string, std::string> labels;
  std::optional<absl::Time> submit_before;
  friend bool operator==(const Intent&, const Intent&) = default;
};

// The request to the platform, rendered once and sent byte for byte on every attempt.
struct RenderedRequest {
  std::string body;         // JSON
  std::string customer_id;  // value of the Id-Customer header; empty: no header
  friend bool operator==(const RenderedRequest&, const RenderedRequest&) = default;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_INTENT_H_
