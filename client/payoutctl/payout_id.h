// A new payout_id: 26 characters that sort by time (48 bits of milliseconds, then 80 random bits,
// in Crockford's base 32). Random enough never to meet another; sortable so that lists and logs
// read well.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_PAYOUT_ID_H_
#define PAYOUT_CLIENT_PAYOUTCTL_PAYOUT_ID_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace payout::payoutctl {

// The text of given time and random bytes.
std::string FormatPayoutId(absl::Time time, const std::array<uint8_t, 10>& random);

// With the kernel's randomness; absent when there is none, and then nothing must be created.
std::optional<std::string> NewPayoutId(absl::Time now);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_PAYOUT_ID_H_
