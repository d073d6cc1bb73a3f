// What is no single value in a configuration file: merchants, tenants, currencies, callback keys.
//
// Used by: load. Pure.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_LOAD_LISTS_H_
#define PAYOUT_SERVER_MAIN_CONFIG_LOAD_LISTS_H_

#include <optional>
#include <string>
#include <string_view>

#include "server/main/config/load_state.h"
#include "server/main/config/toml_tree.h"

namespace payout {

// Reads [[callbacks.keys]], [[merchants]], [[tenants]] and [currencies]; `target.config.platform`
// is complete by then, because merchants begin with it.
void LoadLists(const TomlNode& root, LoadState& state);

// Explains keys that would put a secret into the configuration itself; nullopt for others.
// `section` is "merchants", "callbacks.keys", "auth" …
std::optional<std::string> ExplainSecretKey(std::string_view section, std::string_view key);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_LOAD_LISTS_H_
