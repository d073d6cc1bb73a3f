// The floor of callbacks: a server on the bare listener library that answers each request with its
// own body and does nothing else.
//
// Used by: callback-bench, which runs it as a process of its own.

#ifndef PAYOUT_TESTS_BENCH_HTTP_ECHO_SERVER_H_
#define PAYOUT_TESTS_BENCH_HTTP_ECHO_SERVER_H_

namespace payout::bench {

// One thread. Listens on a free port of loopback, prints {"http_port":N} and serves until SIGTERM,
// at most five minutes. Returns the exit code.
int ServeHttpEcho();

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_HTTP_ECHO_SERVER_H_
