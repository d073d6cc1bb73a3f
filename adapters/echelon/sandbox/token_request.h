// The body of POST /auth-tokens (contract, section 2.1).
//
// Used by: the platform model. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKEN_REQUEST_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKEN_REQUEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/echelon/sandbox/tokens.h"
#include "adapters/echelon/sandbox/value.h"

namespace payout::sandbox {

struct TokenRequest {
  std::string merchant;
  std::string secret;
  std::int64_t validity_seconds = 1800;
  std::optional<std::vector<std::string>> operations;
  std::optional<TokenMoney> money;
};

// InvalidArgument when the schema is broken: a 400.
absl::StatusOr<TokenRequest> DecodeTokenRequest(const Value& body, bool reject_unknown);

// "POST /payouts/A-1": a method, one space and a path. Anything else is a 406 OPERATION_INVALID.
bool IsOperation(std::string_view text);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKEN_REQUEST_H_
