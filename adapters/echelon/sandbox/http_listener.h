// HttpListener: a small HTTP/1.1 server on a loopback port, with answers that may be spoilt on
// purpose.
//
// Used by: Sandbox, once for the platform and once for the admin API. Everything runs on the given
// io_context's one thread. Bounds: connections, header and body size, time per request and of
// idling. Ownership: the listener must outlive the io_context's run; destroy it after the thread
// has ended.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_HTTP_LISTENER_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_HTTP_LISTENER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/platform_model.h"

namespace payout::sandbox {

// The platform's request and answer serve the admin API as well.
using HttpHandler = std::function<boost::asio::awaitable<Answer>(PlatformRequest)>;

struct HttpLimits {
  absl::Duration idle_timeout;
  absl::Duration request_timeout;
  std::size_t body_bytes_max = 0;
  std::size_t connections_max = 0;
};

class HttpListener {
 public:
  HttpListener(boost::asio::io_context& io, HttpLimits limits, HttpHandler handler)
      : io_(io), acceptor_(io), limits_(limits), handler_(std::move(handler)) {}

  // "127.0.0.1:0". InvalidArgument for anything but loopback; Unavailable when the port is taken.
  absl::Status Open(const std::string& listen);

  std::uint16_t port() const { return port_; }
  // "http://127.0.0.1:41234"
  std::string url() const { return url_; }

 private:
  boost::asio::awaitable<void> Accept();
  boost::asio::awaitable<void> Serve(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  HttpLimits limits_;
  HttpHandler handler_;
  std::size_t connections_ = 0;
  std::uint16_t port_ = 0;
  std::string url_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_HTTP_LISTENER_H_
