// How log lines look.
//
// Used by: config (what is asked for), log_sink (what that means here).

#ifndef PAYOUT_SERVER_MAIN_LOGGING_LOG_STYLE_H_
#define PAYOUT_SERVER_MAIN_LOGGING_LOG_STYLE_H_

namespace payout {

enum class LogFormat { kAuto, kJson, kText };

enum class LogStyle { kJson, kText, kColoredText };

// auto is text on a terminal and JSON elsewhere; text is coloured on a terminal unless NO_COLOR is
// set.
constexpr LogStyle StyleOf(LogFormat format, bool is_terminal, bool no_color) {
  if (format == LogFormat::kJson) return LogStyle::kJson;
  if (format == LogFormat::kAuto && !is_terminal) return LogStyle::kJson;
  return is_terminal && !no_color ? LogStyle::kColoredText : LogStyle::kText;
}

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_LOGGING_LOG_STYLE_H_
