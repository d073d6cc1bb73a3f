// CallbackEndpoint: the listener that the internet sees. It takes a callback apart, passes it on
// and turns the verdict into a status; it knows neither keys nor payouts.
//
//   POST /callbacks/v1/{merchant}/{key_id}/{mac}   {"idEntity": "<payout id>"}
//
//   200 accepted             404 wrong capability, or no such path: the same bytes
//   400 malformed            405 other method on such a path      413 body over 1 KiB
//   415 not JSON             431 header too large                 503 could not be recorded: come
//   again
//
// Used by: server/main.
// Thread-safety: none; lives on the core loop. The path is a secret and is never logged.

#ifndef PAYOUT_ADAPTERS_CALLBACK_CALLBACK_ENDPOINT_H_
#define PAYOUT_ADAPTERS_CALLBACK_CALLBACK_ENDPOINT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/http/http_listener.h"
#include "server/app/accept_callback.h"
#include "server/app/ports/environment.h"
#include "server/base/task.h"

namespace boost::asio {
class io_context;
}

namespace payout::callback {

struct CallbackOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 = any free one
  std::size_t connections_max = 256;
  absl::Duration request_deadline = absl::Seconds(5);
  absl::Duration idle_timeout = absl::Seconds(15);
  absl::Duration reply_deadline = absl::Seconds(10);
  absl::Duration drain = absl::Seconds(5);
};

struct CallbackCounts {
  std::uint64_t accepted = 0;
  std::uint64_t wrong_capability = 0;  // well-formed, but not ours
  std::uint64_t malformed = 0;         // everything that never reached the handler
  std::uint64_t not_durable = 0;
};

class CallbackEndpoint {
 public:
  using Accept = std::function<Task<CallbackVerdict>(CallbackCall)>;

  CallbackEndpoint(Environment& env, boost::asio::io_context& io, const CallbackOptions& options,
                   Accept accept);

  // See HttpListener.
  absl::Status Start() { return listener_.Start(); }
  std::uint16_t port() const { return listener_.port(); }
  Task<void> Stop() { return listener_.Stop(); }

  CallbackCounts counts() const;
  const http::ListenerCounts& listener_counts() const { return listener_.counts(); }

 private:
  Task<http::Reply> Handle(http::Request request);
  http::Reply Malformed(int status);

  const Accept accept_;
  CallbackCounts counts_;
  http::HttpListener listener_;
};

}  // namespace payout::callback

#endif  // PAYOUT_ADAPTERS_CALLBACK_CALLBACK_ENDPOINT_H_
