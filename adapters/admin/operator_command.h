// The commands of operators as JSON bodies, read strictly.
//
// Used by: operator_api and its tests. Pure. One JSON object of strings and lists of strings; a
// member that is unknown, given twice, of another type or out of bounds is an error, because a
// misspelt "merchant" must not pause everything.

#ifndef PAYOUT_ADAPTERS_ADMIN_OPERATOR_COMMAND_H_
#define PAYOUT_ADAPTERS_ADMIN_OPERATOR_COMMAND_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/decide_review.h"

namespace payout::admin {

inline constexpr std::size_t kOperatorNameMax = 100;  // bytes
inline constexpr std::size_t kNoteMax = 1000;         // bytes

// {"merchant": "main", "note": "...", "operator": "..."}; without `merchant`: all of them.
struct SwitchCommand {
  std::string merchant;
  std::string note;
  std::string operator_name;  // may be empty: then who asks is known otherwise
};

// {"merchant": "main", "payout_id": "...", "verdict": "acknowledge", "reasons": ["..."],
// "note": "...", "operator": "..."}; without `reasons`: all that the verdict fits.
struct ReviewCommand {
  std::string merchant;
  std::string payout_id;
  ReviewOrder order;
  std::string note;
  std::string operator_name;
};

// INVALID_ARGUMENT with what is wrong, for people; values are not quoted.
absl::StatusOr<SwitchCommand> ParseSwitchCommand(std::string_view body);
absl::StatusOr<ReviewCommand> ParseReviewCommand(std::string_view body);

// Printable text of one line, valid UTF-8, 1 to `max` bytes.
bool IsLine(std::string_view text, std::size_t max);

}  // namespace payout::admin

#endif  // PAYOUT_ADAPTERS_ADMIN_OPERATOR_COMMAND_H_
