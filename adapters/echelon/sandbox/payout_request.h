// The body of POST /payouts/{idPayout} (contract, sections 4.2 and 5): schema and prose rules.
//
// Used by: the platform model. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_PAYOUT_REQUEST_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_PAYOUT_REQUEST_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/echelon/sandbox/value.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {

// What the simulator keeps of a request. Names, account numbers and addresses are checked and
// dropped, except those that a rule still needs.
struct PayoutRequest {
  Decimal amount;
  std::string currency;
  std::optional<std::string> segment;
  std::optional<std::string> exchanged_to;
  std::string method;  // BANK_TRANSFER, CRYPTO_TRANSFER or WALLET_TRANSFER
  std::optional<std::string> payment_operator;
  std::optional<std::string> account_type;
  std::optional<std::string> bank_code;
  std::optional<std::string> bank_branch;
  bool has_account_name = false;
  std::optional<std::string> callback_url;
  std::optional<std::string> customer_ip;
};

// InvalidArgument when the schema is broken: a 400.
absl::StatusOr<PayoutRequest> DecodePayoutRequest(const Value& body, bool reject_unknown);

// A rule that the contract states only in prose; the answer to breaking one is undocumented.
struct ProseViolation {
  std::string attribute;
  std::string rule;
};
std::optional<ProseViolation> CheckProseRules(const PayoutRequest& request);

bool IsPayoutId(std::string_view text);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_PAYOUT_REQUEST_H_
