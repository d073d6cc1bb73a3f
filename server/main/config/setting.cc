#include "server/main/config/setting.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/main/config/duration_text.h"
#include "server/main/config/name_rule.h"

namespace payout {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

absl::Status Bad(const std::string& message) { return absl::InvalidArgumentError(message); }

// The words of an enum, in the order in which messages list them.
template <class T>
struct Words;
template <>
struct Words<LogFormat> {
  static constexpr std::array<std::pair<std::string_view, LogFormat>, 3> kAll = {
      {{"auto", LogFormat::kAuto}, {"json", LogFormat::kJson}, {"text", LogFormat::kText}}};
};
template <>
struct Words<LogLevel> {
  static constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kAll = {
      {{"debug", LogLevel::kDebug},
       {"info", LogLevel::kInfo},
       {"warning", LogLevel::kWarning},
       {"error", LogLevel::kError}}};
};
template <>
struct Words<ResubmitMode> {
  static constexpr std::array<std::pair<std::string_view, ResubmitMode>, 2> kAll = {
      {{"auto", ResubmitMode::kAuto}, {"manual", ResubmitMode::kManual}}};
};

template <class T>
absl::Status SetWord(T* slot, std::string_view text) {
  std::string all;
  for (const auto& [word, value] : Words<T>::kAll) {
    if (word == text) {
      *slot = value;
      return absl::OkStatus();
    }
    all += (all.empty() ? "" : ", ") + std::string(word);
  }
  return Bad(Quoted(text) + " is not one of " + all);
}

template <class T>
std::string WordOf(T value) {
  for (const auto& [word, known] : Words<T>::kAll) {
    if (known == value) return std::string(word);
  }
  return "";
}

absl::Status SetText(std::string* slot, std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (control) return Bad("must not contain control characters");
  *slot = std::string(text);
  return absl::OkStatus();
}

absl::Status SetInteger(const Setting& setting, int* slot, std::int64_t value) {
  if (value < setting.min || value > setting.max) {
    return Bad(
        absl::StrCat("is ", value, ", which is not within ", setting.min, " to ", setting.max));
  }
  *slot = static_cast<int>(value);
  return absl::OkStatus();
}

absl::Status SetDuration(const Setting& setting, absl::Duration* slot, std::string_view text) {
  PAYOUT_ASSIGN_OR_RETURN(const absl::Duration duration, ParseDurationText(text));
  const absl::Duration min = absl::Milliseconds(setting.min);
  const absl::Duration max = absl::Milliseconds(setting.max);
  if (duration < min || duration > max) {
    return Bad(Quoted(text) + " is not within " + FormatDurationText(min) + " to " +
               FormatDurationText(max));
  }
  *slot = duration;
  return absl::OkStatus();
}

constexpr std::size_t kDurationsMax = 32;

absl::Status SetDurations(const Setting& setting, const DurationsSlot& slot,
                          const std::vector<std::string>& texts) {
  if (texts.size() < slot.at_least || texts.size() > kDurationsMax) {
    return Bad(absl::StrCat("has ", texts.size(), " times; ", slot.at_least, " to ", kDurationsMax,
                            " are allowed"));
  }
  std::vector<absl::Duration> durations(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    PAYOUT_RETURN_IF_ERROR(SetDuration(setting, &durations[i], texts[i]));
  }
  *slot.durations = std::move(durations);
  return absl::OkStatus();
}

absl::Status SetStoreUrl(std::string* slot, std::string_view text) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (text.substr(0, kSqlite.size()) != kSqlite) {
    return Bad("must be sqlite:PATH, such as \"sqlite:/var/lib/payout-gateway/payouts.db\"");
  }
  const std::string_view path = text.substr(kSqlite.size());
  if (path.empty()) return Bad("names no file; write sqlite:PATH");
  if (path.front() == ':' || path.substr(0, 2) == "//") {
    return Bad(Quoted(path) + " is no path of a file; payouts need a file that stays");
  }
  return SetText(slot, text);
}

absl::Status WrongType(std::string_view wanted, const TomlNode& value) {
  return Bad("must be " + std::string(wanted) + ", not " + std::string(value.KindName()));
}

}  // namespace

std::string Setting::Path() const { return std::string(section) + "." + std::string(key); }

std::string Setting::Variable() const {
  std::string name = std::string(section) + "_" + std::string(key);
  absl::AsciiStrToUpper(&name);
  return std::string(kVariablePrefix) + name;
}

Slot Setting::SlotIn(LoadTarget& target) const {
  return platform_slot != nullptr ? platform_slot(target.config.platform) : slot(target);
}

