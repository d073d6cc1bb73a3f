// The exit codes of payoutctl. Documented in --help and relied on by scripts: never renumbered.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_EXIT_CODE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_EXIT_CODE_H_

#include "client/error.h"

namespace payout::payoutctl {

enum ExitCode : int {
  kExitOk = 0,
  kExitOther = 1,
  kExitUsage = 2,        // bad usage, INVALID_ARGUMENT
  kExitNotFound = 3,     // NOT_FOUND
  kExitDenied = 4,       // UNAUTHENTICATED, PERMISSION_DENIED
  kExitConflict = 5,     // ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE, ABORTED
  kExitUnavailable = 6,  // unreachable, UNAVAILABLE, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED of reads
  kExitUnknown = 7,      // a create whose outcome is unknown: repeat with the same id
  kExitNotPaid = 8,      // waited; FAILED, REFUSED or CANCELLED
  kExitNotSettled = 9,   // waited; not settled yet
  kExitInterrupted = 130  // Ctrl-C
};

// For the footer of --help.
extern const char kExitCodeHelp[];

ExitCode ExitCodeOf(const client::CallError& error);

// The one that says most about a run of many: an unknown outcome outranks everything but an
// interrupt, and any failure outranks "not settled yet".
ExitCode Worse(ExitCode left, ExitCode right);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_EXIT_CODE_H_
