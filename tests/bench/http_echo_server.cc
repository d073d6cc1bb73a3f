#include "tests/bench/http_echo_server.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace payout::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr std::chrono::seconds kRequestLimit{15};
constexpr std::chrono::minutes kLifeLimit{5};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(tcp::socket socket) : stream_(std::move(socket)) {}

  void Read() {
    request_ = {};
    stream_.expires_after(kRequestLimit);
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](const Error& error, std::size_t) {
                       if (!error) self->Write();
                     });
  }

 private:
  void Write() {
    answer_ = {http::status::ok, request_.version()};
    answer_.keep_alive(request_.keep_alive());
    answer_.body() = std::move(request_.body());
    answer_.prepare_payload();
    http::async_write(stream_, answer_,
                      [self = shared_from_this()](const Error& error, std::size_t) {
                        if (!error && self->answer_.keep_alive()) self->Read();
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
};

void Accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](const Error& error, tcp::socket socket) {
    if (error) return;
    Error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::make_shared<Connection>(std::move(socket))->Read();
    Accept(acceptor);
  });
}

}  // namespace

int ServeHttpEcho() {
  asio::io_context io{1};
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  Accept(acceptor);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](const Error&, int) { io.stop(); });
  asio::steady_timer life(io, kLifeLimit);
  life.async_wait([&io](const Error&) { io.stop(); });
  std::cout << "{\"http_port\":" << acceptor.local_endpoint().port() << "}" << std::endl;
  io.run();
  return 0;
}

}  // namespace payout::bench
