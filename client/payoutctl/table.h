// Table and Paint: aligned columns and colours for text output.
//
// Pure. Whatever came from elsewhere is cleaned of control characters, so that a server cannot
// steer the terminal.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_TABLE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace payout::payoutctl {

enum class Ink { kPlain, kGood, kBad, kWarning, kActive, kDim, kBold };

// `text` in the colour, or as it is when `colored` is false.
std::string Paint(const std::string& text, Ink ink, bool colored);

// Replaces control characters by '?'. Line breaks too.
std::string Clean(const std::string& text);

struct Cell {
  std::string text;
  Ink ink = Ink::kPlain;
  bool right = false;
};

// Columns keep their widths between blocks of rows, growing only, so that pages line up.
class Table {
 public:
  explicit Table(bool colored) : colored_(colored) {}
  // Rows of cleaned cells as lines; the last column is not padded.
  std::string Format(const std::vector<std::vector<Cell>>& rows);

 private:
  const bool colored_;
  std::vector<size_t> widths_;
};

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_TABLE_H_
