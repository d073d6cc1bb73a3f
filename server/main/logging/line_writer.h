// LineWriter: whole lines to a file descriptor, from a thread of its own.
//
// Used by: log_sink. Callers never wait for the reader of a pipe: what does not fit into the queue
// is dropped and counted. Lines never interleave. A line that comes after a quiet time is written
// at once; after each write the next lines gather for a few milliseconds, so that under load the
// thread wakes once for many. Urgent lines, a half full queue, Flush and Close end the gathering.
// What is queued dies with a process that is killed. Thread-safety: all methods may be called from
// any thread. The descriptor stays the caller's and must outlive the process's use of it.

#ifndef PAYOUT_SERVER_MAIN_LOGGING_LINE_WRITER_H_
#define PAYOUT_SERVER_MAIN_LOGGING_LINE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

#include "absl/time/time.h"

namespace payout {

class LineWriter {
 public:
  // `gather`: how long at most a line waits for others, when the thread is not stuck in a write.
  LineWriter(int fd, std::size_t queue_bytes_max, absl::Duration gather = absl::Milliseconds(5));
  // Close with two seconds, unless it was called.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Appends a line end. False when the line was dropped: the queue is full or closed.
  // An urgent one takes everything before it along at once.
  bool Write(std::string_view line, bool urgent = false);

  // Writes at once, and waits until everything written before has been handed to the system. False
  // when that took longer.
  bool Flush(absl::Duration timeout);

  // Flushes and ends the thread; a thread that is stuck in a write after `timeout` is left behind.
  // Idempotent.
  void Close(absl::Duration timeout);

  // Lines that were lost so far.
  std::uint64_t dropped() const;

 private:
  struct State;
  static void Run(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;  // shared with a thread that may be left behind
  std::thread thread_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_LOGGING_LINE_WRITER_H_
