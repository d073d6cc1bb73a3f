// The version of the programs.
//
// Used by: server/main and the admin port. Raised with each release.

#ifndef PAYOUT_SERVER_MAIN_VERSION_H_
#define PAYOUT_SERVER_MAIN_VERSION_H_

#include <string_view>

namespace payout {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_VERSION_H_
