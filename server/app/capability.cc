#include "server/app/capability.h"

#include <utility>

namespace payout {
namespace {

std::string Mac(const PayoutKey& key, const HmacKey& secret) {
  std::string input;
  AppendLengthPrefixed(input, key.merchant.value());
  AppendLengthPrefixed(input, key.payout_id.value());
  return Base64UrlEncode(secret.Mac(input));
}

}  // namespace

Capability::Capability(std::string base_url, const std::vector<CapabilityKey>& keys)
    : base_url_(std::move(base_url)) {
  for (const CapabilityKey& key : keys) keys_.push_back({key.id, HmacKey(key.secret.Reveal())});
}

std::string Capability::Url(const PayoutKey& key) const {
  return base_url_ + "/callbacks/v1/" + key.merchant.value() + "/" + keys_.front().id + "/" +
         Mac(key, keys_.front().secret);
}

bool Capability::Check(const PayoutKey& key, std::string_view key_id, std::string_view mac) const {
  bool valid = false;
  for (const Key& candidate : keys_) {
    if (candidate.id == key_id && ConstantTimeEqual(Mac(key, candidate.secret), mac)) valid = true;
  }
  return valid;
}

}  // namespace payout
