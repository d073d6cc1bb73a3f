// ParseCommandLine: flags and PAYOUTCTL_* variables into CommandLine. The one file that knows
// CLI11.
//
// Precedence: flag, then environment, then default.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_COMMAND_LINE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_COMMAND_LINE_H_

#include <optional>
#include <string>

#include "client/payoutctl/options.h"

namespace payout::payoutctl {

struct Parsed {
  // Absent: there is nothing to run; `text` is help to print, or what is wrong.
  std::optional<CommandLine> command;
  bool is_error = false;
  std::string text;
  // How the user wants to read an error, as far as it could be found out.
  GlobalOptions global;
};

Parsed ParseCommandLine(int argc, const char* const* argv);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_COMMAND_LINE_H_
