// Reads the platform's date-times (RFC 3339). Samples show three fraction digits, others have been
// seen with five and six; any number of them and any offset are accepted (contract, section 5.3).
//
// Used by: read_codec. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_DATE_TIME_H_
#define PAYOUT_ADAPTERS_ECHELON_DATE_TIME_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace payout::echelon {

// To the microsecond; further digits are dropped. nullopt for anything that is not a complete
// date-time with an offset, for dates that do not exist and for leap seconds.
std::optional<absl::Time> ReadDateTime(std::string_view text);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_DATE_TIME_H_
