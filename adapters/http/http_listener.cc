#include "adapters/http/http_listener.h"

#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "absl/strings/str_cat.h"
#include "adapters/http/http_connection.h"
#include "server/app/wait.h"
#include "server/base/status_macros.h"

namespace payout::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

}  // namespace

struct HttpListener::Impl {
  std::shared_ptr<ListenerState> state;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  TimerId retry;

  Impl(Environment& env, asio::io_context& io, ListenerOptions options, Handler handler)
      : state(std::make_shared<ListenerState>(env, std::move(options), std::move(handler))),
        acceptor(io) {}

  absl::Status Bind();
  void StopAccepting();
  static void Close(const ListenerState& state, bool idle_only);
  static void Accept(const std::shared_ptr<Impl>& self);
};

absl::Status HttpListener::Impl::Bind() {
  const ListenerOptions& options = state->options;
  Error error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat("\"", options.address, "\" is no IP address"));
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address, " port ",
                                             options.port, ": ", error.message()));
}

void HttpListener::Impl::Accept(const std::shared_ptr<Impl>& self) {
  self->acceptor.async_accept([self](const Error& error, tcp::socket socket) {
    if (self->state->stopping) return;
    if (error) {
      // Mostly out of file descriptors: waiting lets some be closed.
      self->retry = self->state->env.StartTimer(
          self->state->env.Monotonic() + absl::Milliseconds(50), [self] {
            self->retry = {};
            Accept(self);
          });
      return;
    }
    if (self->state->open.size() >= self->state->options.connections_max) {
      ++self->state->counts.connections_refused;
      Error ignored;
      socket.close(ignored);
    } else {
      Error ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      Connection::Serve(self->state, std::move(socket));
    }
    Accept(self);
  });
}

void HttpListener::Impl::StopAccepting() {
  state->stopping = true;
  state->env.CancelTimer(std::exchange(retry, {}));
  Error ignored;
  acceptor.close(ignored);
}

void HttpListener::Impl::Close(const ListenerState& state, bool idle_only) {
  // A copy: closing may end a connection, which takes itself out.
  const std::vector<Connection*> now(state.open.begin(), state.open.end());
  for (Connection* connection : now) {
    if (!idle_only || connection->idle()) connection->Close();
  }
}

HttpListener::HttpListener(Environment& env, asio::io_context& io, ListenerOptions options,
                           Handler handler)
    : impl_(std::make_shared<Impl>(env, io, std::move(options), std::move(handler))) {}

HttpListener::~HttpListener() {
  impl_->StopAccepting();
  Impl::Close(*impl_->state, /*idle_only=*/false);
  impl_->state->scope.reset();
}

absl::Status HttpListener::Start() {
  PAYOUT_RETURN_IF_ERROR(impl_->Bind());
  Impl::Accept(impl_);
  return absl::OkStatus();
}

std::uint16_t HttpListener::port() const { return impl_->port; }
const ListenerCounts& HttpListener::counts() const { return impl_->state->counts; }
std::size_t HttpListener::connections() const { return impl_->state->open.size(); }

Task<void> HttpListener::Stop() {
  const std::shared_ptr<ListenerState> state = impl_->state;
  impl_->StopAccepting();
  Impl::Close(*state, /*idle_only=*/true);
  const absl::Duration deadline = state->env.Monotonic() + state->options.drain;
  while (!state->open.empty() && state->env.Monotonic() < deadline) {
    WaitUntil next_closed(state->env, &state->closed, deadline);
    co_await next_closed;
  }
  Impl::Close(*state, /*idle_only=*/false);
}

}  // namespace payout::http
