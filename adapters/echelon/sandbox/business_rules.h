// The refusals with a machine-readable code: the entries of a 406 answer (contract, section 4.4).
//
// Used by: the platform model. Thread-safety: pure functions; BalanceBook has none.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_BUSINESS_RULES_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_BUSINESS_RULES_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "adapters/echelon/sandbox/payout_request.h"
#include "adapters/echelon/sandbox/settings.h"

namespace payout::sandbox {

struct BusinessError {
  std::string code;
  std::string description;
  std::string attribute;  // empty = none
};

// What each merchant has left, for the currencies that have a balance at all.
class BalanceBook {
 public:
  // InvalidArgument when a configured balance is no decimal number.
  static absl::Status Validate(const std::vector<Merchant>& merchants);
  explicit BalanceBook(const std::vector<Merchant>& merchants);

  bool Covers(const std::string& merchant, const std::string& currency,
              const Decimal& amount) const;
  void Take(const std::string& merchant, const std::string& currency, const Decimal& amount);
  void GiveBack(const std::string& merchant, const std::string& currency, const Decimal& amount);

 private:
  std::map<std::pair<std::string, std::string>, Decimal> left_;
};

// All violations at once, in the order of the contract's fields. Empty = accepted.
std::vector<BusinessError> CheckBusinessRules(const PayoutRequest& request,
                                              const Merchant& merchant,
                                              const PlatformSettings& settings,
                                              const BalanceBook& balances);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_BUSINESS_RULES_H_
