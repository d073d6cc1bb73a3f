// PaperNumber: a decimal number as digits on paper, of any length; what Decimal is compared with.
//
// Used by: fuzz targets. Pure.

#ifndef PAYOUT_TESTS_FUZZ_PAPER_NUMBER_H_
#define PAYOUT_TESTS_FUZZ_PAPER_NUMBER_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace payout::fuzz {

struct PaperNumber {
  std::string digits;  // without zeros at either end; empty: 0
  long exponent = 0;   // of the last digit

  friend bool operator==(const PaperNumber&, const PaperNumber&) = default;
};

inline std::strong_ordering Compare(const PaperNumber& a, const PaperNumber& b) {
  if (a.digits.empty() || b.digits.empty()) return a.digits.size() <=> b.digits.size();
  const long top_a = static_cast<long>(a.digits.size()) + a.exponent;
  const long top_b = static_cast<long>(b.digits.size()) + b.exponent;
  if (top_a != top_b) return top_a <=> top_b;
  return a.digits.compare(b.digits) <=>
         0;  // A prefix of the other is less: only non-zero digits follow.
}

struct PaperText {
  PaperNumber number;
  std::size_t whole = 0;     // digits before the point
  std::size_t fraction = 0;  // and after it
  std::size_t written = 0;   // from the first that is not zero
  bool has_exponent = false;
};

// A JSON number without a sign: the grammar, and what it means. nullopt for everything else, and
// for exponents of more than nine digits.
inline std::optional<PaperText> ReadPaperNumber(std::string_view text) {
  PaperText result;
  std::string digits;
  std::size_t i = 0;
  const auto run = [&] {
    const std::size_t from = i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) digits += text[i];
    return i - from;
  };
  result.whole = run();
  if (result.whole == 0 || (result.whole > 1 && text[0] == '0')) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    ++i;
    result.fraction = run();
    if (result.fraction == 0) return std::nullopt;
  }
  long exponent = 0;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    result.has_exponent = true;
    const std::string mantissa = digits;
    digits.clear();
    ++i;
    const bool negative = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (run() == 0) return std::nullopt;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (digits.size() > 9) return std::nullopt;
    exponent = std::stol(digits) * (negative ? -1 : 1);
    digits = mantissa;
  }
  if (i != text.size()) return std::nullopt;
  const std::size_t first = digits.find_first_not_of('0');
  result.written = first == std::string::npos ? 0 : digits.size() - first;
  exponent -= static_cast<long>(result.fraction);
  if (first == std::string::npos) return result;
  const std::size_t last = digits.find_last_not_of('0');
  exponent += static_cast<long>(digits.size() - 1 - last);
  result.number = {digits.substr(first, last - first + 1), exponent};
  return result;
}

}  // namespace payout::fuzz

#endif  // PAYOUT_TESTS_FUZZ_PAPER_NUMBER_H_
