#include "server/domain/decimal.h"

#include <algorithm>
#include <cstddef>

namespace payout {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Length of the run of digits that starts at `from`.
std::size_t DigitRun(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - from;
}

struct Parts {
  std::string_view whole;
  std::string_view fraction;
  std::string_view rest;
};

// "int [frac]" of RFC 8259; what follows is in `rest`.
std::optional<Parts> Split(std::string_view text) {
  const std::size_t whole = DigitRun(text, 0);
  if (whole == 0 || (whole > 1 && text[0] == '0')) return std::nullopt;
  Parts parts{text.substr(0, whole), {}, text.substr(whole)};
  if (!parts.rest.empty() && parts.rest[0] == '.') {
    const std::size_t fraction = DigitRun(parts.rest, 1);
    if (fraction == 0) return std::nullopt;
    parts.fraction = parts.rest.substr(1, fraction);
    parts.rest.remove_prefix(1 + fraction);
  }
  return parts;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  const std::optional<Parts> parts = Split(text);
  if (!parts || !parts->rest.empty()) return std::nullopt;
  if (parts->fraction.size() > static_cast<std::size_t>(kScaleMax)) return std::nullopt;

  Coefficient coefficient = 0;
  int digits = 0;
  for (const std::string_view run : {parts->whole, parts->fraction}) {
    for (const char c : run) {
      if (coefficient != 0 || c != '0') ++digits;
      if (digits > kDigitsMax) return std::nullopt;
      coefficient = coefficient * 10 + static_cast<unsigned>(c - '0');
    }
  }
  return Decimal(coefficient, static_cast<int>(parts->fraction.size()));
}

std::optional<Decimal> Decimal::ParseJsonNumber(std::string_view text) {
  const std::optional<Parts> parts = Split(text);
  if (!parts) return std::nullopt;
  std::string_view rest = parts->rest;
  if (rest.empty()) return Parse(text);

  if (rest[0] != 'e' && rest[0] != 'E') return std::nullopt;
  rest.remove_prefix(1);
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  if (rest.empty() || DigitRun(rest, 0) != rest.size()) return std::nullopt;
  while (rest.size() > 1 && rest[0] == '0') rest.remove_prefix(1);
  if (rest.size() > 2) return std::nullopt;  // Far outside of any amount.
  int exponent = 0;
  for (const char c : rest) exponent = exponent * 10 + (c - '0');
  if (negative) exponent = -exponent;

  // Write the number out without its exponent and let Parse judge it.
  std::string digits(parts->whole);
  digits += parts->fraction;
  const int point = static_cast<int>(parts->whole.size()) + exponent;
  const int length = static_cast<int>(digits.size());
  if (point <= 0) digits.insert(0, static_cast<std::size_t>(1 - point), '0');
  if (point > length) digits.append(static_cast<std::size_t>(point - length), '0');
  const std::size_t whole = static_cast<std::size_t>(std::max(point, 1));
  std::string whole_part = digits.substr(0, whole);
  std::string fraction = digits.substr(whole);
  whole_part.erase(0, std::min(whole_part.find_first_not_of('0'), whole_part.size() - 1));
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return Parse(fraction.empty() ? whole_part : whole_part + "." + fraction);
}

std::string Decimal::ToString() const {
  std::string digits;
  for (Coefficient rest = coefficient_; rest != 0; rest /= 10) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  const std::size_t scale = static_cast<std::size_t>(scale_);
  if (digits.size() < scale + 1) digits.append(scale + 1 - digits.size(), '0');
  std::reverse(digits.begin(), digits.end());
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return digits;
}

Decimal Decimal::Normalized() const {
  Decimal result = *this;
  while (result.scale_ > 0 && result.coefficient_ % 10 == 0) {
    result.coefficient_ /= 10;
    --result.scale_;
  }
  return result;
}

int Decimal::SignificantDigits() const {
  Coefficient rest = coefficient_;
  while (rest != 0 && rest % 10 == 0) rest /= 10;
  int digits = 0;
  for (; rest != 0; rest /= 10) ++digits;
  return digits;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  // Whole parts first, then fractions brought to one scale: neither can overflow 128 bits.
  const auto power = [](int exponent) {
    Decimal::Coefficient result = 1;
    for (int i = 0; i < exponent; ++i) result *= 10;
    return result;
  };
  const Decimal::Coefficient unit_a = power(a.scale_);
  const Decimal::Coefficient unit_b = power(b.scale_);
  const Decimal::Coefficient whole_a = a.coefficient_ / unit_a;
  const Decimal::Coefficient whole_b = b.coefficient_ / unit_b;
  if (whole_a != whole_b) {
    return whole_a < whole_b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const Decimal::Coefficient rest_a =
      a.coefficient_ % unit_a * power(Decimal::kScaleMax - a.scale_);
  const Decimal::Coefficient rest_b =
      b.coefficient_ % unit_b * power(Decimal::kScaleMax - b.scale_);
  if (rest_a == rest_b) return std::strong_ordering::equal;
  return rest_a < rest_b ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace payout
