// Durations as people write them: "250ms", "30s", "5m", "24h", "1m30s".
//
// Used by: config, cli. Pure. A bare number is refused: nobody knows its unit.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_DURATION_TEXT_H_
#define PAYOUT_SERVER_MAIN_CONFIG_DURATION_TEXT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace payout {

// Whole numbers with the units ms, s, m, h, the largest first, each at most once; "0" and "0s" are
// zero. At most 10,000 hours. INVALID_ARGUMENT: the message quotes the text and says what to write.
absl::StatusOr<absl::Duration> ParseDurationText(std::string_view text);

// ParseDurationText reads it back. Rounds to milliseconds.
std::string FormatDurationText(absl::Duration duration);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_DURATION_TEXT_H_
