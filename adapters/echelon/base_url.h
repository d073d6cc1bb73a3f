// Which base URLs of a platform are acceptable: credentials and account numbers travel to it, so it
// must be https unless it cannot leave this machine.
//
// Used by: EchelonProvider, the configuration. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_BASE_URL_H_
#define PAYOUT_ADAPTERS_ECHELON_BASE_URL_H_

#include <string>
#include <string_view>

namespace payout::echelon {

// "https://host[:port][/path]", or http with a loopback host: localhost, 127.0.0.0/8, [::1]. No
// credentials, query or fragment. `why` (may be null) says what is wrong when the answer is false.
bool UrlIsAllowed(std::string_view base_url, std::string* why);

// Without slashes at the end, so that "/payouts" can follow.
std::string_view TrimBaseUrl(std::string_view base_url);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_BASE_URL_H_
