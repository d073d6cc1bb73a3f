#include "client/payoutctl/table.h"

#include <algorithm>

namespace payout::payoutctl {
namespace {

const char* Code(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "";
    case Ink::kGood:
      return "\033[32m";
    case Ink::kBad:
      return "\033[31m";
    case Ink::kWarning:
      return "\033[1;33m";
    case Ink::kActive:
      return "\033[36m";
    case Ink::kDim:
      return "\033[2m";
    case Ink::kBold:
      return "\033[1m";
  }
  return "";
}

// Characters, not bytes: continuation bytes of UTF-8 take no room.
size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string Paint(const std::string& text, Ink ink, bool colored) {
  if (!colored || ink == Ink::kPlain || text.empty()) return text;
  return Code(ink) + text + "\033[0m";
}

std::string Clean(const std::string& text) {
  std::string clean = text;
  for (size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    // C2 80 to C2 9F are the C1 controls, of which some terminals obey CSI.
    const bool c1 =
        byte == 0xC2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F) clean[i] = '?';
    if (c1) clean[i] = clean[i + 1] = '?';
  }
  return clean;
}

std::string Table::Format(const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::vector<Cell>> cleaned = rows;
  for (auto& row : cleaned) {
    if (widths_.size() < row.size()) widths_.resize(row.size(), 0);
    for (size_t i = 0; i < row.size(); ++i) {
      row[i].text = Clean(row[i].text);
      widths_[i] = std::max(widths_[i], Width(row[i].text));
    }
  }
  std::string lines;
  for (const auto& row : cleaned) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths_[i] - Width(row[i].text), ' ');
      if (row[i].right) line += pad;
      line += Paint(row[i].text, row[i].ink, colored_);
      if (i + 1 < row.size()) line += (row[i].right ? "" : pad) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  }
  return lines;
}

}  // namespace payout::payoutctl
