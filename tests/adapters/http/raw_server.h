// RawServer: a TCP (or TLS) server that does to its clients exactly what a script says, byte by
// byte.
//
// Used by: tests of the HTTP client. One blocking thread per connection. What clients sent is kept,
// so that a test can count requests at the server, where they count.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_RAW_SERVER_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_RAW_SERVER_H_

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

namespace payout::testing {

class RawServer;

class RawConnection {
 public:
  // Counts from 0 in the order of accept.
  int index() const { return index_; }

  // One request: its header and as much body as its Content-Length says. nullopt when the client
  // went away; what it had sent of a request by then is kept in RawServer::fragments.
  std::optional<std::string> ReadRequest();
  // Reads on until the client goes away.
  void ReadToEnd();
  void Write(std::string_view bytes);
  // Waits until the client's side of the connection has all that was written, read or not, or is
  // gone. False when that takes too long. Not for TLS.
  bool AwaitDelivery() const;
  // Closes with FIN, or TLS close_notify and FIN.
  void Close();
  // Closes with RST.
  void Reset();

 private:
  friend class RawServer;
  RawConnection(RawServer& server, int fd, int index) : server_(server), fd_(fd), index_(index) {}
  bool Fill();

  RawServer& server_;
  int fd_;
  int index_;
  SSL* ssl_ = nullptr;
  std::string buffer_;
};

class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  // After the script has returned the connection is closed.
  explicit RawServer(Script script, SSL_CTX* tls = nullptr);
  ~RawServer() { Finish(); }

  std::string Url(std::string_view path, std::string_view host = "127.0.0.1") const;
  int port() const { return port_; }

  // Stops accepting and waits for all scripts; clients must have gone, or the scripts not wait for
  // them.
  void Finish();

  int connections() const;
  std::vector<std::string> requests() const;
  // Beginnings of requests that never became whole.
  std::vector<std::string> fragments() const;
  // Requests and fragments that contain `text`.
  int Seen(std::string_view text) const;

 private:
  friend class RawConnection;
  void AcceptLoop();
  void Serve(int fd, int index);

  const Script script_;
  SSL_CTX* const tls_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::vector<std::thread> threads_;
  int connections_ = 0;
  std::vector<std::string> requests_;
  std::vector<std::string> fragments_;
};

// "HTTP/1.1 200 OK" with a Content-Length.
std::string OkAnswer(std::string_view body);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_RAW_SERVER_H_
