#include "server/main/logging/log_sink.h"

#include <array>
#include <atomic>
#include <string>

#include "server/main/logging/log_line.h"

namespace payout {
namespace {

class Sink {
 public:
  Sink(LogOptions options, std::shared_ptr<LineWriter> writer)
      : options_(std::move(options)), writer_(std::move(writer)) {}

  void Take(const LogRecord& record) {
    if (record.level < options_.level) return;
    const absl::Time now = options_.now();
    TellDropped(now);
    if (!Write(record, now)) ++untold_;
  }

 private:
  void TellDropped(absl::Time now) {
    const std::int64_t count = untold_.exchange(0);
    if (count == 0) return;
    const std::array<LogField, 1> fields = {LogField("count", count)};
    const LogRecord record{LogLevel::kWarning, "log.dropped", fields.data(), fields.size()};
    if (!Write(record, now)) untold_ += count;
  }

  bool Write(const LogRecord& record, absl::Time now) {
    return writer_->Write(LogLine(record, now, options_.style), record.level >= LogLevel::kWarning);
  }

  const LogOptions options_;
  const std::shared_ptr<LineWriter> writer_;
  std::atomic<std::int64_t> untold_{0};
};

}  // namespace

std::unique_ptr<LogOutput> InstallLogSink(LogOptions options) {
  auto writer = std::make_shared<LineWriter>(options.fd, options.queue_bytes_max);
  auto sink = std::make_shared<Sink>(std::move(options), writer);
  // The sink stays in place when the output ends: replacing it would race with threads that log.
  SetLogSink([sink](const LogRecord& record) { sink->Take(record); });
  return std::make_unique<LogOutput>(std::move(writer));
}

}  // namespace payout
