// The platform's free text, made fit for stores, logs and terminals.
//
// Used by: the answer codecs. Pure. Never apply it to text that is compared.

#ifndef PAYOUT_ADAPTERS_ECHELON_SHOWN_TEXT_H_
#define PAYOUT_ADAPTERS_ECHELON_SHOWN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "adapters/echelon/json_reader.h"

namespace payout::echelon {

// Bounds in code points.
inline constexpr std::size_t kShownCodeMax = 100;
inline constexpr std::size_t kShownReferenceMax = 250;
inline constexpr std::size_t kShownMessageMax = 500;

// The first `code_points_max` code points of valid UTF-8, each control character (C0, DEL, C1)
// replaced by a space: removing it could turn an unknown text into the look of a known one.
std::string ShownText(std::string_view text, std::size_t code_points_max);

// The same for member `name` of `object`; empty when it is missing or not a string.
std::string ShownMember(const JsonValue& object, std::string_view name,
                        std::size_t code_points_max);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_SHOWN_TEXT_H_
