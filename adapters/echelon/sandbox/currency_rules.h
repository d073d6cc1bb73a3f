// How many decimals an amount may have, and exact sums for balances.
//
// Used by: the business rules and the balance book. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_CURRENCY_RULES_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_CURRENCY_RULES_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/domain/decimal.h"

namespace payout::sandbox {

// ISO 4217, except that IDR and INR take whole amounts only (contract, section 5.1). nullopt for
// codes that are not in ISO 4217: the contract sets no limit for them.
std::optional<int> CurrencyDecimals(std::string_view currency);

// a + b, and a - b (nullopt when negative), exact; nullopt when out of Decimal's bounds.
std::optional<Decimal> Add(const Decimal& a, const Decimal& b);
std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_CURRENCY_RULES_H_
