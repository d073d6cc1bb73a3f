#include "tests/adapters/http/raw_server.h"

#include <cstddef>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

std::size_t ContentLength(const std::string& header) {
  const std::size_t at = header.find("\r\nContent-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(header.c_str() + at + 18, nullptr, 10);
}

}  // namespace

bool RawConnection::Fill() {
  if (fd_ < 0) return false;
  char bytes[16384];
  const ssize_t count =
      ssl_ != nullptr ? SSL_read(ssl_, bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> RawConnection::ReadRequest() {
  while (true) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t size = end + 4 + ContentLength(buffer_.substr(0, end + 2));
      if (buffer_.size() >= size) {
        std::string request = buffer_.substr(0, size);
        buffer_.erase(0, size);
        const std::lock_guard lock(server_.mutex_);
        server_.requests_.push_back(request);
        return request;
      }
    }
    if (Fill()) continue;
    const std::lock_guard lock(server_.mutex_);
    if (!buffer_.empty()) server_.fragments_.push_back(std::exchange(buffer_, {}));
    return std::nullopt;
  }
}

void RawConnection::ReadToEnd() {
  while (ReadRequest()) {
  }
}

void RawConnection::Write(std::string_view bytes) {
  while (!bytes.empty() && fd_ >= 0) {
    const ssize_t count = ssl_ != nullptr
                              ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawConnection::AwaitDelivery() const {
  return Eventually([this] {
    int waiting = 0;
    tcp_info info{};
    socklen_t size = sizeof info;
    const bool open = ::ioctl(fd_, SIOCOUTQ, &waiting) == 0 &&
                      ::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
                      info.tcpi_state == TCP_ESTABLISHED;
    return !open || waiting == 0;
  });
}

void RawConnection::Close() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr) SSL_shutdown(ssl_);
  ::close(std::exchange(fd_, -1));
}

void RawConnection::Reset() {
  if (fd_ < 0) return;
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(std::exchange(fd_, -1));
}

RawServer::RawServer(Script script, SSL_CTX* tls) : script_(std::move(script)), tls_(tls) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  Require(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
  Require(::listen(listener_, 256) == 0);
  Require(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

std::string RawServer::Url(std::string_view path, std::string_view host) const {
  return std::string(tls_ != nullptr ? "https://" : "http://") + std::string(host) + ":" +
         std::to_string(port_) + std::string(path);
}

void RawServer::AcceptLoop() {
  while (true) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    const int index = connections_++;
    threads_.emplace_back([this, fd, index] { Serve(fd, index); });
  }
}

void RawServer::Serve(int fd, int index) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  RawConnection connection(*this, fd, index);
  bool usable = true;
  if (tls_ != nullptr) {
    connection.ssl_ = SSL_new(tls_);
    SSL_set_fd(connection.ssl_, fd);
    usable = SSL_accept(connection.ssl_) == 1;
  }
  if (usable) script_(connection);
  if (usable) connection.Close();
  if (connection.ssl_ != nullptr) SSL_free(connection.ssl_);
  if (connection.fd_ >= 0) ::close(connection.fd_);
}

void RawServer::Finish() {
  if (listener_ < 0) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(std::exchange(listener_, -1));
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

int RawServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

std::vector<std::string> RawServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> RawServer::fragments() const {
  const std::lock_guard lock(mutex_);
  return fragments_;
}

int RawServer::Seen(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto* list : {&requests_, &fragments_}) {
    for (const std::string& entry : *list) {
      if (entry.find(text) != std::string::npos) ++count;
    }
  }
  return count;
}

std::string OkAnswer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace payout::testing
