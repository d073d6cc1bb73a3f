// The commands of operators on the command line: pause, resume, review, admin.
//
// Used by: command_line.cc.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_OPERATOR_COMMAND_LINE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_OPERATOR_COMMAND_LINE_H_

#include <deque>

#include <CLI/CLI.hpp>

#include "client/payoutctl/options.h"

namespace payout::payoutctl {

// Each command has options of its own in `storage`, which lives until `app` has parsed: variables
// of the environment are read for commands that were not given, too, and would overrule the flags
// of the one that was.
void AddOperatorCommands(CLI::App& app, CommandLine& line, std::deque<AdminOptions>& storage);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_OPERATOR_COMMAND_LINE_H_
