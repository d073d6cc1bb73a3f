// Date-times of the platform, beside a calendar of our own.

#include <array>

#include "adapters/echelon/date_time.h"
#include "tests/fuzz/fuzz.h"

namespace payout::fuzz {
namespace {

// The number at [at, at + length) of `text`; -1 when something else is there.
int NumberAt(std::string_view text, std::size_t at, std::size_t length) {
  if (at + length > text.size()) return -1;
  int number = 0;
  for (const char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysOf(int year, int month) {
  static constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && IsLeap(year) ? 1 : 0);
}

std::int64_t DaysSince1970(int year, int month, int day) {
  std::int64_t days = 0;
  for (int y = 0; y < year; ++y) days += IsLeap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += DaysOf(year, m);
  constexpr std::int64_t kUntil1970 = 719'528;  // from the first day of the year 0
  return days + day - 1 - kUntil1970;
}

// Microseconds since 1970; nullopt where `text` is no date-time.
std::optional<std::int64_t> Reference(std::string_view text) {
  if (text.size() < 20) return std::nullopt;
  const int year = NumberAt(text, 0, 4);
  const int month = NumberAt(text, 5, 2);
  const int day = NumberAt(text, 8, 2);
  const int hour = NumberAt(text, 11, 2);
  const int minute = NumberAt(text, 14, 2);
  const int second = NumberAt(text, 17, 2);
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > DaysOf(year, month))
    return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;

  std::string_view rest = text.substr(19);
  std::int64_t micros = 0;
  if (rest[0] == '.') {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    std::string fraction(rest.substr(1, end - 1));
    fraction.resize(6, '0');
    micros = NumberAt(fraction, 0, 6);
    rest.remove_prefix(end);
  }
  std::int64_t offset = 0;
  if (rest[0] == '+' || rest[0] == '-') {
    const int hours = NumberAt(rest, 1, 2);
    const int minutes = NumberAt(rest, 4, 2);
    if (rest.size() != 6 || rest[3] != ':' || hours < 0 || hours > 23 || minutes < 0 ||
        minutes > 59) {
      return std::nullopt;
    }
    offset = (rest[0] == '-' ? -60 : 60) * (hours * 60 + minutes);
  } else if (rest != "Z" && rest != "z") {
    return std::nullopt;
  }
  const std::int64_t seconds =
      ((DaysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset;
  return seconds * 1'000'000 + micros;
}

void Check(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = Input(data, size).Rest();
  const std::optional<absl::Time> time = echelon::ReadDateTime(text);
  const std::optional<std::int64_t> reference = Reference(text);
  Require(time.has_value() == reference.has_value(),
          "exactly complete date-times that exist are read");
  if (time)
    Require(absl::ToUnixMicros(*time) == *reference, "a date-time is the moment that it says");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Check(data, size);
  return 0;
}
