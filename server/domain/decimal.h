// Decimal: an exact, non-negative decimal number: 128-bit coefficient times ten to the minus scale.
//
// Used by: Money, the platform codec, the simulator. No binary floating point anywhere.
// Bounds: at most 30 significant digits and 18 decimals; what does not fit does not parse.
// Thread-safety: a value.

#ifndef PAYOUT_SERVER_DOMAIN_DECIMAL_H_
#define PAYOUT_SERVER_DOMAIN_DECIMAL_H_

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace payout {

class Decimal {
 public:
  static constexpr int kDigitsMax = 30;
  static constexpr int kScaleMax = 18;

  Decimal() = default;  // 0

  // Digits, optionally a point and more digits: "42", "42.05", "0.5". nullopt for signs, exponents,
  // separators, ".5", "5.", superfluous leading zeros and numbers out of bounds.
  static std::optional<Decimal> Parse(std::string_view text);

  // A JSON number token (RFC 8259 section 6), exponent included: "4.205e1" is 42.05. nullopt for
  // negative numbers ("-0" included) and numbers out of bounds.
  static std::optional<Decimal> ParseJsonNumber(std::string_view text);

  // Parse accepts it and yields an equal value with the same scale: "42.50" stays "42.50".
  std::string ToString() const;

  // Without trailing zeros after the point: 42.50 becomes 42.5, 42.00 becomes 42.
  Decimal Normalized() const;

  int scale() const { return scale_; }
  // Of the normalized coefficient; 0 has none.
  int SignificantDigits() const;
  bool IsZero() const { return coefficient_ == 0; }

  // By value: 42.5 == 42.50.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

 private:
  using Coefficient = unsigned __int128;
  Decimal(Coefficient coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}

  Coefficient coefficient_ = 0;
  int scale_ = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_DECIMAL_H_
