#include "client/timing.h"

#include <chrono>
#include <mutex>
#include <random>

namespace payout::client {
namespace {

class RealTiming final : public Timing {
 public:
  absl::Duration Elapsed() override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }

  bool Pause(absl::Duration duration, Interrupt* interrupt) override {
    Interrupt never;
    return !(interrupt != nullptr ? interrupt : &never)->WaitFor(duration);
  }

  uint64_t Random() override {
    std::lock_guard lock(mutex_);
    return engine_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_{std::random_device{}()};
};

}  // namespace

std::shared_ptr<Timing> SystemTiming() { return std::make_shared<RealTiming>(); }

}  // namespace payout::client
