// Retry-After: how long the other side asks us to wait.
//
// Used by: CurlTransfer. Pure.

#ifndef PAYOUT_ADAPTERS_HTTP_RETRY_AFTER_H_
#define PAYOUT_ADAPTERS_HTTP_RETRY_AFTER_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace payout::http {

// `value` is a count of seconds or an HTTP date, relative to `now`. The result is clamped to 0..5
// min: a server must not be able to silence us for a day. nullopt for anything else.
std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now);

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_RETRY_AFTER_H_
