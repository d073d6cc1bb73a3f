// The floor of streams: a gRPC server of the same kind that sends each new payout to every open
// stream and does nothing else: the message is rendered once, and all streams write the same bytes.
//
// Used by: stream-bench, which runs it as a process of its own.

#ifndef PAYOUT_TESTS_BENCH_STREAM_SERVER_H_
#define PAYOUT_TESTS_BENCH_STREAM_SERVER_H_

namespace payout::bench {

// Listens on a free port of loopback, prints {"stream_port":N} and serves until SIGTERM, at most
// five minutes. A stream begins with an empty snapshot; each CreatePayout is one event, of the size
// of the gateway's, on every stream. Returns the exit code.
int ServeStreams();

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_STREAM_SERVER_H_
