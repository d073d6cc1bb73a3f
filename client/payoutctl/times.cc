#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

std::optional<absl::Time> ParseRfc3339(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
  // ParseTime also takes "infinite-future", which a Timestamp cannot hold.
  const absl::Time last = absl::FromUnixSeconds(253402300799);
  if (time < absl::FromUnixSeconds(-62135596800) || time > last) return std::nullopt;
  return time;
}

}  // namespace

std::optional<absl::Duration> ParseSpan(const std::string& text) {
  absl::Duration span;
  if (text.size() > 1 && text.back() == 'd' &&
      text.find_first_not_of("0123456789") == text.size() - 1 && text.size() <= 6) {
    return absl::Hours(24) * std::stoi(text.substr(0, text.size() - 1));
  }
  if (!absl::ParseDuration(text, &span)) return std::nullopt;
  if (span < absl::ZeroDuration() || span > absl::Hours(24 * 36500)) return std::nullopt;
  return span;
}

std::optional<absl::Time> ParsePast(const std::string& text, absl::Time now) {
  if (const auto span = ParseSpan(text)) return now - *span;
  return ParseRfc3339(text);
}

std::optional<absl::Time> ParseFuture(const std::string& text, absl::Time now) {
  if (!text.empty() && text.front() == '+') {
    const auto span = ParseSpan(text.substr(1));
    if (!span) return std::nullopt;
    return now + *span;
  }
  return ParseRfc3339(text);
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(
      static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return proto;
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

}  // namespace payout::payoutctl
