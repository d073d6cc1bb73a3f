#include "adapters/echelon/sandbox/http_listener.h"

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "adapters/echelon/sandbox/url.h"

namespace payout::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHeaderBytesMax = 16 << 10;
constexpr std::size_t kReadAhead = 8 << 10;

using RequestParser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

std::chrono::nanoseconds Chrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(duration);
}

std::optional<std::string> Header(const http::request<http::string_body>& request,
                                  const char* name) {
  const auto field = request.find(name);
  if (field == request.end()) return std::nullopt;
  return std::string(field->value().data(), field->value().size());
}

PlatformRequest ToRequest(http::request<http::string_body> message) {
  PlatformRequest request;
  request.method = std::string(message.method_string().data(), message.method_string().size());
  request.target = std::string(message.target().data(), message.target().size());
  request.api_version = Header(message, "X-API-Version");
  request.authorization = Header(message, "Authorization");
  request.content_type = Header(message, "Content-Type");
  request.body = std::move(message.body());
  return request;
}

Response ToResponse(Answer answer, unsigned version, bool keep_alive) {
  Response response;
  response.version(version);
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type, "application/json");
  response.keep_alive(keep_alive);
  response.body() = std::move(answer.body);
  response.prepare_payload();
  return response;
}

void CloseWithReset(beast::tcp_stream& stream) {
  error_code ignored;
  stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream.socket().close(ignored);
}

// Announces the whole body and sends half of it.
asio::awaitable<void> WriteTruncated(beast::tcp_stream& stream, const Response& response) {
  std::ostringstream text;
  text << response;
  std::string bytes = text.str();
  bytes.resize(bytes.size() - (response.body().size() + 1) / 2);
  error_code ignored;
  co_await asio::async_write(stream, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, ignored));
}

// False when the connection is to be closed.
asio::awaitable<bool> Deliver(beast::tcp_stream& stream, Answer& answer, unsigned version,
                              bool keep_alive) {
  const Delivery delivery = answer.delivery;
  if (delivery == Delivery::kReset) CloseWithReset(stream);
  if (delivery == Delivery::kReset || delivery == Delivery::kDrop) co_return false;
  Response response = ToResponse(std::move(answer), version, keep_alive);
  if (delivery == Delivery::kTruncate) {
    co_await WriteTruncated(stream, response);
    co_return false;
  }
  error_code error;
  co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
  co_return !error && keep_alive;
}

// Reads one request; what is wrong with it is answered here, and nullopt ends the connection.
asio::awaitable<std::optional<http::request<http::string_body>>> Read(beast::tcp_stream& stream,
                                                                      beast::flat_buffer& buffer,
                                                                      const HttpLimits& limits) {
  error_code error;
  if (buffer.size() == 0) {
    stream.expires_after(Chrono(limits.idle_timeout));
    const std::size_t count = co_await stream.async_read_some(
        buffer.prepare(kReadAhead), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return std::nullopt;
    buffer.commit(count);
  }
  // From here one deadline for the whole request: a trickling client cannot stretch it.
  stream.expires_after(Chrono(limits.request_timeout));
  RequestParser parser;
  parser.header_limit(kHeaderBytesMax);
  parser.body_limit(limits.body_bytes_max);
  co_await http::async_read(stream, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_return parser.release();

  const bool too_large = error == http::error::body_limit || error == http::error::header_limit;
  if (too_large || error.category() == http::make_error_code(http::error::bad_method).category()) {
    if (error != http::error::end_of_stream && error != http::error::partial_message) {
      Answer answer{too_large ? 413 : 400, DefaultErrorBody(400)};
      co_await Deliver(stream, answer, 11, false);
    }
  }
  co_return std::nullopt;
}

}  // namespace

absl::Status HttpListener::Open(const std::string& listen) {
  const std::optional<ListenAddress> address = ParseLoopbackListen(listen);
  if (!address) {
    return absl::InvalidArgumentError("cannot listen on " + listen +
                                      ": the simulator serves this machine only, for example "
                                      "127.0.0.1:8080");
  }
  error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(address->host, error), address->port);
  if (!error) acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  const tcp::endpoint local = error ? tcp::endpoint() : acceptor_.local_endpoint(error);
  if (error) {
    return absl::UnavailableError("cannot listen on " + listen + ": " + error.message());
  }
  port_ = local.port();
  url_ = "http://" + Url{"http", address->host, port_, "/"}.Authority();
  asio::co_spawn(io_, Accept(), asio::detached);
  return absl::OkStatus();
}

asio::awaitable<void> HttpListener::Accept() {
  for (;;) {
    error_code error;
    tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: give others time to close.
      asio::steady_timer pause(io_, std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (connections_ >= limits_.connections_max) continue;  // the socket closes itself
    ++connections_;
    asio::co_spawn(io_, Serve(std::move(socket)),
                   [this](const std::exception_ptr&) { --connections_; });
  }
}

asio::awaitable<void> HttpListener::Serve(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer(kHeaderBytesMax + limits_.body_bytes_max);
  for (;;) {
    std::optional<http::request<http::string_body>> request =
        co_await Read(stream, buffer, limits_);
    if (!request) break;
    const unsigned version = request->version();
    const bool keep_alive = request->keep_alive();
    stream.expires_never();
    // In two steps: no temporary may live across a suspension (GCC 12).
    asio::awaitable<Answer> handling = handler_(ToRequest(*std::move(request)));
    Answer answer = co_await std::move(handling);
    stream.expires_after(Chrono(limits_.request_timeout));
    const bool go_on = co_await Deliver(stream, answer, version, keep_alive);
    if (!go_on) break;
  }
  stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace payout::sandbox
