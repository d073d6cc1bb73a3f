// HttpClient: one HTTP request out, one answer back, and an honest word about what the other side
// may have seen.
//
// Used by: the platform adapter. Implemented by: CurlHttpClient and by fakes in tests.
// Thread-safety: none; lives on the core loop.
// Errors: a transport problem is an HttpFailure, every HTTP status is an HttpResponse. Transports
// never retry, never follow redirects and never read configuration from the environment.

#ifndef PAYOUT_ADAPTERS_HTTP_HTTP_CLIENT_H_
#define PAYOUT_ADAPTERS_HTTP_HTTP_CLIENT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "server/base/task.h"

namespace payout::http {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute, http or https, already percent-encoded
  // Content-Length, Transfer-Encoding, Connection and Expect belong to the client and are refused
  // here.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  absl::Duration timeout = absl::Seconds(15);         // the whole call, name lookup included
  absl::Duration connect_timeout = absl::Seconds(5);  // name lookup, TCP and TLS
  std::size_t response_bytes_max = std::size_t{1} << 20;
  // True: the bytes leave at most once, even when a kept connection turns out to be dead. Creates
  // need it.
  bool never_resend = true;
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string content_type;                   // as received; empty when absent
  std::optional<absl::Duration> retry_after;  // seconds or date, clamped to 0..5 min
};

// What the other side may know about a request that got no usable answer.
enum class Sent {
  kSurelyNot,  // not one byte of the request was written
  kMaybe,      // anything else
};

struct HttpFailure {
  Sent sent = Sent::kSurelyNot;
  std::string what;  // for logs: neither URL nor header nor body
  bool timed_out = false;
  bool too_large = false;  // the answer went over a limit
};

using HttpResult = std::variant<HttpResponse, HttpFailure>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Sends when awaited. Destroying the awaiting coroutine gives the request up; what was sent stays
  // sent.
  virtual Task<HttpResult> Send(HttpRequest request) = 0;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_HTTP_CLIENT_H_
