#include "adapters/echelon/sandbox/callback_sender.h"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "adapters/echelon/sandbox/url.h"

namespace payout::sandbox {
namespace {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
}  // namespace

void CallbackSender::Send(CallbackSend send) {
  waiting_.push_back(std::move(send));
  StartWaiting();
}

void CallbackSender::StartWaiting() {
  while (running_ < kParallelMax && !waiting_.empty()) {
    ++running_;
    const std::uint64_t id = waiting_.front().id;
    asio::co_spawn(io_, Post(std::move(waiting_.front())),
                   [this, id](const std::exception_ptr& failure, int status) {
                     --running_;
                     report_(id, failure ? 0 : status);
                     StartWaiting();
                   });
    waiting_.pop_front();
  }
}

asio::awaitable<int> CallbackSender::Post(CallbackSend send) {
  const std::optional<Url> url = ParseUrl(send.url);
  if (!url || url->scheme != "http" || !IsLoopbackHost(url->host)) co_return 0;
  error_code error;
  // No resolver: the only name that is allowed is localhost.
  const std::string host = url->host == "localhost" ? "127.0.0.1" : url->host;
  const asio::ip::tcp::endpoint target(asio::ip::make_address(host, error), url->port);
  if (error) co_return 0;

  beast::tcp_stream stream(io_);
  stream.expires_after(absl::ToChronoNanoseconds(timeout_));  // for everything together
  co_await stream.async_connect(target, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return 0;

  http::request<http::string_body> request(http::verb::post, url->target, 11);
  request.set(http::field::host, url->Authority());
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = std::move(send.body);
  request.prepare_payload();
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return 0;

  beast::flat_buffer buffer(64 << 10);
  http::response_parser<http::string_body> response;
  response.body_limit(64 << 10);
  co_await http::async_read(stream, buffer, response,
                            asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return 0;
  const int status = static_cast<int>(response.get().result_int());
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, error);
  co_return status;
}

}  // namespace payout::sandbox
