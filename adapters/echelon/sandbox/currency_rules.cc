#include "adapters/echelon/sandbox/currency_rules.h"

#include <algorithm>

namespace payout::sandbox {
namespace {

// Space-separated, with a space at both ends so that a search for " USD " is exact.
constexpr std::string_view kNone =
    " IDR INR BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view kThree = " BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kFour = " CLF UYW ";
constexpr std::string_view kTwo =
    " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD"
    " CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD"
    " GTQ GYD HKD HNL HTG HUF ILS IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN"
    " QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP"
    " TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWL ";

// Both numbers as digit strings of one length and scale, without a point.
struct Aligned {
  std::string a;
  std::string b;
  std::size_t scale;
};

Aligned Align(const Decimal& a, const Decimal& b) {
  Aligned result{a.ToString(), b.ToString(),
                 static_cast<std::size_t>(std::max(a.scale(), b.scale()))};
  const auto widen = [&](std::string& text, int scale) {
    std::erase(text, '.');
    text.append(result.scale - static_cast<std::size_t>(scale), '0');
  };
  widen(result.a, a.scale());
  widen(result.b, b.scale());
  const std::size_t length = std::max(result.a.size(), result.b.size()) + 1;
  result.a.insert(0, length - result.a.size(), '0');
  result.b.insert(0, length - result.b.size(), '0');
  return result;
}

std::optional<Decimal> FromDigits(std::string digits, std::size_t scale) {
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  const std::size_t whole_length = digits.size() - (scale > 0 ? scale + 1 : 0);
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), whole_length - 1);
  const std::optional<Decimal> result = Decimal::Parse(digits.substr(zeros));
  return result ? std::optional(result->Normalized()) : std::nullopt;
}

}  // namespace

std::optional<int> CurrencyDecimals(std::string_view currency) {
  if (currency.size() != 3) return std::nullopt;
  const std::string word = " " + std::string(currency) + " ";
  if (kTwo.find(word) != std::string_view::npos) return 2;
  if (kNone.find(word) != std::string_view::npos) return 0;
  if (kThree.find(word) != std::string_view::npos) return 3;
  if (kFour.find(word) != std::string_view::npos) return 4;
  return std::nullopt;
}

std::optional<Decimal> Add(const Decimal& a, const Decimal& b) {
  Aligned n = Align(a, b);
  int carry = 0;
  for (std::size_t i = n.a.size(); i-- > 0;) {
    const int sum = (n.a[i] - '0') + (n.b[i] - '0') + carry;
    n.a[i] = static_cast<char>('0' + sum % 10);
    carry = sum / 10;
  }
  return FromDigits(std::move(n.a), n.scale);
}

std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) {
  if (a < b) return std::nullopt;
  Aligned n = Align(a, b);
  int borrow = 0;
  for (std::size_t i = n.a.size(); i-- > 0;) {
    int difference = (n.a[i] - '0') - (n.b[i] - '0') - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (difference < 0) difference += 10;
    n.a[i] = static_cast<char>('0' + difference);
  }
  return FromDigits(std::move(n.a), n.scale);
}

}  // namespace payout::sandbox
