// Floors: what the parts of an operation cost on the bare libraries, each in a process of its own:
// the program bench-floor. A floor that drives itself measures after a warm-up of a fifth of its
// time, CPU with the clock of its own process, and prints its figures as the last line, JSON.
//
// Used by: floor.cc (the program), floor_*.cc.

#ifndef PAYOUT_TESTS_BENCH_FLOOR_H_
#define PAYOUT_TESTS_BENCH_FLOOR_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bench/question.h"

namespace payout::bench {

// A gRPC server on the callback API that answers CreatePayout and GetPayout with a message of the
// usual size and does nothing else. Listens on a free port of loopback, prints {"grpc_port":N} and
// serves until SIGTERM, at most 10 minutes.
absl::Status ServeEcho();

struct RestFloor {
  std::string url;  // of the stub platform
  std::size_t in_flight = 64;
  std::chrono::milliseconds time{1000};
  std::size_t calls = 0;   // and at most so many operations; 0: no limit
  bool with_token = true;  // a token first, then the create; else the create only
};
// One libcurl multi handle on one thread, socket_action and epoll, HTTP/1.1 with keep-alive.
absl::StatusOr<Figures> RunRestFloor(const RestFloor& plan);

struct RowsFloor {
  std::string like;       // a store of the gateway with a payout in it; gives schema and sizes
  std::string dir;        // for the file that is written
  bool accepted = false;  // all writes up to ACCEPTED; else up to RECORDED
  double commits_per_payout = 0.1;
  // Rows written. Up to ACCEPTED they are at least 8; what is more, up to 9, are leases that
  // payouts got after they had been recorded.
  double rows_per_payout = 8;
  std::chrono::milliseconds time{1000};
  std::size_t calls =
      0;  // and at most so many payouts, but for those that go together; 0: no limit
};
// One connection on one thread, WAL, synchronous=FULL, the gateway's own statements. Latencies are
// those of one commit with its writes. Also: commits_per_op, rows_per_op, wal_pages_per_op.
absl::StatusOr<Figures> RunRowsFloor(const RowsFloor& plan);

struct JoinedFloor {
  std::string url;        // of the stub platform; empty: creates can only be recorded
  std::string like;       // as for rows
  std::string dir;        // for floor.db, which is written
  bool accepted = false;  // the payout in `like` has been; else creates can only be recorded
};
// All parts in one process: a gRPC server as of ServeEcho whose CreatePayout writes the rows of the
// gateway and makes the REST calls, in the gateway's order and each by a thread of its own, and
// decides nothing. What is asked for at the same time goes into one commit; a checkpoint, for which
// the gateway has a thread, makes the writer late. Serves as ServeEcho does.
absl::Status ServeJoined(const JoinedFloor& plan);

// Measures a stretch of work in this process.
class Stretch {
 public:
  Stretch();
  // Rate, CPU per operation, peak memory and, unless there are none, percentiles of `latencies`.
  Figures End(std::size_t operations, std::vector<std::chrono::nanoseconds> latencies) const;

 private:
  std::chrono::steady_clock::time_point began_;
  std::chrono::nanoseconds cpu_began_;
};

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_FLOOR_H_