const Setting* FindSetting(std::string_view section, std::string_view key) {
  for (const Setting& setting : AllSettings()) {
    if (setting.section == section && setting.key == key) return &setting;
  }
  return nullptr;
}

absl::Status SetFromText(const Setting& setting, const Slot& slot, std::string_view text) {
  return std::visit(
      Overloaded{
          [&](std::string* to) { return SetText(to, text); },
          [&](int* to) {
            std::int64_t value = 0;
            if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value)) {
              return Bad(Quoted(text) + " is no whole number");
            }
            return SetInteger(setting, to, value);
          },
          [&](bool* to) {
            if (text != "true" && text != "false")
              return Bad(Quoted(text) + " is not true or false");
            *to = text == "true";
            return absl::OkStatus();
          },
          [&](absl::Duration* to) { return SetDuration(setting, to, text); },
          [&](ListenAddress* to) -> absl::Status {
            PAYOUT_ASSIGN_OR_RETURN(*to, ParseListenAddress(text));
            return absl::OkStatus();
          },
          [&](LogFormat* to) { return SetWord(to, text); },
          [&](LogLevel* to) { return SetWord(to, text); },
          [&](ResubmitMode* to) { return SetWord(to, text); },
          [&](TenantName* to) {
            if (!text.empty() && !IsName(text)) {
              return Bad(Quoted(text) + " is no name; " + std::string(kNameRule));
            }
            *to = TenantName(std::string(text));
            return absl::OkStatus();
          },
          [&](const BaseUrlSlot& to) -> absl::Status {
            PAYOUT_ASSIGN_OR_RETURN(const BaseUrl url, ParseBaseUrl(text));
            *to.text = url.text;
            return absl::OkStatus();
          },
          [&](const StoreUrlSlot& to) { return SetStoreUrl(to.text, text); },
          [&](const DurationsSlot& to) {
            std::vector<std::string> texts;
            if (!text.empty()) texts = absl::StrSplit(ToAbsl(text), ',');
            for (std::string& one : texts) absl::StripAsciiWhitespace(&one);
            return SetDurations(setting, to, texts);
          },
      },
      slot);
}

absl::Status SetFromToml(const Setting& setting, const Slot& slot, const TomlNode& value) {
  if (auto* const* number = std::get_if<int*>(&slot)) {
    if (value.kind != TomlNode::Kind::kInteger) return WrongType("a whole number", value);
    return SetInteger(setting, *number, value.integer);
  }
  if (auto* const* boolean = std::get_if<bool*>(&slot)) {
    if (value.kind != TomlNode::Kind::kBoolean) return WrongType("true or false", value);
    **boolean = value.boolean;
    return absl::OkStatus();
  }
  if (const auto* list = std::get_if<DurationsSlot>(&slot)) {
    constexpr std::string_view kWanted = "a list of times, such as [\"30s\", \"5m\"]";
    if (value.kind != TomlNode::Kind::kArray) return WrongType(kWanted, value);
    std::vector<std::string> texts;
    for (const TomlNode& item : value.items) {
      if (item.kind != TomlNode::Kind::kText) return WrongType(kWanted, item);
      texts.push_back(item.text);
    }
    return SetDurations(setting, *list, texts);
  }
  if (value.kind != TomlNode::Kind::kText) {
    const bool duration = std::holds_alternative<absl::Duration*>(slot);
    return WrongType(duration ? "text with a unit, such as \"30s\"" : "text", value);
  }
  return SetFromText(setting, slot, value.text);
}

std::string ToToml(const Slot& slot) {
  return std::visit(
      Overloaded{
          [](const std::string* from) { return TomlQuoted(*from); },
          [](const int* from) { return std::to_string(*from); },
          [](const bool* from) { return std::string(*from ? "true" : "false"); },
          [](const absl::Duration* from) { return TomlQuoted(FormatDurationText(*from)); },
          [](const ListenAddress* from) { return TomlQuoted(from->ToString()); },
          [](const LogFormat* from) { return TomlQuoted(WordOf(*from)); },
          [](const LogLevel* from) { return TomlQuoted(WordOf(*from)); },
          [](const ResubmitMode* from) { return TomlQuoted(WordOf(*from)); },
          [](const TenantName* from) { return TomlQuoted(from->value()); },
          [](const BaseUrlSlot& from) { return TomlQuoted(*from.text); },
          [](const StoreUrlSlot& from) { return TomlQuoted(*from.text); },
          [](const DurationsSlot& from) {
            std::vector<std::string> texts;
            for (const absl::Duration duration : *from.durations) {
              texts.push_back(TomlQuoted(FormatDurationText(duration)));
            }
            return "[" + absl::StrJoin(texts, ", ") + "]";
          },
      },
      slot);
}

}  // namespace payout
