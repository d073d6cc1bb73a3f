// Signals of the process: handled by one thread that waits for them, never by interrupting another.
//
// Used by: main, serve, dev.

#ifndef PAYOUT_SERVER_MAIN_SIGNALS_H_
#define PAYOUT_SERVER_MAIN_SIGNALS_H_

namespace payout {

// Blocks SIGINT and SIGTERM for this thread and all that it starts, and ignores SIGPIPE. Call first
// in main.
void BlockSignals();

// Waits for SIGINT or SIGTERM. A second one ends the process at once: whoever presses Ctrl-C twice
// means it, and nothing is lost by it.
void WaitForSignal();

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_SIGNALS_H_
