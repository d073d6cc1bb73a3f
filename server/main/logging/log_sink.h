// The log sink of the programs: JSON lines or text on stderr, without ever making a caller wait.
// Warnings and errors are written at once, other lines within milliseconds (see line_writer.h).
//
// Used by: server/main, before it starts threads. See base/log.h for how to log.

#ifndef PAYOUT_SERVER_MAIN_LOGGING_LOG_SINK_H_
#define PAYOUT_SERVER_MAIN_LOGGING_LOG_SINK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "server/base/log.h"
#include "server/main/logging/line_writer.h"
#include "server/main/logging/log_style.h"

namespace payout {

struct LogOptions {
  LogStyle style = LogStyle::kJson;
  LogLevel level = LogLevel::kInfo;  // less is not written
  std::function<absl::Time()> now;   // wall clock; called from any thread
  int fd = 2;
  std::size_t queue_bytes_max = 4 << 20;
};

// Where the lines go. Keep it until the process ends; at its end it flushes for at most two
// seconds, and what is logged afterwards is dropped.
class LogOutput {
 public:
  explicit LogOutput(std::shared_ptr<LineWriter> writer) : writer_(std::move(writer)) {}
  ~LogOutput() { writer_->Close(absl::Seconds(2)); }
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  // For a line that somebody waits for, and for the moment before the process aborts. False when
  // the reader is too slow.
  bool Flush(absl::Duration timeout) { return writer_->Flush(timeout); }
  // Lines that were lost so far: a metric.
  std::uint64_t dropped() const { return writer_->dropped(); }

 private:
  const std::shared_ptr<LineWriter> writer_;
};

// Makes Log() write. When lines had to be dropped, the next one that fits is preceded by an event
// "log.dropped" with their number.
std::unique_ptr<LogOutput> InstallLogSink(LogOptions options);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_LOGGING_LOG_SINK_H_
