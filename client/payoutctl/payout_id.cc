#include "client/payoutctl/payout_id.h"

#include <sys/random.h>

namespace payout::payoutctl {

std::string FormatPayoutId(absl::Time time, const std::array<uint8_t, 10>& random) {
  static constexpr char kDigits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const uint64_t millis = static_cast<uint64_t>(absl::ToUnixMillis(time)) & 0xFFFFFFFFFFFFu;
  std::string text;
  for (int shift = 45; shift >= 0; shift -= 5) text += kDigits[(millis >> shift) & 31];
  uint32_t bits = 0;
  int count = 0;
  for (const uint8_t byte : random) {
    bits = (bits << 8 | byte) & 0xFFFFu;
    for (count += 8; count >= 5; count -= 5) text += kDigits[(bits >> (count - 5)) & 31];
  }
  return text;
}

std::optional<std::string> NewPayoutId(absl::Time now) {
  std::array<uint8_t, 10> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return std::nullopt;
  }
  return FormatPayoutId(now, random);
}

}  // namespace payout::payoutctl
