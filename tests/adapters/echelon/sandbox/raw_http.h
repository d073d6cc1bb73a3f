// Blocking sockets for tests: a client that sees how an answer ended, and a receiver for callbacks.
#ifndef PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_RAW_HTTP_H_
#define PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_RAW_HTTP_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/eventually.h"

namespace payout::sandbox {

struct RawAnswer {
  int status = 0;  // 0 = no answer
  std::string head;
  std::string body;
  bool complete = false;  // the whole announced body arrived
  bool reset = false;     // ended by a TCP reset
};

// A connection; a failed read times out after 10 s.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(const std::string& bytes);
  RawAnswer ReadAnswer();
  // True when the peer has closed; waits for it.
  bool WaitForEnd();
  RawAnswer Call(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& token = "");

 private:
  int fd_;
  std::string buffer_;
};

// One call on a connection of its own.
RawAnswer HttpCall(std::uint16_t port, const std::string& method, const std::string& target,
                   const std::string& body = "", const std::string& token = "");

using payout::testing::Eventually;

// Accepts callbacks on a loopback port and answers with `status`.
class CallbackReceiver {
 public:
  explicit CallbackReceiver(int status = 200);
  ~CallbackReceiver();
  CallbackReceiver(const CallbackReceiver&) = delete;
  CallbackReceiver& operator=(const CallbackReceiver&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/cb"; }
  std::vector<std::string> bodies() const;
  void set_status(int status) { status_ = status; }

 private:
  void Run();

  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<int> status_;
  mutable std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::thread thread_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_TESTS_ADAPTERS_ECHELON_SANDBOX_RAW_HTTP_H_
