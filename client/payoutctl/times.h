// Durations and times as people write and read them on the command line.
//
// Used by: command_line, create, read_commands, text. Pure; "now" is passed in.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_TIMES_H_
#define PAYOUT_CLIENT_PAYOUTCTL_TIMES_H_

#include <optional>
#include <string>

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace payout::payoutctl {

// "500ms", "10s", "1h30m", "7d". Finite and not negative, or absent.
std::optional<absl::Duration> ParseSpan(const std::string& text);

// RFC 3339, or a time in the past as a span: "1h" is an hour ago.
std::optional<absl::Time> ParsePast(const std::string& text, absl::Time now);
// RFC 3339, or a time in the future as a span with a plus: "+10m".
std::optional<absl::Time> ParseFuture(const std::string& text, absl::Time now);

google::protobuf::Timestamp ToProto(absl::Time time);

// "2026-03-01 09:30:05Z".
std::string FormatTime(const google::protobuf::Timestamp& time);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_TIMES_H_
