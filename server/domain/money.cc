#include "server/domain/money.h"

#include <algorithm>
#include <array>

namespace payout {
namespace {

// ISO 4217 list one, as of 2026-01, by number of decimals; sorted for binary search.
constexpr std::array<std::string_view, 17> kNone = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                    "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                    "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThree = {"BHD", "IQD", "JOD", "KWD",
                                                    "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> kFour = {"CLF", "UYW"};
constexpr std::array<std::string_view, 137> kTwo = {
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
    "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE",
    "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD", "EGP",
    "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD",
    "HNL", "HTG", "HUF", "ILS", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB",
    "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS",
    "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VES",
    "WST", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG"};

static_assert(std::ranges::is_sorted(kNone) && std::ranges::is_sorted(kTwo) &&
              std::ranges::is_sorted(kThree) && std::ranges::is_sorted(kFour));

}  // namespace

std::optional<int> CurrencyRules::Decimals(std::string_view currency) const {
  if (const auto found = overrides_.find(std::string(currency)); found != overrides_.end()) {
    return found->second;
  }
  // The platform takes neither with decimals, whatever ISO says.
  if (currency == "IDR" || currency == "INR") return 0;
  if (std::ranges::binary_search(kTwo, currency)) return 2;
  if (std::ranges::binary_search(kNone, currency)) return 0;
  if (std::ranges::binary_search(kThree, currency)) return 3;
  if (std::ranges::binary_search(kFour, currency)) return 4;
  return std::nullopt;
}

bool CurrencyRules::IsExact(std::string_view currency) const {
  return exact_.contains(std::string(currency));
}

}  // namespace payout
