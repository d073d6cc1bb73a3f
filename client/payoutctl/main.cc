// payoutctl: parses the command line, connects, runs one command, exits with its code.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <pthread.h>
#include <unistd.h>

#include "client/payoutctl/command_line.h"
#include "client/payoutctl/session.h"

namespace payout::payoutctl {
namespace {

// Turns SIGINT and SIGTERM into an interrupt, in a thread instead of a handler. Made before any
// other thread, so that all of them inherit the blocked signals. A second signal ends the process
// at once.
class SignalWaiter {
 public:
  explicit SignalWaiter(client::Interrupt& interrupt) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::thread([this, &interrupt] { Wait(interrupt); });
  }
  ~SignalWaiter() {
    done_ = true;
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;

 private:
  void Wait(client::Interrupt& interrupt) {
    for (;;) {
      int signal = 0;
      sigwait(&signals_, &signal);
      if (done_) return;
      if (interrupt.fired()) _exit(kExitInterrupted);
      interrupt.Fire();
    }
  }

  sigset_t signals_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

ExitCode Run(const CommandLine& line) {
  Talk talk(line.global);
  if (line.command == Command::kVersion) return RunVersion(talk);
  client::Interrupt interrupt;
  SignalWaiter signals(interrupt);
  switch (line.command) {
    case Command::kPause:
    case Command::kResume:
    case Command::kReview:
    case Command::kAdminStatus:
    case Command::kAdminActions:
      return RunAdmin(line, talk, interrupt);
    default:
      break;
  }
  client::ChannelOptions options;
  options.target = line.global.server;
  options.ca_file = line.global.ca_file;
  options.token_file = line.global.token_file;
  options.allow_plaintext = line.global.allow_plaintext;
  client::Result<std::shared_ptr<client::Channel>> channel = client::Channel::Open(options);
  if (!channel.ok()) return talk.Error(channel.error());
  const client::PayoutClient client(*channel);
  const Session session{line, talk, interrupt, *channel, client};
  switch (line.command) {
    case Command::kCreate:
      return RunCreate(session);
    case Command::kGet:
      return RunGet(session);
    case Command::kList:
      return RunList(session);
    case Command::kCancel:
      return RunCancel(session);
    case Command::kWatch:
      return RunWatch(session);
    case Command::kExplain:
      return RunExplain(session);
    case Command::kHealth:
      return RunHealth(session);
    default:
      break;
  }
  return kExitOther;
}

int Main(int argc, const char* const* argv) {
  const Parsed parsed = ParseCommandLine(argc, argv);
  if (parsed.command) return Run(*parsed.command);
  if (!parsed.is_error) {
    std::fputs(parsed.text.c_str(), stdout);
    return kExitOk;
  }
  Talk::About about;
  about.hint = "payoutctl --help, payoutctl COMMAND --help";
  return Talk(parsed.global)
      .Error(client::LocalError(grpc::StatusCode::INVALID_ARGUMENT, parsed.text), about);
}

}  // namespace
}  // namespace payout::payoutctl

int main(int argc, char** argv) {
  // gRPC writes its log to standard error, which belongs to us; what matters is in the statuses.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  return payout::payoutctl::Main(argc, argv);
}
