// One HTTP call over a socket of its own: for the admin endpoint and for callbacks by hand.
//
// Used by: integration tests. Blocking; `status` 0 means that no answer came.

#ifndef PAYOUT_TESTS_INTEGRATION_HTTP_CALL_H_
#define PAYOUT_TESTS_INTEGRATION_HTTP_CALL_H_

#include <string>

namespace payout::testing {

struct HttpAnswer {
  int status = 0;
  std::string text;  // header and body
  std::string body() const;
};

HttpAnswer HttpGet(int port, const std::string& path);
// `url` is "http://127.0.0.1:PORT/path".
HttpAnswer HttpPostJson(const std::string& url, const std::string& body);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_HTTP_CALL_H_
