// FakeTiming: time that passes only in pauses, and jitter that is either none or all of it.

#ifndef PAYOUT_TESTS_CLIENT_FAKE_TIMING_H_
#define PAYOUT_TESTS_CLIENT_FAKE_TIMING_H_

#include <mutex>
#include <vector>

#include "client/timing.h"

namespace payout::client {

class FakeTiming final : public Timing {
 public:
  absl::Duration Elapsed() override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  bool Pause(absl::Duration duration, Interrupt* interrupt) override {
    std::lock_guard lock(mutex_);
    pauses_.push_back(duration);
    now_ += duration;
    return interrupt == nullptr || !interrupt->fired();
  }
  uint64_t Random() override { return random; }

  std::vector<absl::Duration> pauses() const {
    std::lock_guard lock(mutex_);
    return pauses_;
  }

  uint64_t random = 0;

 private:
  mutable std::mutex mutex_;
  absl::Duration now_ = absl::Hours(1);
  std::vector<absl::Duration> pauses_;
};

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_FAKE_TIMING_H_
