#include "tests/bench/interrupt.h"

#include <atomic>
#include <csignal>

namespace payout::bench {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void NoteSignal(int) { interrupted = true; }

}  // namespace

void WatchSignals() {
  struct sigaction action {};
  action.sa_handler = NoteSignal;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool Interrupted() { return interrupted; }

absl::Status CheckInterrupt() {
  return Interrupted() ? absl::CancelledError("interrupted") : absl::OkStatus();
}

}  // namespace payout::bench
