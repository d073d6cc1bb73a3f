#include "adapters/loop/event_loop.h"

#include <chrono>
#include <optional>
#include <random>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "absl/time/clock.h"
#include "server/base/timer_heap.h"

namespace payout {
namespace {

namespace asio = boost::asio;

absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

struct EventLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  asio::steady_timer alarm{context};
  std::optional<absl::Duration> alarm_at;
  bool round_posted = false;
  bool draining = false;
  TimerHeap timers;
  std::mt19937_64 random{std::random_device{}()};

  // One Asio timer stands for the whole heap; it is set again only when something earlier comes.
  // What is due at once, as everything that a trigger woke is, needs no timer of the system.
  void SetAlarm() {
    const std::optional<absl::Duration> next = timers.Next();
    if (!next || draining || round_posted) return;
    if (*next <= absl::ZeroDuration()) {
      round_posted = true;
      asio::post(context, [this] {
        round_posted = false;
        FireDue();
      });
      return;
    }
    if (alarm_at && *alarm_at <= *next) return;
    alarm_at = next;
    alarm.expires_at(std::chrono::steady_clock::time_point(absl::ToChronoNanoseconds(*next)));
    alarm.async_wait([this](const boost::system::error_code& error) {
      if (error) return;  // Replaced by an earlier alarm.
      alarm_at.reset();
      FireDue();
    });
  }

  void FireDue() {
    draining = true;
    const absl::Duration now = SteadyNow();
    // Timers started meanwhile are due later than `now` or wait for the next round: sockets get a
    // turn.
    for (std::size_t left = timers.size(); left > 0; --left) {
      std::function<void()> fire = timers.TakeDue(now);
      if (!fire) break;
      fire();
    }
    draining = false;
    SetAlarm();
  }
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() { impl_->context.run(); }
void EventLoop::Stop() { impl_->context.stop(); }
boost::asio::io_context& EventLoop::io_context() { return impl_->context; }

void EventLoop::Post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

absl::Time EventLoop::Now() { return absl::Now(); }
absl::Duration EventLoop::Monotonic() { return SteadyNow(); }
std::uint64_t EventLoop::Random() { return impl_->random(); }

TimerId EventLoop::StartTimer(absl::Duration at, std::function<void()> fire) {
  const TimerId id = impl_->timers.Start(at, std::move(fire));
  impl_->SetAlarm();
  return id;
}

void EventLoop::CancelTimer(const TimerId& id) { impl_->timers.Cancel(id); }

}  // namespace payout
