#include "client/payoutctl/probe.h"

#include <cerrno>
#include <memory>
#include <string_view>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace payout::payoutctl {
namespace {

constexpr int kConnectMs = 1000;
constexpr int kAnswerMs = 1000;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

bool Ready(int descriptor, short events, int timeout_ms) {
  pollfd entry{descriptor, events, 0};
  return poll(&entry, 1, timeout_ms) == 1;
}

bool Connect(const Socket& socket, const addrinfo& address) {
  if (connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS || !Ready(socket.get(), POLLOUT, kConnectMs)) return false;
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

Listener Judge(std::string_view answer) {
  // A TLS server answers plaintext with an alert record; a gRPC server opens with a SETTINGS frame.
  if (answer.size() >= 2 && (answer[0] == 0x15 || answer[0] == 0x16) && answer[1] == 0x03) {
    return Listener::kTls;
  }
  if (answer.size() >= 4 && answer[0] == 0 && answer[3] == 4) return Listener::kPlaintext;
  if (answer.substr(0, 5) == "HTTP/") return Listener::kHttp1;
  return answer.empty() ? Listener::kSilent : Listener::kOther;
}

Listener Ask(const Socket& socket) {
  static constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
  if (send(socket.get(), kPreface, sizeof(kPreface) - 1, MSG_NOSIGNAL) < 0)
    return Listener::kSilent;
  char answer[16];
  if (!Ready(socket.get(), POLLIN, kAnswerMs)) return Listener::kSilent;
  const ssize_t size = recv(socket.get(), answer, sizeof(answer), 0);
  return size <= 0 ? Listener::kSilent : Judge({answer, static_cast<size_t>(size)});
}

}  // namespace

Listener ProbeListener(const client::Target& target) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &wanted, &found) != 0) {
    return Listener::kUnknownHost;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const Socket socket(
        ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() >= 0 && Connect(socket, *address)) return Ask(socket);
  }
  return Listener::kNobody;
}

std::string UnreachableHint(const client::Target& target) {
  const std::string where = target.Address();
  switch (ProbeListener(target)) {
    case Listener::kNobody:
      return "nothing answers at " + where +
             "; is the gateway running, and is this its address (--server, PAYOUTCTL_SERVER)?";
    case Listener::kUnknownHost:
      return "the host name " + target.host + " is not known; check --server or PAYOUTCTL_SERVER";
    case Listener::kTls:
      if (target.tls) return "the TLS handshake failed; check --ca-file and the host name";
      return "the server at " + where + " speaks TLS; use --server grpcs://" + where;
    case Listener::kPlaintext:
      if (!target.tls) return "";
      return "the server at " + where + " speaks plaintext; use --server grpc://" + where;
    case Listener::kHttp1:
      return "the server at " + where + " is an HTTP/1 server, not the gateway's gRPC port";
    case Listener::kSilent:
    case Listener::kOther:
      if (target.tls) {
        return "something listens at " + where +
               ", but no TLS connection came about; check the port, --ca-file and the host name";
      }
      return "something listens at " + where +
             " but does not speak plaintext gRPC; check the port, or use --server grpcs://" +
             where + " if it speaks TLS";
  }
  return "";
}

}  // namespace payout::payoutctl
