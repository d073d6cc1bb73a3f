// TokenTable: which bearer token belongs to which tenant, or to which operator.
//
// Used by: server/main, which hands the lookup to rpc/call_scope and to the admin port. Filled from
// a TOML file that holds hashes only (operators' files say `operator` instead of `tenant`):
//
//   [[tokens]]
//   tenant = "billing"
//   sha256 = "…"                       # 64 hex digits: SHA-256 of the token's text
//   id = "2026-01"                     # optional, for people
//   expires = 2027-01-01T00:00:00Z     # optional
//
// A tenant may have several tokens, so that they can be changed without a gap.
// Thread-safety: a value; const members may be called from any thread.

#ifndef PAYOUT_SERVER_MAIN_CREDENTIALS_TOKEN_TABLE_H_
#define PAYOUT_SERVER_MAIN_CREDENTIALS_TOKEN_TABLE_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/main/config/problem.h"

namespace payout {

class TokenTable {
 public:
  // Shorter tokens are never accepted: their hashes could be guessed.
  static constexpr std::size_t kTokenMin = 20;
  static constexpr std::size_t kTokenMax = 4096;

  TokenTable() = default;  // nobody

  // INVALID_ARGUMENT with every problem of the file, one per line: "origin:line:column: error: …".
  static absl::StatusOr<TokenTable> Parse(std::string_view text, std::string_view origin);

  // The same, problems as values. To be used only if there are none. `holder`: the key that names
  // whose token it is.
  static TokenTable Read(std::string_view text, std::string_view origin, Problems& problems,
                         std::string_view holder = "tenant");

  // nullopt for tokens that are unknown, expired, too short or too long. The time it takes does not
  // depend on which entry matches or how far.
  std::optional<TenantName> TenantOf(std::string_view bearer_token, absl::Time now) const;

  // Who has a token, expired ones included.
  std::set<TenantName> Tenants() const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    TenantName tenant;
    std::string hash;  // 32 bytes
    std::string id;
    absl::Time expires = absl::InfiniteFuture();
  };
  friend class TokenReader;

  std::vector<Entry> entries_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CREDENTIALS_TOKEN_TABLE_H_
