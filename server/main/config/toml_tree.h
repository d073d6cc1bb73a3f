// TomlNode: a parsed TOML file as plain values, each with its position.
//
// Used by: config and credentials. It keeps toml++, which is slow to compile and throws, in one
// file. Thread-safety: a value.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_TOML_TREE_H_
#define PAYOUT_SERVER_MAIN_CONFIG_TOML_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/main/config/problem.h"

namespace payout {

struct TomlMember;

struct TomlNode {
  enum class Kind {
    kText,
    kInteger,
    kFloat,
    kBoolean,
    kTime,       // date and time with an offset
    kLocalTime,  // any other date or time
    kArray,
    kTable,
  };

  Kind kind = Kind::kTable;
  Place place;
  // What belongs to `kind` is set.
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  absl::Time time;
  std::vector<TomlNode> items;
  std::vector<TomlMember> members;  // in the order of the file

  // nullptr when this is no table or has no such member.
  const TomlMember* Find(std::string_view key) const;
  // "text", "an integer", "an array", … for messages.
  std::string_view KindName() const;
};

struct TomlMember {
  std::string key;
  Place place;  // of the key
  TomlNode value;
};

// The root table. nullopt after a syntax error, which is added to `problems`; there is at most one,
// because what follows it cannot be trusted. `name` is what positions call the file.
std::optional<TomlNode> ParseToml(std::string_view text, std::string_view name, Problems& problems);

// A TOML basic string, quoted and escaped.
std::string TomlQuoted(std::string_view text);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_TOML_TREE_H_
