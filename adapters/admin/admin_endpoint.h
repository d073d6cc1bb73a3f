// AdminEndpoint: what operators and their machines ask, on a private port.
//
//   GET /livez     200 "ok" while the core loop turns
//   GET /readyz    200 or 503, JSON:
//                  {"ready":true,"checks":[{"name":"store","ok":true,"detail":""}]}
//   GET /metrics   Prometheus text format 0.0.4
//   GET /version   JSON object of strings
//   /admin/v1/...  operators' commands, see operator_api.h
//
// HEAD is allowed on the first four; other methods 405, other paths 404.
// Used by: server/main. Thread-safety: none; lives on the core loop, where the sources are called
// too. Only operators' commands ask who is there: the port belongs on loopback or a private
// network.

#ifndef PAYOUT_ADAPTERS_ADMIN_ADMIN_ENDPOINT_H_
#define PAYOUT_ADAPTERS_ADMIN_ADMIN_ENDPOINT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "adapters/http/http_listener.h"
#include "server/app/ports/environment.h"
#include "server/base/task.h"

namespace boost::asio {
class io_context;
}

namespace payout::admin {

struct ReadyCheck {
  std::string name;
  bool ok = false;
  std::string detail;  // for people
};

struct ReadyReport {
  bool ready = false;
  std::vector<ReadyCheck> checks;
};

struct AdminOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 = any free one
  std::size_t connections_max = 64;
};

struct AdminSources {
  std::function<ReadyReport()> ready;
  std::function<std::string()> metrics;                      // text format 0.0.4
  std::vector<std::pair<std::string, std::string>> version;  // names and values, in order
  // Answers what begins with /admin/v1/; empty: 404.
  http::Handler operators;
};

class AdminEndpoint {
 public:
  AdminEndpoint(Environment& env, boost::asio::io_context& io, const AdminOptions& options,
                AdminSources sources);

  // See HttpListener.
  absl::Status Start() { return listener_.Start(); }
  std::uint16_t port() const { return listener_.port(); }
  Task<void> Stop() { return listener_.Stop(); }

 private:
  Task<http::Reply> Handle(http::Request request);
  http::Reply Answer(const http::Request& request) const;

  const AdminSources sources_;
  http::HttpListener listener_;
};

}  // namespace payout::admin

#endif  // PAYOUT_ADAPTERS_ADMIN_ADMIN_ENDPOINT_H_
