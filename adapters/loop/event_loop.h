// EventLoop: the real Environment: one thread, one Asio io_context, our own timer heap.
//
// Used by: server/main to run the core; adapters that need sockets on the core loop take
// io_context(). Thread-safety: Post, Stop and Monotonic from any thread; the rest on the loop's.

#ifndef PAYOUT_ADAPTERS_LOOP_EVENT_LOOP_H_
#define PAYOUT_ADAPTERS_LOOP_EVENT_LOOP_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "server/app/ports/environment.h"

namespace boost::asio {
class io_context;
}

namespace payout {

class EventLoop final : public Environment {
 public:
  EventLoop();
  ~EventLoop() override;

  // Runs what is posted, timers and sockets until Stop. Call it once, on the thread that is to be
  // the loop.
  void Run();

  // Makes Run return soon. What has not run by then is dropped.
  void Stop();

  boost::asio::io_context& io_context();

  void Post(std::function<void()> work) override;
  absl::Time Now() override;
  absl::Duration Monotonic() override;
  std::uint64_t Random() override;
  TimerId StartTimer(absl::Duration at, std::function<void()> fire) override;
  void CancelTimer(const TimerId& id) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace payout

#endif  // PAYOUT_ADAPTERS_LOOP_EVENT_LOOP_H_
