#include "server/app/tokens.h"

#include <algorithm>
#include <utility>

namespace payout {
namespace {

// A token is not used in the last part of its life: a request takes time, and clocks differ.
absl::Duration Margin(absl::Duration validity) {
  return std::max(validity / 20, std::min(absl::Seconds(30), validity / 4));
}

}  // namespace

TokenPtr TokenCache::Find(const PayoutId& payout_id) {
  const auto found = by_payout_.find(payout_id);
  if (found == by_payout_.end()) return nullptr;
  if (found->second.token->usable_until > env_.Monotonic()) return found->second.token;
  Erase(payout_id);
  return nullptr;
}

TokenPtr TokenCache::Keep(const std::vector<TokenSubject>& subjects, const TokenAnswer& answer,
                          absl::Duration asked_at) {
  const auto token = std::make_shared<const Token>(
      Token{.text = answer.token,
            .usable_until = asked_at + answer.validity - Margin(answer.validity),
            .shared = subjects.size() > 1});
  for (const TokenSubject& subject : subjects) {
    Erase(subject.payout_id);
    if (by_payout_.size() >= kEntriesMax) {
      const PayoutId oldest = by_order_.begin()->second;
      Erase(oldest);
    }
    by_payout_[subject.payout_id] = {token, ++order_};
    by_order_[order_] = subject.payout_id;
  }
  return token;
}

void TokenCache::Drop(const PayoutId& payout_id) { Erase(payout_id); }

void TokenCache::Erase(const PayoutId& payout_id) {
  const auto found = by_payout_.find(payout_id);
  if (found == by_payout_.end()) return;
  by_order_.erase(found->second.order);
  by_payout_.erase(found);
}

}  // namespace payout
