#include "tests/adapters/http/raw_client.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace payout::testing {

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t RawClient::Drip(std::string_view bytes, int pause_ms) {
  std::size_t sent = 0;
  while (sent < bytes.size() && Send(bytes.substr(sent, 1))) {
    ++sent;
    pollfd poll{fd_, POLLIN, 0};
    if (::poll(&poll, 1, pause_ms) != 0) break;
  }
  return sent;
}

void RawClient::EndSending() { ::shutdown(fd_, SHUT_WR); }

int RawClient::Fill() {
  pollfd poll{fd_, POLLIN, 0};
  if (fd_ < 0) return 0;
  if (::poll(&poll, 1, 10'000) == 0) return -1;
  char bytes[16384];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return 0;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return 1;
}

std::optional<RawAnswer> RawClient::Read(bool head) {
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      RawAnswer answer;
      answer.header = buffer_.substr(0, end + 4);
      answer.status = std::atoi(answer.header.c_str() + answer.header.find(' '));
      const std::size_t at = answer.header.find("\r\nContent-Length: ");
      std::size_t size = 0;
      if (at != std::string::npos && !head) {
        size = std::strtoul(answer.header.c_str() + at + 18, nullptr, 10);
      }
      if (buffer_.size() >= end + 4 + size) {
        answer.body = buffer_.substr(end + 4, size);
        buffer_.erase(0, end + 4 + size);
        return answer;
      }
    }
    if (Fill() != 1) return std::nullopt;
  }
}

std::optional<std::string> RawClient::ReadToEnd() {
  while (true) {
    const int more = Fill();
    if (more < 0) return std::nullopt;
    if (more == 0) return std::exchange(buffer_, {});
  }
}

}  // namespace payout::testing
