// Tokens: the platform tokens of one merchant's payouts, in memory only.
//
// Used by: token_desk, apply_decision. A token's life counts from before its request left, on the
// monotonic clock, less a margin; the platform's own expiry time is never compared with our clock.
// Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_TOKENS_H_
#define PAYOUT_SERVER_APP_TOKENS_H_

#include <map>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "server/app/ports/environment.h"
#include "server/app/ports/payout_provider.h"

namespace payout {

// A token and how long it can be used.
struct Token {
  SecretString text;
  absl::Duration usable_until;  // monotonic
  bool shared = false;          // it covers several payouts
};
using TokenPtr = std::shared_ptr<const Token>;

class TokenCache {
 public:
  explicit TokenCache(Environment& env) : env_(env) {}

  // A token that covers the payout and is good for a while; nullptr when a new one is needed.
  TokenPtr Find(const PayoutId& payout_id);

  // Keeps the token of a granted answer for the subjects; `asked_at` is when the request was about
  // to leave.
  TokenPtr Keep(const std::vector<TokenSubject>& subjects, const TokenAnswer& answer,
                absl::Duration asked_at);

  // The platform did not accept it, or the payout is settled.
  void Drop(const PayoutId& payout_id);

  std::size_t size() const { return by_payout_.size(); }

 private:
  struct Entry {
    TokenPtr token;
    std::uint64_t order;
  };
  static constexpr std::size_t kEntriesMax = 50'000;

  void Erase(const PayoutId& payout_id);

  Environment& env_;
  absl::flat_hash_map<PayoutId, Entry> by_payout_;
  std::map<std::uint64_t, PayoutId> by_order_;  // oldest first
  std::uint64_t order_ = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_TOKENS_H_
