// ChildProcess: a server under measurement, in a process of its own so that its CPU time and memory
// can be told from the load's.
//
// Used by: benchmarks. Not thread-safe. Start it on the main thread: the child ends with the thread
// that started it. Other threads may be running.

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
  // arguments[0] is a path. Standard output and error go to the file `log`. Ready once a line of it
  // contains `ready`. Errors: it cannot be started, ended, or was not ready within 15 s.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(
      const std::vector<std::string>& arguments, const std::string& log, const std::string& ready);
  // Runs a program to its end, at most `limit`. Returns the last line of its log. Errors: it does
  // not end, or not with exit code 0; the status has the end of the log.
  static absl::StatusOr<std::string> Run(const std::vector<std::string>& arguments,
                                         const std::string& log, std::chrono::seconds limit);
  // SIGTERM; SIGKILL after 10 s, after an interrupt (interrupt.h) after half a second. So do all
  // functions below that wait.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  // The line that said it is ready.
  const std::string& ready_line() const { return ready_line_; }
  // User and system time of all threads so far, also of those that ended.
  std::chrono::nanoseconds CpuTime() const;
  // Waits until it uses less than 2 % of a CPU, at most a second: what it does after its last
  // answer belongs to the work as well. Returns CpuTime().
  std::chrono::nanoseconds CpuTimeWhenQuiet() const;
  double PeakMemoryMb() const;
  double MemoryMb() const;
  // Entries of /proc/PID/task and /proc/PID/fd.
  std::size_t Threads() const;
  std::size_t Descriptors() const;
  // SIGTERM and wait; the exit code, or 128 + signal.
  int Stop();
  // Without a signal: true when it has ended within `wait`, after an interrupt half a second.
  bool Ended(std::chrono::milliseconds wait);
  int exit_code() const { return exit_code_; }

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  std::int64_t StatusKb(const std::string& key) const;

  const pid_t pid_;
  bool reaped_ = false;
  int exit_code_ = 0;
  std::string ready_line_;
};

// Where PATH has a program; empty: nowhere.
std::string FindProgram(const std::string& name);

// The value of "key":… in a line of JSON, without quotes. Empty: there is none.
std::string JsonValue(const std::string& line, const std::string& key);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_CHILD_PROCESS_H_
