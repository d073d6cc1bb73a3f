// Executor: where the core runs.
//
// Used by: everything that hands work to the core loop (gRPC reactors, the store's writer thread).
// Implemented by: adapters/loop (Asio) and tests/support (simulated time).

#ifndef PAYOUT_SERVER_BASE_EXECUTOR_H_
#define PAYOUT_SERVER_BASE_EXECUTOR_H_

#include <functional>

namespace payout {

class Executor {
 public:
  virtual ~Executor() = default;

  // Runs `work` later on the core loop, never inline, in the order of the calls of one thread.
  // Thread-safe. Work posted after the loop has stopped is dropped.
  virtual void Post(std::function<void()> work) = 0;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_BASE_EXECUTOR_H_
