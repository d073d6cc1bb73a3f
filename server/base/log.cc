#include "server/base/log.h"

#include <utility>

namespace payout {
namespace {

LogSink& Sink() {
  static LogSink& sink = *new LogSink;  // Never destroyed: threads may log while the process ends.
  return sink;
}

}  // namespace

void SetLogSink(LogSink sink) { Sink() = std::move(sink); }

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (Sink()) Sink()(LogRecord{level, event, fields.begin(), fields.size()});
}

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace payout
