// TokenIssuer: signed tokens in the shape of the platform's JWTs (HS256).
//
// Used by: the platform model. A token carries all it grants, so that nothing but expired-by-force
// ids is remembered. Thread-safety: none. Time is passed in; `exp` and `iat` are whole Unix
// seconds.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKENS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKENS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {

struct TokenMoney {
  Decimal amount;
  std::string currency;
};

struct TokenClaims {
  std::string id;        // jti
  std::string merchant;  // sub
  std::optional<std::vector<std::string>> operations;
  std::optional<TokenMoney> money;
  std::int64_t issued_at = 0;
  std::int64_t expires_at = 0;
};

class TokenIssuer {
 public:
  explicit TokenIssuer(std::string key) : key_(std::move(key)) {}

  std::string Issue(const TokenClaims& claims) const;

  // nullopt for a token that is not ours, was changed, has expired or was expired by force.
  std::optional<TokenClaims> Check(std::string_view token, absl::Time now) const;

  // The token is refused from now on, whatever its `exp` says.
  void Expire(const TokenClaims& claims, absl::Time now);

  void ForgetExpired() { expired_by_force_.clear(); }

 private:
  std::string key_;
  std::map<std::string, std::int64_t> expired_by_force_;  // jti to exp
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_TOKENS_H_
