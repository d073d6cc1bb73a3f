// CallbackSender: posts callbacks to this machine, and nowhere else.
//
// Used by: Sandbox. Runs on the given io_context's one thread. One connection per callback, no
// redirects; at most kParallelMax at a time, the rest wait in order.
// Errors: any failure is reported as status 0.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_CALLBACK_SENDER_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_CALLBACK_SENDER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "absl/time/time.h"
#include "adapters/echelon/sandbox/lifecycle.h"

namespace payout::sandbox {

class CallbackSender {
 public:
  static constexpr std::size_t kParallelMax = 64;
  using Report = std::function<void(std::uint64_t id, int http_status)>;

  CallbackSender(boost::asio::io_context& io, absl::Duration timeout, Report report)
      : io_(io), timeout_(timeout), report_(std::move(report)) {}

  // `report` is called later, on the loop.
  void Send(CallbackSend send);

 private:
  void StartWaiting();
  boost::asio::awaitable<int> Post(CallbackSend send);

  boost::asio::io_context& io_;
  absl::Duration timeout_;
  Report report_;
  std::deque<CallbackSend> waiting_;
  std::size_t running_ = 0;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_CALLBACK_SENDER_H_
