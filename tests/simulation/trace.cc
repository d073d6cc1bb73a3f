#include "tests/simulation/trace.h"

#include "absl/strings/str_format.h"

namespace payout::simulation {

void Trace::Mix(std::uint64_t value) {
  hash_ = (hash_ ^ value) * 0x100000001B3U;
  hash_ ^= hash_ >> 29U;
}

void Trace::Mix(std::string_view text) {
  Mix(text.size());
  for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
}

void Trace::Add(absl::Duration at, std::string_view what, std::string_view whom,
                std::string_view detail, std::int64_t number) {
  ++steps_;
  Mix(static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(at)));
  Mix(what);
  Mix(whom);
  Mix(detail);
  Mix(static_cast<std::uint64_t>(number));
  if (lines_max_ == 0) return;
  if (lines_.size() == lines_max_) lines_.pop_front();
  const std::int64_t millis = absl::ToInt64Milliseconds(at);
  lines_.push_back(absl::StrFormat("%5d %6d.%03ds  %-22s %-12s %s", steps_, millis / 1000,
                                   millis % 1000, absl::string_view(what.data(), what.size()),
                                   absl::string_view(whom.data(), whom.size()),
                                   absl::string_view(detail.data(), detail.size())));
  if (number != 0) lines_.back() += absl::StrFormat(" [%d]", number);
}

}  // namespace payout::simulation
