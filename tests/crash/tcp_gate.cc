#include "tests/crash/tcp_gate.h"

#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/crash/http_gate.h"

namespace payout::testing {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

// False at the end of the connection.
bool Pass(int from, int to) {
  char bytes[65536];
  const ssize_t count = recv(from, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  for (ssize_t sent = 0; sent < count;) {
    const ssize_t step =
        send(to, bytes + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
    if (step <= 0) return false;
    sent += step;
  }
  return true;
}

void CloseHard(int fd, bool reset) {
  const linger hard{1, 0};
  if (reset) setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(fd);
}

}  // namespace

TcpGate::TcpGate(int upstream_port) : upstream_port_(upstream_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  Require(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
  Require(listen(listener_, 256) == 0);
  Require(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

TcpGate::~TcpGate() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  CutAll(/*reset=*/true);
  for (Pair& pair : pairs_) pair.thread.join();
}

void TcpGate::AcceptLoop() {
  for (;;) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    Reap();
    const int server = ConnectLoopback(upstream_port_);
    if (server < 0) {
      CloseHard(client, /*reset=*/true);
      continue;
    }
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    Pair& pair = pairs_.emplace_back();
    pair.client = client;
    pair.server = server;
    pair.thread = std::thread([this, &pair] { Pump(pair); });
  }
}

void TcpGate::Pump(Pair& pair) {
  pollfd both[] = {{pair.client, POLLIN, 0}, {pair.server, POLLIN, 0}};
  bool open = true;
  while (open && poll(both, 2, -1) > 0) {
    if (both[0].revents != 0) open = Pass(pair.client, pair.server);
    if (open && both[1].revents != 0) open = Pass(pair.server, pair.client);
  }
  const std::lock_guard lock(mutex_);
  CloseHard(pair.client, pair.reset);
  CloseHard(pair.server, pair.reset);
  pair.ended = true;
}

int TcpGate::CutAll(bool reset) {
  const std::lock_guard lock(mutex_);
  int cut = 0;
  for (Pair& pair : pairs_) {
    if (pair.ended || pair.cut) continue;
    pair.cut = true;
    pair.reset = reset;
    // Wakes its thread, which closes.
    shutdown(pair.client, SHUT_RDWR);
    shutdown(pair.server, SHUT_RDWR);
    ++cut;
  }
  return cut;
}

void TcpGate::Reap() {
  const std::lock_guard lock(mutex_);
  for (auto pair = pairs_.begin(); pair != pairs_.end();) {
    if (!pair->ended) {
      ++pair;
      continue;
    }
    pair->thread.join();  // It has let go of the lock, and does nothing more.
    pair = pairs_.erase(pair);
  }
}

}  // namespace payout::testing
