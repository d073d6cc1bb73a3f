// Bytes on a connection of the listener that strangers reach, through a pair of sockets without a
// network. Nothing that two HTTP implementations could read differently is handed to a handler.

#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/http/http_connection.h"
#include "adapters/loop/event_loop.h"
#include "tests/fuzz/fuzz.h"

namespace payout::fuzz {
namespace {

bool IsVisible(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return false;
  }
  return true;
}

int CountOf(const http::Request& request, std::string_view name) {
  int count = 0;
  for (const auto& [known, value] : request.headers) {
    std::string lower = known;
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    count += lower == name ? 1 : 0;
  }
  return count;
}

void CheckRequest(const http::Request& request, const http::ListenerOptions& options) {
  Require(request.path.starts_with('/') && IsVisible(request.path) && IsVisible(request.query),
          "a target is a path without spaces and control characters");
  Require(request.body.size() <= options.body_bytes_max, "bodies are bounded");
  std::size_t bytes = 0;
  for (const auto& [name, value] : request.headers) {
    Require(!name.empty() && IsVisible(name), "a header has a name");
    Require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
            "a header is one line");
    bytes += name.size() + value.size();
  }
  Require(bytes <= options.header_bytes_max, "headers are bounded");
  const int lengths = CountOf(request, "content-length");
  const int codings = CountOf(request, "transfer-encoding");
  Require(lengths + codings <= 1, "the end of a body is told once");
  Require(CountOf(request, "host") <= 1, "there is one host");
}

class Server {
 public:
  Server()
      : state_(std::make_shared<http::ListenerState>(
            loop_, Options(),
            [this](http::Request request) { return Handle(std::move(request)); })) {}

  // Everything that the listener answered until it closed the connection.
  std::string Serve(std::string_view bytes) {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return {};
    boost::asio::ip::tcp::socket socket(loop_.io_context());
    socket.assign(boost::asio::ip::tcp::v4(), ends[0]);
    // It fits: the engine's inputs are smaller than a socket's buffer.
    Require(send(ends[1], bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()),
            "the input fits");
    shutdown(ends[1], SHUT_WR);
    http::Connection::Serve(state_, std::move(socket));
    for (int i = 0; i < 10'000 && !state_->open.empty(); ++i) {
      loop_.io_context().restart();
      loop_.io_context().poll();
    }
    Require(state_->open.empty(), "a connection ends when its client is gone");
    std::string answer;
    char buffer[4096];
    for (ssize_t count = 0; (count = recv(ends[1], buffer, sizeof(buffer), MSG_DONTWAIT)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(count));
    }
    close(ends[1]);
    return answer;
  }

 private:
  static http::ListenerOptions Options() {
    http::ListenerOptions options;
    options.header_bytes_max = 2048;
    options.body_bytes_max = 1024;
    return options;
  }

  Task<http::Reply> Handle(http::Request request) {
    CheckRequest(request, state_->options);
    http::Reply reply;
    reply.status = 200;
    co_return reply;
  }

  EventLoop loop_;
  std::shared_ptr<http::ListenerState> state_;
};

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto& server = *new payout::fuzz::Server();
  if (size > 16 * 1024) return 0;
  const std::string answer = server.Serve(payout::fuzz::Input(data, size).Rest());
  payout::fuzz::Require(answer.empty() || answer.starts_with("HTTP/1."), "every answer is HTTP");
  return 0;
}
