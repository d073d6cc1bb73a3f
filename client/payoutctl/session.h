// Session: what every command works with. Lives in main for the whole run.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_SESSION_H_
#define PAYOUT_CLIENT_PAYOUTCTL_SESSION_H_

#include <memory>
#include <string>

#include "client/interrupt.h"
#include "client/payout_client.h"
#include "client/payoutctl/exit_code.h"
#include "client/payoutctl/options.h"
#include "client/payoutctl/talk.h"

namespace payout::payoutctl {

struct Session {
  const CommandLine& line;
  Talk& talk;
  client::Interrupt& interrupt;  // fires on Ctrl-C
  std::shared_ptr<const client::Channel> channel;
  const client::PayoutClient& client;

  // Options of a call that takes `by_default` unless --timeout says otherwise.
  client::CallOptions Call(absl::Duration by_default = absl::Seconds(30)) const {
    client::CallOptions options;
    options.timeout = line.global.timeout.value_or(by_default);
    options.interrupt = &interrupt;
    return options;
  }
};

// The commands. Each prints its answer or its error and returns the exit code.
ExitCode RunCreate(const Session& session);
ExitCode RunGet(const Session& session);
ExitCode RunList(const Session& session);
ExitCode RunCancel(const Session& session);
ExitCode RunWatch(const Session& session);
ExitCode RunExplain(const Session& session);
ExitCode RunHealth(const Session& session);
ExitCode RunVersion(Talk& talk);
// pause, resume, review, admin: over HTTP, without a session.
ExitCode RunAdmin(const CommandLine& line, Talk& talk, client::Interrupt& interrupt);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_SESSION_H_
