// The floor: a gRPC server of the same kind that answers CreatePayout with a message of the same
// size and does nothing else.
//
// Used by: create-bench, which runs it as a process of its own.

#ifndef PAYOUT_TESTS_BENCH_ECHO_SERVER_H_
#define PAYOUT_TESTS_BENCH_ECHO_SERVER_H_

namespace payout::bench {

// Listens on a free port of loopback, prints {"echo_port":N} and serves until SIGTERM, at most 60
// s. Returns the exit code.
int ServeEcho();

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_ECHO_SERVER_H_
