// CurlHttpClient: HttpClient over libcurl, on the core loop.
//
// Used by: server/main; the platform adapter sees HttpClient only.
// Thread-safety: none; made, used and destroyed on the core loop. The process ignores SIGPIPE.
// Destroying the client ends what is in flight: the waiting coroutines go on, from the loop, with
// an HttpFailure. The environment and the io_context outlive the client. HTTP/1.1 with keep-alive;
// TLS 1.2 or later with verified peer and host.

#ifndef PAYOUT_ADAPTERS_HTTP_CURL_HTTP_CLIENT_H_
#define PAYOUT_ADAPTERS_HTTP_CURL_HTTP_CLIENT_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "adapters/http/http_client.h"
#include "server/app/ports/environment.h"

namespace boost::asio {
class io_context;
}

namespace payout::http {

struct CurlOptions {
  std::string
      ca_file;  // PEM file to trust instead of the system's authorities; empty = the system's
  std::string user_agent = "payout-gateway";
  long connections_kept = 256;  // idle, all origins together
  long connections_max = 256;   // requests beyond wait; waiting counts against their timeout
  // Below the usual 60 s and more of servers and load balancers: a connection that the other side
  // has given up on turns a create into an unknown outcome.
  absl::Duration idle_age_max = absl::Seconds(30);
  absl::Duration lifetime_max = absl::Minutes(10);
};

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(Environment& env, boost::asio::io_context& io, CurlOptions options);
  ~CurlHttpClient() override;

  Task<HttpResult> Send(HttpRequest request) override;

  // Requests that have no result yet.
  std::size_t in_flight() const;

 private:
  struct Call;
  class Waiting;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace payout::http

#endif  // PAYOUT_ADAPTERS_HTTP_CURL_HTTP_CLIENT_H_
