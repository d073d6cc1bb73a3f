#include "server/rpc/heap_trimmer.h"

#include <algorithm>
#include <utility>

#include <malloc.h>

namespace payout {

void TrimHeap() { malloc_trim(0); }

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
  if (trimming_) return Note(open_);  // later
  if (thread_.joinable()) thread_.join();
  peak_ = open_;
  trimming_ = true;
  thread_ = std::thread([this] {
    trim_();
    trimming_ = false;
  });
}

}  // namespace payout
