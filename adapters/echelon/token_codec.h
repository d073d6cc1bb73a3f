// POST /auth-tokens: a token that can create and read exactly the payouts it names (contract,
// section 2.1).
//
// Used by: EchelonProvider. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_TOKEN_CODEC_H_
#define PAYOUT_ADAPTERS_ECHELON_TOKEN_CODEC_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/app/ports/payout_provider.h"
#include "server/base/secret.h"

namespace payout::echelon {

inline constexpr std::size_t kTokenBytesMax = std::size_t{8} * 1024;

// The body; it holds the merchant's secret. The amount is bound too when all subjects have the
// same, by value; `validity` is sent in whole seconds.
std::string RenderTokenRequest(std::string_view merchant_code, const SecretString& secret,
                               absl::Duration validity, const std::vector<TokenSubject>& subjects);

// Total over all statuses and bodies. A token is granted only if it can be a header value: visible
// ASCII without spaces, at most kTokenBytesMax. `validity` and `retry_after` are not set.
TokenAnswer ParseTokenAnswer(int status, std::string_view body);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_TOKEN_CODEC_H_
