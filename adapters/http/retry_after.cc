#include "adapters/http/retry_after.h"

#include <algorithm>
#include <string>

#include <curl/curl.h>

namespace payout::http {
namespace {

constexpr absl::Duration kLongest = absl::Minutes(5);

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

absl::Duration Clamp(absl::Duration wait) {
  return std::clamp(wait, absl::ZeroDuration(), kLongest);
}

}  // namespace

std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  if (value.empty() || value.size() > 64) return std::nullopt;

  if (std::all_of(value.begin(), value.end(), IsDigit)) {
    int seconds = 0;
    for (const char digit : value) seconds = std::min(seconds * 10 + (digit - '0'), 1'000'000);
    return Clamp(absl::Seconds(seconds));
  }
  // Dates start with the day's name; curl_getdate alone would read much more than dates.
  if (!IsLetter(value.front()) || value.find(':') == std::string_view::npos) return std::nullopt;
  const time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return Clamp(absl::FromTimeT(date) - now);
}

}  // namespace payout::http
