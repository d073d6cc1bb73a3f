#include "adapters/echelon/date_time.h"

#include <cstddef>
#include <string_view>

#include "absl/time/civil_time.h"

namespace payout::echelon {
namespace {

constexpr int kFractionDigits = 6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the text apart from left to right; after the first misfit everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `digits` digits with a value of at most `max`.
  int Number(int digits, int max) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (rest_.empty() || !IsDigit(rest_[0])) return Fail();
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value <= max ? value : Fail();
  }

  // The next character if it is one of `any`; else 0, which is a failure only if it is `required`.
  char OneOf(std::string_view any, bool required) {
    if (!rest_.empty() && any.find(rest_[0]) != std::string_view::npos) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      return c;
    }
    if (required) Fail();
    return 0;
  }

  // At least one digit; the value in microseconds.
  int Fraction() {
    int value = 0;
    int digits = 0;
    for (; !rest_.empty() && IsDigit(rest_[0]); rest_.remove_prefix(1), ++digits) {
      if (digits < kFractionDigits) value = value * 10 + (rest_[0] - '0');
    }
    if (digits == 0) return Fail();
    for (; digits < kFractionDigits; ++digits) value *= 10;
    return value;
  }

  bool Complete() const { return good_ && rest_.empty(); }

 private:
  int Fail() {
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::optional<absl::Time> ReadDateTime(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.Number(4, 9999);
  scanner.OneOf("-", true);
  const int month = scanner.Number(2, 12);
  scanner.OneOf("-", true);
  const int day = scanner.Number(2, 31);
  scanner.OneOf("Tt ", true);
  const int hour = scanner.Number(2, 23);
  scanner.OneOf(":", true);
  const int minute = scanner.Number(2, 59);
  scanner.OneOf(":", true);
  const int second = scanner.Number(2, 59);
  const int micros = scanner.OneOf(".", false) != 0 ? scanner.Fraction() : 0;

  absl::Duration offset;
  const char sign = scanner.OneOf("Zz+-", true);
  if (sign == '+' || sign == '-') {
    const int hours = scanner.Number(2, 23);
    scanner.OneOf(":", true);
    const int minutes = scanner.Number(2, 59);
    offset = absl::Hours(hours) + absl::Minutes(minutes);
    if (sign == '-') offset = -offset;
  }
  if (!scanner.Complete()) return std::nullopt;

  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // A day that does not exist was moved into the next month.
  if (civil.month() != month || civil.day() != day) return std::nullopt;
  return absl::FromCivil(civil, absl::UTCTimeZone()) + absl::Microseconds(micros) - offset;
}

}  // namespace payout::echelon
