#include "server/main/logging/log_line.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/strings/ascii.h"

namespace payout {
namespace {

constexpr std::size_t kValueMax = 2048;
constexpr std::array<std::string_view, 11> kSecretNames = {
    "token",        "secret",        "authorization", "account_number",
    "account_name", "email_address", "phone_number",  "customer_ip",
    "customer_id",  "remark",        "body"};
constexpr std::array<std::string_view, 3> kOwnNames = {"ts", "level", "event"};

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// Length of the well-formed character at the beginning, 0 when there is none.
std::size_t CharacterLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond Unicode.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// What a terminal would obey instead of showing: DEL, the C1 controls and marks that reverse the
// direction of text.
bool SteersTerminal(std::string_view character) {
  if (character.size() == 1) return character[0] == 0x7f;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  return (byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||  // U+202A to U+202E
         (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);    // U+2066 to U+2069
}

std::string Clean(std::string_view text, bool for_terminal) {
  const bool cut = text.size() > kValueMax;
  if (cut) {
    std::size_t end = kValueMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(1, length));
    const bool bad = length == 0 || (for_terminal && SteersTerminal(character));
    clean += bad ? std::string_view("\xEF\xBF\xBD") : character;
    text.remove_prefix(character.size());
  }
  if (cut) clean += "…";
  return clean;
}

void WriteString(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string JsonLine(const LogRecord& record, absl::Time at) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("ts");
  WriteString(writer, absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", at, absl::UTCTimeZone()));
  writer.Key("level");
  WriteString(writer, LogLevelName(record.level));
  writer.Key("event");
  WriteString(writer, Clean(record.event, false));
  for (std::size_t i = 0; i < record.field_count; ++i) {
    const LogField& field = record.fields[i];
    std::string name = Clean(field.name, false);
    if (std::find(kOwnNames.begin(), kOwnNames.end(), name) != kOwnNames.end()) name += '_';
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    if (IsRedactedField(field.name)) {
      WriteString(writer, kRedacted);
    } else if (const auto* text = std::get_if<std::string>(&field.value)) {
      WriteString(writer, Clean(*text, false));
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      writer.Int64(*number);
    } else {
      writer.Bool(std::get<bool>(field.value));
    }
  }
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

// As it is when that cannot be misread, else as a JSON string.
std::string TextValue(std::string_view text) {
  constexpr std::string_view kPlain = "_./:+@%,~-[]";
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kPlain.find(c) != std::string_view::npos;
  });
  if (plain) return std::string(text);
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  WriteString(writer, Clean(text, true));
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string FieldText(const LogField& field) {
  if (IsRedactedField(field.name)) return std::string(kRedacted);
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    return TextValue(*text);
  }
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  return std::get<bool>(field.value) ? "true" : "false";
}

std::string_view Color(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "\x1b[2m";
    case LogLevel::kInfo:
      return "\x1b[32m";
    case LogLevel::kWarning:
      return "\x1b[33m";
    case LogLevel::kError:
      return "\x1b[31m";
  }
  return "";
}

std::string TextLine(const LogRecord& record, absl::Time at, bool colored) {
  constexpr std::size_t kLevelWidth = 7;  // "warning"
  std::string level = absl::AsciiStrToUpper(
      absl::string_view(LogLevelName(record.level).data(), LogLevelName(record.level).size()));
  level.resize(std::max(level.size(), kLevelWidth), ' ');
  const std::string_view reset = colored ? "\x1b[0m" : "";
  std::string line = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ ", at, absl::UTCTimeZone());
  if (colored) line += Color(record.level);
  line += level;
  line += reset;
  line += colored ? " \x1b[1m" : " ";
  line += TextValue(record.event);
  line += reset;
  for (std::size_t i = 0; i < record.field_count; ++i) {
    line += ' ';
    line += TextValue(record.fields[i].name);
    line += '=';
    line += FieldText(record.fields[i]);
  }
  return line;
}

}  // namespace

std::string LogLine(const LogRecord& record, absl::Time at, LogStyle style) {
  if (style == LogStyle::kJson) return JsonLine(record, at);
  return TextLine(record, at, style == LogStyle::kColoredText);
}

bool IsRedactedField(std::string_view name) {
  return std::any_of(kSecretNames.begin(), kSecretNames.end(), [&](std::string_view secret) {
    if (name == secret) return true;
    return name.size() > secret.size() && name.substr(name.size() - secret.size()) == secret &&
           name[name.size() - secret.size() - 1] == '_';
  });
}

}  // namespace payout
