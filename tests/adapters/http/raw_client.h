// RawClient: a blocking TCP client that sends exactly the bytes it is given.
//
// Used by: tests of the HTTP listener and of the endpoints on it.

#ifndef PAYOUT_TESTS_ADAPTERS_HTTP_RAW_CLIENT_H_
#define PAYOUT_TESTS_ADAPTERS_HTTP_RAW_CLIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace payout::testing {

struct RawAnswer {
  int status = 0;
  std::string header;  // from the status line to the empty line
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has closed.
  bool Send(std::string_view bytes);
  // Sends one byte every `pause_ms` until all are sent or the server has said or closed something.
  // Returns how many were sent.
  std::size_t Drip(std::string_view bytes, int pause_ms);
  // Tells the server that nothing more will come.
  void EndSending();

  // The next answer, interim ones included; nullopt when the server closed instead, or after ten
  // seconds. `head`: the answer has no body.
  std::optional<RawAnswer> Read(bool head = false);
  // Everything until the server closes; nullopt when it has not closed after ten seconds.
  std::optional<std::string> ReadToEnd();
  bool ClosedByServer() { return ReadToEnd() == ""; }

 private:
  // 1 = more, 0 = closed, -1 = nothing for ten seconds.
  int Fill();
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_ADAPTERS_HTTP_RAW_CLIENT_H_
