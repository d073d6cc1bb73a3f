#include "tests/adapters/echelon/sandbox/raw_http.h"

#include <cerrno>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace payout::sandbox {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void LimitWaiting(int fd) {
  const timeval limit{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void SendAll(int fd, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

std::size_t ContentLength(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  LimitWaiting(fd_);
  const sockaddr_in address = Loopback(port);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

void RawClient::Send(const std::string& bytes) { SendAll(fd_, bytes); }

RawAnswer RawClient::ReadAnswer() {
  RawAnswer answer;
  char chunk[16384];
  for (;;) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      answer.head = buffer_.substr(0, end + 4);
      answer.status = std::atoi(answer.head.c_str() + 9);
      const std::size_t length = ContentLength(answer.head);
      const std::size_t have = buffer_.size() - end - 4;
      if (have >= length) {
        answer.body = buffer_.substr(end + 4, length);
        buffer_.erase(0, end + 4 + length);
        answer.complete = true;
        return answer;
      }
      answer.body = buffer_.substr(end + 4);
    }
    const ssize_t n = recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0) {
      answer.reset = n < 0 && errno == ECONNRESET;
      return answer;
    }
    buffer_.append(chunk, static_cast<std::size_t>(n));
  }
}

bool RawClient::WaitForEnd() {
  char byte;
  const ssize_t n = recv(fd_, &byte, 1, 0);
  return n == 0 || (n < 0 && errno == ECONNRESET);
}

RawAnswer RawClient::Call(const std::string& method, const std::string& target,
                          const std::string& body, const std::string& token) {
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  request += "X-API-Version: 2\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  Send(request);
  return ReadAnswer();
}

RawAnswer HttpCall(std::uint16_t port, const std::string& method, const std::string& target,
                   const std::string& body, const std::string& token) {
  RawClient client(port);
  return client.Call(method, target, body, token);
}

CallbackReceiver::CallbackReceiver(int status)
    : fd_(socket(AF_INET, SOCK_STREAM, 0)), status_(status) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
  listen(fd_, 64);
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

CallbackReceiver::~CallbackReceiver() {
  shutdown(fd_, SHUT_RDWR);  // wakes accept
  thread_.join();
  close(fd_);
}

std::vector<std::string> CallbackReceiver::bodies() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bodies_;
}

void CallbackReceiver::Run() {
  for (;;) {
    const int peer = accept(fd_, nullptr, nullptr);
    if (peer < 0) return;
    LimitWaiting(peer);
    std::string text;
    char chunk[4096];
    std::size_t end = std::string::npos;
    for (;;) {
      end = text.find("\r\n\r\n");
      if (end != std::string::npos && text.size() >= end + 4 + ContentLength(text)) break;
      const ssize_t n = recv(peer, chunk, sizeof chunk, 0);
      if (n <= 0) break;
      text.append(chunk, static_cast<std::size_t>(n));
    }
    if (end != std::string::npos) {
      const std::lock_guard<std::mutex> lock(mutex_);
      bodies_.push_back(text.substr(end + 4));
    }
    SendAll(peer, "HTTP/1.1 " + std::to_string(status_) + " X\r\nContent-Length: 0\r\n\r\n");
    close(peer);
  }
}

}  // namespace payout::sandbox
