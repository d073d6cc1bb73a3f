// HttpListener: a small HTTP/1.1 server on the core loop, made for strangers: everything they can
// make us hold or wait for has a bound.
//
// Used by: the callback and admin endpoints.
// Thread-safety: none; made, used and destroyed on the core loop (or while it does not run).
// Ownership: handlers run in the listener's own scope; destroying the listener destroys them and
// closes every connection. The environment and the io_context outlive it. What is refused before a
// handler sees it: 400 malformed or ambiguous framing, 413 body, 417 unknown expectation, 431
// header, 505 version. A missed deadline closes the connection without an answer; an overdue
// handler answers 503. The request line and headers are never logged.

#ifndef PAYOUT_ADAPTERS_HTTP_HTTP_LISTENER_H_
#define PAYOUT_ADAPTERS_HTTP_HTTP_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/http/http_exchange.h"
#include "server/app/ports/environment.h"
#include "server/base/task.h"

namespace boost::asio {
class io_context;
}

namespace payout::http {

struct ListenerOptions {
  std::string address = "127.0.0.1";  // an IP address
  std::uint16_t port = 0;             // 0 = any free one, see HttpListener::port
  std::size_t connections_max = 256;  // further ones are closed at once
  std::size_t header_bytes_max = 8 * 1024;
  std::size_t body_bytes_max = 64 * 1024;
  absl::Duration request_deadline = absl::Seconds(10);  // first byte to last byte of a request
  absl::Duration idle_timeout = absl::Seconds(30);      // without a first byte
  absl::Duration reply_deadline = absl::Seconds(15);    // handler; writing the answer has the same
  absl::Duration drain = absl::Seconds(5);              // what Stop grants requests in flight
};

struct ListenerCounts {
  std::uint64_t connections = 0;          // accepted and served
  std::uint64_t connections_refused = 0;  // over connections_max
  std::uint64_t requests = 0;             // handed to the handler
  std::uint64_t malformed = 0;            // answered 4xx or 505 by the listener itself
  std::uint64_t timed_out = 0;            // closed by request_deadline
  std::uint64_t overdue = 0;              // handlers that missed reply_deadline
};

class HttpListener {
 public:
  HttpListener(Environment& env, boost::asio::io_context& io, ListenerOptions options,
               Handler handler);
  ~HttpListener();

  // Binds and accepts from now on. INVALID_ARGUMENT for something that is no IP address,
  // UNAVAILABLE when the address cannot be bound. Call once.
  absl::Status Start();

  // The port that is bound, after Start.
  std::uint16_t port() const;

  // Accepts nothing more, closes idle connections and returns when the requests in flight are
  // answered, at the latest after `drain`; then everything is closed.
  Task<void> Stop();

  const ListenerCounts& counts() const;
  std::size_t connections() const;  // open now

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_HTTP_LISTENER_H_
