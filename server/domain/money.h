// Money: an exact amount in major units and the code of its currency.
//
// Used by: intents, platform answers, fees. Values compare by amount: 42.5 USD == 42.50 USD.

#ifndef PAYOUT_SERVER_DOMAIN_MONEY_H_
#define PAYOUT_SERVER_DOMAIN_MONEY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "server/domain/decimal.h"

namespace payout {

struct Money {
  Decimal amount;
  std::string currency;  // as sent: ISO 4217 or a crypto code

  friend bool operator==(const Money&, const Money&) = default;
};

// What is known about currencies: ISO 4217 decimals, the platform's own rules (contract,
// section 5.1: IDR and INR have none), and what the configuration overrides.
class CurrencyRules {
 public:
  // Overrides win over the built-in table. `exact` lists currencies whose amounts may have more
  // than 15 significant digits, because the merchant knows that the platform keeps them.
  CurrencyRules() = default;
  CurrencyRules(std::map<std::string, int> overrides, std::set<std::string> exact)
      : overrides_(std::move(overrides)), exact_(std::move(exact)) {}

  // nullopt for codes that nobody described; the platform judges those.
  std::optional<int> Decimals(std::string_view currency) const;
  bool IsExact(std::string_view currency) const;

 private:
  std::map<std::string, int> overrides_;
  std::set<std::string> exact_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_MONEY_H_
