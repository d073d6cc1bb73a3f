#include "server/main/config/duration_text.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/main/config/problem.h"

namespace payout {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 4> kUnits = {Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000},
                                        Unit{"ms", 1}};
constexpr std::int64_t kMillisecondsMax = 10'000LL * 3'600'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::Status Bad(std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      Quoted(text), " is no duration; write a whole number and ms, s, m or h, such as \"30s\""));
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDurationText(std::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::size_t at = 0;
  if (text.empty()) return Bad(text);
  while (at < text.size()) {
    const std::size_t start = at;
    std::int64_t number = 0;
    for (; at < text.size() && IsDigit(text[at]); ++at) {
      number = number * 10 + (text[at] - '0');
      if (number > kMillisecondsMax) return Bad(text);
    }
    if (at == start) return Bad(text);
    const std::size_t unit_start = at;
    while (at < text.size() && !IsDigit(text[at])) ++at;
    const std::string_view unit = text.substr(unit_start, at - unit_start);
    if (unit.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Quoted(text), " has no unit; write for example ", number, "s"));
    }
    std::size_t index = next_unit;
    while (index < kUnits.size() && kUnits[index].name != unit) ++index;
    if (index == kUnits.size()) return Bad(text);
    if (number > kMillisecondsMax / kUnits[index].milliseconds) return Bad(text);
    total += number * kUnits[index].milliseconds;
    next_unit = index + 1;
  }
  if (total > kMillisecondsMax) return Bad(text);
  return absl::Milliseconds(total);
}

std::string FormatDurationText(absl::Duration duration) {
  std::int64_t rest = absl::ToInt64Milliseconds(duration);
  std::string text;
  for (const Unit& unit : kUnits) {
    if (rest < unit.milliseconds) continue;
    absl::StrAppend(&text, rest / unit.milliseconds,
                    absl::string_view(unit.name.data(), unit.name.size()));
    rest %= unit.milliseconds;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace payout
