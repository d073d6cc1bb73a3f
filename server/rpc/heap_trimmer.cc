#include "server/rpc/heap_trimmer.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace payout {

HeapTrimmer::HeapTrimmer(Environment& env, std::function<void()> trim)
    : env_(env), trim_(std::move(trim)) {}

HeapTrimmer::~HeapTrimmer() {
  env_.CancelTimer(timer_);
  if (thread_.joinable()) thread_.join();
}

void HeapTrimmer::Note(int open) {
  open_ = open;
  peak_ = std::max(peak_, open);
  if (timer_ || peak_ < kMany || open > peak_ / 2) return;
  timer_ = env_.StartTimer(env_.Monotonic() + kDelay, [this] { Fire(); });
}

void HeapTrimmer::Fire() {
  timer_ = {};
  if (open_ > peak_ / 2) return;      // They are back.
  if (trimming_) return Note(open_);  // later
  if (thread_.joinable()) thread_.join();
  peak_ = open_;
  trimming_ = true;
  try {
    thread_ = std::thread([this] {
      trim_();
      trimming_ = false;
    });
  } catch (const std::system_error&) {
    trimming_ = false;  // No thread to be had: the memory stays.
  }
}

}  // namespace payout
