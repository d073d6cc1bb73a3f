// echelon-sandbox: the simulated platform as a program.
//
// Exit codes: 0 stopped as asked, 1 could not run (a port is taken), 2 wrong usage or scenario.
#include <cerrno>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <signal.h>
#include <time.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/flags.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/sandbox.h"

namespace {

// Before any thread starts, so that only WaitForStop sees these signals.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void WaitForStop(const sigset_t& signals, absl::Duration duration) {
  if (duration == absl::ZeroDuration()) {
    int number = 0;
    sigwait(&signals, &number);
    return;
  }
  const absl::Time end = absl::Now() + duration;
  for (absl::Duration left = duration; left > absl::ZeroDuration(); left = end - absl::Now()) {
    const timespec wait = absl::ToTimespec(left);
    if (sigtimedwait(&signals, nullptr, &wait) > 0 || errno != EINTR) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t signals = BlockStopSignals();
  std::variant<payout::sandbox::Flags, int> parsed = payout::sandbox::ParseFlags(argc, argv);
  if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
  auto& flags = std::get<payout::sandbox::Flags>(parsed);
  const absl::Duration duration = flags.duration;

  auto sandbox = payout::sandbox::Sandbox::Start(std::move(flags.options));
  if (!sandbox.ok()) {
    std::cerr << "echelon-sandbox: " << sandbox.status().message() << "\n";
    return absl::IsInvalidArgument(sandbox.status()) ? 2 : 1;
  }
  payout::sandbox::JsonWriter ready;
  ready.BeginObject().Field("platform_url", (*sandbox)->base_url());
  ready.Field("admin_url", (*sandbox)->admin_url()).EndObject();
  std::cout << ready.Text() << std::endl;
  std::cerr << "echelon-sandbox: ready; " << (*sandbox)->admin_url()
            << "/admin/summary shows what happens\n";

  WaitForStop(signals, duration);
  sandbox->reset();
  std::cerr << "echelon-sandbox: stopped\n";
  return 0;
}
