#include "adapters/echelon/shown_request.h"

#include <algorithm>
#include <optional>

#include "adapters/echelon/json_reader.h"

namespace payout::echelon {
namespace {

constexpr std::string_view kMasked = "\"***\"";
constexpr std::string_view kShownTexts[] = {
    "currencyCode",      "segmentCode",         "exchangedToCurrency",
    "paymentMethodCode", "paymentOperatorCode", "accountType",
    "bankCode"};

// Needs no escaping, and cannot hide anything.
bool IsPlain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.:/[]").find(c) != std::string_view::npos;
  });
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The last segment of the path is the capability.
std::string ShownUrl(std::string_view url) {
  const std::size_t end = url.rfind('/');
  if (end == std::string_view::npos || !IsPlain(url)) return std::string(kMasked);
  return Quoted(std::string(url.substr(0, end + 1)) + "***");
}

void Append(const JsonValue& value, std::string& text) {
  switch (value.kind) {
    case JsonValue::Kind::kObject: {
      text += '{';
      bool first = true;
      for (const JsonValue& member : value.items) {
        if (!first) text += ',';
        first = false;
        text += (IsPlain(member.name) ? Quoted(member.name) : std::string(kMasked)) + ":";
        Append(member, text);
      }
      text += '}';
      return;
    }
    case JsonValue::Kind::kNumber:
      text += value.name == "amount" ? value.text : std::string(kMasked);
      return;
    case JsonValue::Kind::kString:
      if (value.name == "callbackUrl") {
        text += ShownUrl(value.text);
        return;
      }
      text +=
          std::ranges::count(kShownTexts, std::string_view(value.name)) > 0 && IsPlain(value.text)
              ? Quoted(value.text)
              : std::string(kMasked);
      return;
    case JsonValue::Kind::kArray:
    case JsonValue::Kind::kBool:
    case JsonValue::Kind::kNull:
      text += kMasked;
      return;
  }
}

}  // namespace

std::string ShownBody(std::string_view body) {
  const std::optional<JsonValue> json = ReadJson(body);
  if (!json) return std::string(kMasked);
  std::string text;
  Append(*json, text);
  return text;
}

}  // namespace payout::echelon
