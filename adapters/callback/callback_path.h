// The path of a callback: a capability, issued by us and sent back by the platform.
//
// Used by: CallbackEndpoint. Pure. Whether the capability is genuine is decided elsewhere.

#ifndef PAYOUT_ADAPTERS_CALLBACK_CALLBACK_PATH_H_
#define PAYOUT_ADAPTERS_CALLBACK_CALLBACK_PATH_H_

#include <optional>
#include <string>
#include <string_view>

namespace payout::callback {

struct CallbackPath {
  std::string merchant;  // 1..64 of [A-Za-z0-9._-], not only dots
  std::string key_id;    // 1..16 of [a-z0-9]
  std::string mac;       // 43 of [A-Za-z0-9_-]: 32 bytes in base64url
};

// nullopt unless `path` is "/callbacks/v1/{merchant}/{key_id}/{mac}" with segments that could be
// ours.
std::optional<CallbackPath> ParseCallbackPath(std::string_view path);

}  // namespace payout::callback

#endif  // PAYOUT_ADAPTERS_CALLBACK_CALLBACK_PATH_H_
