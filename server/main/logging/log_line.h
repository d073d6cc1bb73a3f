// Log lines: a record as one line of JSON or of text for people.
//
// Used by: log_sink. Pure. Whatever a field holds, the result is one line of valid UTF-8, and the
// JSON is valid: bad bytes become U+FFFD, control characters are escaped, long values are cut at
// 2,048 bytes.

#ifndef PAYOUT_SERVER_MAIN_LOGGING_LOG_LINE_H_
#define PAYOUT_SERVER_MAIN_LOGGING_LOG_LINE_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/base/log.h"
#include "server/main/logging/log_style.h"

namespace payout {

// Without the line end.
// {"ts":"2026-01-02T03:04:05.000678Z","level":"info","event":"payout.transition",…}
std::string LogLine(const LogRecord& record, absl::Time at, LogStyle style);

// Fields of these names are never written, whatever they hold: token, secret, authorization,
// account_number, account_name, email_address, phone_number, customer_ip, customer_id, remark,
// body, and names that end with one of them, such as platform_token.
bool IsRedactedField(std::string_view name);

inline constexpr std::string_view kRedacted = "[redacted]";

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_LOGGING_LOG_LINE_H_
