// Log: one structured line per event.
//
// Used by: everyone. Fields are named values; nobody builds sentences, and nobody passes personal
// data: values that come from a request are payout ids, merchants, tenants and counts only.
// Thread-safety: Log may be called from any thread; SetLogSink before other threads start.
// Implemented by: server/main (JSON or coloured text on stderr); the default sink drops everything.

#ifndef PAYOUT_SERVER_BASE_LOG_H_
#define PAYOUT_SERVER_BASE_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace payout {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Text is not copied: it has to live as long as the call of Log, and sinks keep none of it.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;

  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const std::string& v) : LogField(n, std::string_view(v)) {}
  LogField(std::string_view n, const char* v) : LogField(n, std::string_view(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  template <class Int, class = std::enable_if_t<std::is_integral_v<Int>>>
  LogField(std::string_view n, Int v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

struct LogRecord {
  LogLevel level;
  std::string_view event;  // dotted, stable: "payout.transition"
  const LogField* fields;
  std::size_t field_count;
};

using LogSink = std::function<void(const LogRecord&)>;

void SetLogSink(LogSink sink);
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

std::string_view LogLevelName(LogLevel level);

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_LOG_H_
