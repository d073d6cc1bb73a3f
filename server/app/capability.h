// Capability: the secret part of a payout's callback URL. The platform does not sign callbacks;
// knowing the URL of a payout is what proves that a callback comes from it.
//
// Used by: create_payout (URLs), accept_callback (checks). Values are immutable after construction;
// thread-safe. Two keys may be alive, so that they can be rotated: the first signs, all verify.

#ifndef PAYOUT_SERVER_APP_CAPABILITY_H_
#define PAYOUT_SERVER_APP_CAPABILITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/base/digest.h"
#include "server/base/secret.h"
#include "server/domain/ids.h"

namespace payout {

struct CapabilityKey {
  std::string id;       // ^[a-z0-9]{1,16}$, part of the URL
  SecretString secret;  // at least 16 bytes
};

class Capability {
 public:
  // `keys` is not empty. `base_url` has no trailing slash.
  Capability(std::string base_url, const std::vector<CapabilityKey>& keys);

  // base + /callbacks/v1/{merchant}/{key_id}/{mac}
  std::string Url(const PayoutKey& key) const;

  // Takes the same time whether the MAC is right or wrong.
  bool Check(const PayoutKey& key, std::string_view key_id, std::string_view mac) const;

 private:
  std::string base_url_;
  struct Key {
    std::string id;
    HmacKey secret;
  };
  std::vector<Key> keys_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_CAPABILITY_H_
