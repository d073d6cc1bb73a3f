#include "server/main/config/toml_tree.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <toml++/toml.h>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace payout {
namespace {

Place PlaceOf(const toml::source_region& source, std::string_view name) {
  return {std::string(name), static_cast<int>(source.begin.line),
          static_cast<int>(source.begin.column)};
}

absl::Time TimeOf(const toml::date_time& value) {
  const absl::CivilSecond civil(value.date.year, value.date.month, value.date.day, value.time.hour,
                                value.time.minute, value.time.second);
  return absl::FromCivil(civil, absl::UTCTimeZone()) - absl::Minutes(value.offset->minutes) +
         absl::Nanoseconds(value.time.nanosecond);
}

// toml++ quotes the file as it is; a message is one line, whatever is in the file.
std::string OneLine(std::string_view message) {
  std::string line;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      line += absl::StrFormat("\\x%02X", static_cast<unsigned>(byte));
    } else {
      line += c;
    }
  }
  return line;
}

TomlNode Convert(const toml::node& from, std::string_view name) {
  TomlNode to;
  to.place = PlaceOf(from.source(), name);
  if (const auto* text = from.as_string()) {
    to.kind = TomlNode::Kind::kText;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = TomlNode::Kind::kInteger;
    to.integer = integer->get();
  } else if (from.is_floating_point()) {
    to.kind = TomlNode::Kind::kFloat;
  } else if (const auto* boolean = from.as_boolean()) {
    to.kind = TomlNode::Kind::kBoolean;
    to.boolean = boolean->get();
  } else if (const auto* time = from.as_date_time(); time && time->get().offset) {
    to.kind = TomlNode::Kind::kTime;
    to.time = TimeOf(time->get());
  } else if (const auto* array = from.as_array()) {
    to.kind = TomlNode::Kind::kArray;
    for (const toml::node& item : *array) to.items.push_back(Convert(item, name));
  } else if (const auto* table = from.as_table()) {
    to.kind = TomlNode::Kind::kTable;
    for (const auto& [key, value] : *table) {
      to.members.push_back(
          {std::string(key.str()), PlaceOf(key.source(), name), Convert(value, name)});
    }
    // toml++ sorts by key; people read from top to bottom.
    std::stable_sort(
        to.members.begin(), to.members.end(), [](const TomlMember& a, const TomlMember& b) {
          return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
        });
  } else {
    to.kind = TomlNode::Kind::kLocalTime;
  }
  return to;
}

}  // namespace

const TomlMember* TomlNode::Find(std::string_view key) const {
  for (const TomlMember& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

std::string_view TomlNode::KindName() const {
  switch (kind) {
    case Kind::kText:
      return "text";
    case Kind::kInteger:
      return "an integer";
    case Kind::kFloat:
      return "a number with a point";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kTime:
      return "a time";
    case Kind::kLocalTime:
      return "a local date or time";
    case Kind::kArray:
      return "an array";
    case Kind::kTable:
      return "a table";
  }
  return "a value";
}

std::optional<TomlNode> ParseToml(std::string_view text, std::string_view name,
                                  Problems& problems) {
  try {
    return Convert(toml::parse(text), name);
  } catch (const toml::parse_error& error) {
    problems.push_back(
        {Problem::Severity::kError, PlaceOf(error.source(), name), OneLine(error.description())});
    return std::nullopt;
  }
}

std::string TomlQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += absl::StrFormat("\\u%04X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  return quoted;
}

}  // namespace payout
