#include "server/main/logging/log_line.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace payout {
namespace {

constexpr std::size_t kValueMax = 2048;
constexpr std::size_t kLineUsual = 320;  // bytes; most lines are shorter
constexpr std::array<std::string_view, 11> kSecretNames = {
    "token",        "secret",        "authorization", "account_number",
    "account_name", "email_address", "phone_number",  "customer_ip",
    "customer_id",  "remark",        "body"};
constexpr std::array<std::string_view, 3> kOwnNames = {"ts", "level", "event"};

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

void AppendEscaped(std::string& line, const std::string& clean) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
  line.append(buffer.GetString(), buffer.GetSize());
}

void AppendJsonString(std::string& line, std::string_view text) {
  const bool plain = text.size() <= kValueMax && std::all_of(text.begin(), text.end(), [](char c) {
                       return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
                     });
  if (!plain) return AppendEscaped(line, Clean(text, false));
  line += '"';
  line += text;
  line += '"';
}

// As it is when that cannot be misread, else as a JSON string.
void AppendText(std::string& line, std::string_view text) {
  constexpr std::string_view kPlain = "_./:+@%,~-[]";
  const bool plain = !text.empty() && text.size() <= kValueMax &&
                     std::all_of(text.begin(), text.end(), [&](char c) {
                       return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                              kPlain.find(c) != std::string_view::npos;
                     });
  if (!plain) return AppendEscaped(line, Clean(text, true));
  line += text;
}

// The last `width` digits, with leading zeros.
void AppendDigits(std::string& line, std::int64_t number, std::size_t width) {
  line.append(width, '0');
  for (auto digit = line.rbegin(); width > 0 && number > 0; --width, ++digit, number /= 10) {
    *digit = static_cast<char>('0' + number % 10);
  }
}

// "2026-01-02T03:04:05.678Z", or with microseconds. absl::FormatTime costs as much as all the rest
// of a line.
void AppendTime(std::string& line, absl::Time at, std::size_t fraction_digits) {
  const absl::TimeZone::CivilInfo utc = absl::UTCTimeZone().At(at);
  const std::int64_t micros = absl::ToInt64Microseconds(utc.subsecond);
  AppendDigits(line, utc.cs.year(), 4);
  line += '-';
  AppendDigits(line, utc.cs.month(), 2);
  line += '-';
  AppendDigits(line, utc.cs.day(), 2);
  line += 'T';
  AppendDigits(line, utc.cs.hour(), 2);
  line += ':';
  AppendDigits(line, utc.cs.minute(), 2);
  line += ':';
  AppendDigits(line, utc.cs.second(), 2);
  line += '.';
  AppendDigits(line, fraction_digits == 3 ? micros / 1000 : micros, fraction_digits);
  line += 'Z';
}

// `append` writes text in the way of the line's style.
void AppendValue(std::string& line, const LogField& field,
                 void (*append)(std::string&, std::string_view)) {
  if (IsRedactedField(field.name)) {
    append(line, kRedacted);
  } else if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    append(line, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    absl::StrAppend(&line, *number);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

void AppendJsonLine(std::string& line, const LogRecord& record, absl::Time at) {
  line += R"({"ts":")";
  AppendTime(line, at, 6);
  line += R"(","level":)";
  AppendJsonString(line, LogLevelName(record.level));
  line += R"(,"event":)";
  AppendJsonString(line, record.event);
  for (std::size_t i = 0; i < record.field_count; ++i) {
    const LogField& field = record.fields[i];
    line += ',';
    const bool ours = std::find(kOwnNames.begin(), kOwnNames.end(), field.name) != kOwnNames.end();
    AppendJsonString(line, field.name);
    if (ours) line.insert(line.size() - 1, 1, '_');
    line += ':';
    AppendValue(line, field, AppendJsonString);
  }
  line += '}';
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

void AppendTextLine(std::string& line, const LogRecord& record, absl::Time at, bool colored) {
  constexpr std::size_t kLevelWidth = 7;  // "warning"
  std::string level = absl::AsciiStrToUpper(
      absl::string_view(LogLevelName(record.level).data(), LogLevelName(record.level).size()));
  level.resize(std::max(level.size(), kLevelWidth), ' ');
  const std::string_view reset = colored ? "\x1b[0m" : "";
  AppendTime(line, at, 3);
  line += ' ';
  if (colored) line += Color(record.level);
  line += level;
  line += reset;
  line += colored ? " \x1b[1m" : " ";
  AppendText(line, record.event);
  line += reset;
  for (std::size_t i = 0; i < record.field_count; ++i) {
    line += ' ';
    AppendText(line, record.fields[i].name);
    line += '=';
    AppendValue(line, record.fields[i], AppendText);
  }
}

}  // namespace

std::string LogLine(const LogRecord& record, absl::Time at, LogStyle style) {
  std::string line;
  line.reserve(kLineUsual);
  if (style == LogStyle::kJson) {
    AppendJsonLine(line, record, at);
  } else {
    AppendTextLine(line, record, at, style == LogStyle::kColoredText);
  }
  return line;
}

bool IsRedactedField(std::string_view name) {
  return std::any_of(kSecretNames.begin(), kSecretNames.end(), [&](std::string_view secret) {
    if (name == secret) return true;
    return name.size() > secret.size() && name.substr(name.size() - secret.size()) == secret &&
           name[name.size() - secret.size() - 1] == '_';
  });
}

}  // namespace payout
