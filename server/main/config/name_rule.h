// Names that the configuration gives to merchants and tenants.
//
// Used by: config, credentials. They occur in URLs, logs and metrics, so they are plain.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_NAME_RULE_H_
#define PAYOUT_SERVER_MAIN_CONFIG_NAME_RULE_H_

#include <string_view>

namespace payout {

inline constexpr std::string_view kNameRule = "names have 1 to 40 characters of a-z, 0-9 and -";

constexpr bool IsName(std::string_view text) {
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return !text.empty() && text.size() <= 40;
}

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_NAME_RULE_H_
