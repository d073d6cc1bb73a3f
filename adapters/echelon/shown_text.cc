#include "adapters/echelon/shown_text.h"

namespace payout::echelon {

std::string ShownText(std::string_view text, std::size_t code_points_max) {
  std::string shown;
  std::size_t code_points = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool continues = (byte & 0xC0) == 0x80;
    if (!continues && ++code_points > code_points_max) break;
    const bool c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    shown += c1 || byte < 0x20 || byte == 0x7F ? ' ' : text[i];
  }
  return shown;
}

std::string ShownMember(const JsonValue& object, std::string_view name,
                        std::size_t code_points_max) {
  const JsonValue* member = object.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? std::string() : ShownText(*text, code_points_max);
}

}  // namespace payout::echelon
