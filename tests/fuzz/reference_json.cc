#include "tests/fuzz/reference_json.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace payout::fuzz {
namespace {

constexpr int kDepthMax = 64;

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<JsonText> Read() {
    Space();
    if (!Value(result_.root, 1)) return std::nullopt;
    Space();
    if (!rest_.empty()) return std::nullopt;
    return std::move(result_);
  }

 private:
  bool Take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void Space() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }
  std::size_t Digits() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    rest_.remove_prefix(count);
    return count;
  }

  bool Value(Json& into, int depth) {
    ++result_.values;
    if (Take("null")) return true;
    if (Take("true") || Take("false")) {
      into.kind = Json::Kind::kBool;
      return true;
    }
    if (rest_.empty()) return false;
    if (rest_[0] == '"') {
      into.kind = Json::Kind::kString;
      return String(into.text);
    }
    if (rest_[0] == '{' || rest_[0] == '[') {
      if (depth > kDepthMax) return false;
      result_.depth = std::max(result_.depth, depth);
      return rest_[0] == '{' ? Object(into, depth) : Array(into, depth);
    }
    return Number(into);
  }

  bool Number(Json& into) {
    const std::string_view from = rest_;
    Take("-");
    if (!Take("0") && Digits() == 0) return false;
    if (Take(".") && Digits() == 0) return false;
    if (Take("e") || Take("E")) {
      if (!Take("+")) Take("-");
      const std::size_t digits = Digits();
      if (digits == 0) return false;
      if (digits > 2) result_.extreme_numbers = true;
    }
    into.kind = Json::Kind::kNumber;
    into.text = from.substr(0, from.size() - rest_.size());
    if (into.text.size() > 200) result_.extreme_numbers = true;
    return true;
  }

  bool Array(Json& into, int depth) {
    into.kind = Json::Kind::kArray;
    Take("[");
    Space();
    if (Take("]")) return true;
    do {
      Space();
      if (!Value(into.items.emplace_back(), depth + 1)) return false;
      Space();
    } while (Take(","));
    return Take("]");
  }

  bool Object(Json& into, int depth) {
    into.kind = Json::Kind::kObject;
    Take("{");
    Space();
    if (Take("}")) return true;
    do {
      Space();
      std::string name;
      if (rest_.empty() || rest_[0] != '"' || !String(name)) return false;
      for (const auto& [known, value] : into.members) {
        if (known == name) result_.duplicates = true;
      }
      Space();
      if (!Take(":")) return false;
      Space();
      into.members.push_back({std::move(name), Json()});
      if (!Value(into.members.back().value, depth + 1)) return false;
      Space();
    } while (Take(","));
    return Take("}");
  }

  bool Unit(std::uint32_t& unit) {
    if (rest_.size() < 4) return false;
    unit = 0;
    for (int i = 0; i < 4; ++i, rest_.remove_prefix(1)) {
      const char c = rest_[0];
      const bool digit = c >= '0' && c <= '9';
      const char letter = static_cast<char>(c | 0x20);
      if (!digit && !(letter >= 'a' && letter <= 'f')) return false;
      unit = unit * 16 + static_cast<std::uint32_t>(digit ? c - '0' : letter - 'a' + 10);
    }
    return true;
  }

  static void Append(std::string& out, std::uint32_t point) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
      add(point);
    } else if (point < 0x800) {
      add(0xC0 | point >> 6);
      add(0x80 | (point & 63));
    } else if (point < 0x10000) {
      add(0xE0 | point >> 12);
      add(0x80 | (point >> 6 & 63));
      add(0x80 | (point & 63));
    } else {
      add(0xF0 | point >> 18);
      add(0x80 | (point >> 12 & 63));
      add(0x80 | (point >> 6 & 63));
      add(0x80 | (point & 63));
    }
  }

  bool Escape(std::string& out) {
    static constexpr std::string_view kFrom = "\"\\/bfnrt";
    static constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c != 'u') {
      const std::size_t at = kFrom.find(c);
      if (at == std::string_view::npos) return false;
      out += kTo[at];
      return true;
    }
    std::uint32_t unit = 0;
    if (!Unit(unit)) return false;
    if (unit >= 0xD800 && unit < 0xDC00) {
      const std::string_view before = rest_;
      std::uint32_t low = 0;
      if (Take("\\u") && Unit(low) && low >= 0xDC00 && low < 0xE000) {
        Append(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
      rest_ = before;
    }
    if (unit >= 0xD800 && unit < 0xE000) {
      result_.lone_surrogates = true;
      unit = '?';
    }
    Append(out, unit);
    return true;
  }

  bool String(std::string& out) {
    Take("\"");
    const std::string_view from = rest_;
    while (!rest_.empty()) {
      const char c = rest_[0];
      if (static_cast<unsigned char>(c) < 0x20) return false;
      rest_.remove_prefix(1);
      if (c == '"') return IsUtf8(from.substr(0, from.size() - rest_.size()));
      if (c == '\\') {
        if (!Escape(out)) return false;
      } else {
        out += c;
      }
    }
    return false;
  }

  std::string_view rest_;
  JsonText result_;
};

}  // namespace

const Json* Json::Find(std::string_view name) const {
  for (const auto& [known, value] : members) {
    if (known == name) return value.Is(Kind::kNull) ? nullptr : &value;
  }
  return nullptr;
}

std::optional<JsonText> ReadReferenceJson(std::string_view text) { return Reader(text).Read(); }

bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80       ? 1
                               : byte >> 5 == 6  ? 2
                               : byte >> 4 == 14 ? 3
                               : byte >> 3 == 30 ? 4
                                                 : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t point = length == 1 ? byte : byte & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 63);
    }
    static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
      return false;
    i += length;
  }
  return true;
}

std::size_t CodePoints(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace payout::fuzz
