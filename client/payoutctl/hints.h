// Hints: what a person can do about an error, beyond what the error says.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_HINTS_H_
#define PAYOUT_CLIENT_PAYOUTCTL_HINTS_H_

#include <optional>
#include <string>

#include "client/payoutctl/session.h"

namespace payout::payoutctl {

// May open a connection to find out more (see probe.h). Empty: nothing to add.
std::string HintFor(const Session& session, const client::CallError& error);

// Prints an error of a call with its hint; exit code 130 when the user interrupted it.
ExitCode Fail(const Session& session, const client::CallError& error,
              const std::string& payout_id = "");

// Whether the server can be reached at all, asked with a health check before money is at stake: as
// long as nothing was sent, an unreachable server is no unknown outcome. Absent: it answers.
std::optional<client::CallError> CheckReachable(const Session& session);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_HINTS_H_
