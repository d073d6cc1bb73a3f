// ChildProcess: a server under measurement, in a process of its own so that its CPU time and memory
// can be told from the load's.
//
// Used by: benchmarks. Not thread-safe. Start it before any thread exists: it forks. The child ends
// with its parent.

#ifndef PAYOUT_TESTS_BENCH_CHILD_PROCESS_H_
#define PAYOUT_TESTS_BENCH_CHILD_PROCESS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "absl/status/statusor.h"

namespace payout::bench {

class ChildProcess {
 public:
  // Its output goes to the file `log`. Ready once a line of it contains `ready`. Errors: it ended,
  // or was not ready within 15 s.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(std::vector<std::string> arguments,
                                                             const std::string& log,
                                                             const std::string& ready);
  // SIGTERM; SIGKILL after 10 s.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The line that said it is ready.
  const std::string& ready_line() const { return ready_line_; }
  // User and system time of all threads so far; the kernel counts in steps of 10 ms.
  std::chrono::microseconds CpuTime() const;
  std::int64_t PeakMemoryBytes() const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  bool Ended(std::chrono::milliseconds wait);

  const pid_t pid_;
  bool reaped_ = false;
  std::string ready_line_;
};

// The value of "key":… in a line of JSON, without quotes. Empty: there is none.
std::string JsonValue(const std::string& line, const std::string& key);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_CHILD_PROCESS_H_
