#include "client/payoutctl/progress.h"

#include <chrono>

#include "absl/time/clock.h"

namespace payout::payoutctl {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kLine{5000};

}  // namespace

std::string ProgressText(size_t done, size_t failed, size_t total, absl::Duration elapsed,
                         bool with_eta) {
  std::string text = std::to_string(done) + "/" + std::to_string(total);
  const int64_t millis = absl::ToInt64Milliseconds(elapsed);
  if (millis > 0 && done > 0) {
    const uint64_t tenths = done * 10'000 / static_cast<uint64_t>(millis);
    text += ", " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "/s";
  }
  if (failed > 0) text += ", " + std::to_string(failed) + " failed";
  if (with_eta && done > 0 && done < total) {
    const absl::Duration left =
        elapsed * static_cast<int64_t>(total - done) / static_cast<int64_t>(done);
    text += ", " + absl::FormatDuration(absl::Ceil(left, absl::Seconds(1))) + " left";
  }
  return text;
}

Progress::Progress(Talk& talk, size_t total, bool quiet)
    : talk_(talk), total_(total), start_(absl::Now()) {
  if (!quiet) reporter_ = std::thread([this] { Report(); });
}

Progress::~Progress() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    stop_.notify_all();
  }
  if (reporter_.joinable()) reporter_.join();
  talk_.Redraw("");
}

void Progress::Done(bool failed) {
  std::lock_guard lock(mutex_);
  ++done_;
  if (failed) ++failed_;
}

void Progress::Report() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, talk_.live() ? kRedraw : kLine, [this] { return stopped_; })) {
    const std::string text =
        ProgressText(done_, failed_, total_, absl::Now() - start_, talk_.live());
    lock.unlock();
    if (talk_.live()) {
      talk_.Redraw(text);
    } else {
      talk_.Note(text);
    }
    lock.lock();
  }
}

}  // namespace payout::payoutctl
