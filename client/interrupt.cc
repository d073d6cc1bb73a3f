#include "client/interrupt.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace payout::client {

void Interrupt::Fire() {
  std::lock_guard lock(mutex_);
  if (fired_) return;
  fired_ = true;
  for (const auto& hook : hooks_) hook();
  changed_.notify_all();
}

bool Interrupt::fired() const {
  std::lock_guard lock(mutex_);
  return fired_;
}

bool Interrupt::WaitFor(absl::Duration duration) {
  // Far-away durations would overflow the clock of wait_for.
  const auto wait = absl::ToChronoMicroseconds(std::min(duration, absl::Hours(24 * 365)));
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, wait, [this] { return fired_; });
}

Interrupt::Hook::Hook(Interrupt* interrupt, std::function<void()> action) : interrupt_(interrupt) {
  if (interrupt_ == nullptr) return;
  std::lock_guard lock(interrupt_->mutex_);
  if (interrupt_->fired_) action();
  place_ = interrupt_->hooks_.insert(interrupt_->hooks_.end(), std::move(action));
}

Interrupt::Hook::~Hook() {
  if (interrupt_ == nullptr) return;
  std::lock_guard lock(interrupt_->mutex_);
  interrupt_->hooks_.erase(place_);
}

}  // namespace payout::client
