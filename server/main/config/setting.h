// Setting: one scalar of the configuration: its names, its range, what it means, where it is kept.
//
// Used by: load (reading it from text and TOML), print, cli (flags). One table, settings.cc, makes
// file, environment and flags agree. Thread-safety: the table is constant; functions are pure.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_SETTING_H_
#define PAYOUT_SERVER_MAIN_CONFIG_SETTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "server/main/config/config.h"
#include "server/main/config/toml_tree.h"

namespace payout {

// What is being filled: the configuration, and the one merchant that flags and variables can
// describe.
struct LoadTarget {
  Config config;
  std::string merchant_code;
  std::string merchant_secret_file;
};

struct BaseUrlSlot {
  std::string* text;
};
struct StoreUrlSlot {
  std::string* text;
};

// Times that follow each other: in a file a list, elsewhere text with commas between them.
struct DurationsSlot {
  std::vector<absl::Duration>* durations;
  std::size_t at_least = 0;
};

using Slot =
    std::variant<std::string*, int*, bool*, absl::Duration*, ListenAddress*, LogFormat*, LogLevel*,
                 ResubmitMode*, TenantName*, BaseUrlSlot, StoreUrlSlot, DurationsSlot>;

struct Setting {
  std::string_view section;
  std::string_view key;
  std::string_view flag;     // "--listen"; empty: none
  std::string_view example;  // what stands for the value in --help
  std::string_view help;
  // Of numbers; of durations, each of a list, in milliseconds.
  std::int64_t min = 0;
  std::int64_t max = 0;
  // One of them: where it is kept. Settings of the platform can be set per merchant as well.
  Slot (*slot)(LoadTarget&) = nullptr;
  Slot (*platform_slot)(PlatformConfig&) = nullptr;

  std::string Path() const;      // "grpc.listen"
  std::string Variable() const;  // "PAYOUT_GATEWAY_GRPC_LISTEN"
  // False for the merchant that flags and variables describe; a file has [[merchants]] for that.
  bool InFile() const { return section != "merchant"; }
  Slot SlotIn(LoadTarget& target) const;
};

inline constexpr std::string_view kVariablePrefix = "PAYOUT_GATEWAY_";

// In the order in which they are printed; the keys of a section stand together.
const std::vector<Setting>& AllSettings();

// nullptr when there is none.
const Setting* FindSetting(std::string_view section, std::string_view key);

// Both set the slot, or leave it and return INVALID_ARGUMENT with what is wrong; the message
// follows the path of the setting: "needs …", "\"10\" has no unit …".
absl::Status SetFromText(const Setting& setting, const Slot& slot, std::string_view text);
absl::Status SetFromToml(const Setting& setting, const Slot& slot, const TomlNode& value);

// As it stands in a TOML file.
std::string ToToml(const Slot& slot);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_SETTING_H_
