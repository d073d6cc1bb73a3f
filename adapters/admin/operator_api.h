// OperatorApi: what operators may ask and order over HTTP, on the private port.
//
//   POST /admin/v1/pause                  {"merchant"?, "note", "operator"?}
//   POST /admin/v1/resume                 the same
//   POST /admin/v1/review                 {"merchant", "payout_id", "verdict", "reasons"?, "note",
//                                          "operator"?}
//   GET  /admin/v1/status                 switches, and how each merchant stands
//   GET  /admin/v1/actions?limit=&before= what operators did, newest first
//   GET  /admin/v1/payouts/{merchant}/{payout_id}   everything about one payout
//
// Answers are JSON; errors are {"error": for people, "reason": code}. These orders move money, so
// everything below /admin/v1/ needs a bearer token when tokens are configured. Without tokens it is
// answered on a loopback address only, and the request says who its operator is. A browser cannot
// be tricked into an order: the body must be declared as JSON, a request with an Origin is refused,
// and without tokens the Host must be this machine.
//
// Used by: admin_endpoint. Thread-safety: core loop only.

#ifndef PAYOUT_ADAPTERS_ADMIN_OPERATOR_API_H_
#define PAYOUT_ADAPTERS_ADMIN_OPERATOR_API_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "adapters/http/http_exchange.h"
#include "server/app/explain_payout.h"
#include "server/app/review_payout.h"
#include "server/app/switches.h"

namespace payout::admin {

struct OperatorApiOptions {
  bool loopback = true;  // of the address that is listened on
  // The operator whose token it is; nullopt: nobody's. Empty function: no tokens are configured.
  std::function<std::optional<std::string>(std::string_view token)> operator_of;
  // An explanation as a JSON object.
  std::function<std::string(const Explanation&)> explanation_json;
};

class OperatorApi {
 public:
  static constexpr std::string_view kPrefix = "/admin/v1/";

  // Everything passed outlives the object.
  OperatorApi(Core& core, const Directory& directory, Switches& switches,
              OperatorApiOptions options);

  // A request below kPrefix.
  Task<http::Reply> Handle(http::Request request);

 private:
  struct Asker {
    std::string operator_name;  // empty: the request has to say
  };
  // UNAUTHENTICATED, PERMISSION_DENIED.
  absl::StatusOr<Asker> Authorize(const http::Request& request) const;

  Task<absl::StatusOr<std::string>> Run(const std::string& what, http::Request request,
                                        const Asker& asker);
  Task<absl::StatusOr<std::string>> RunSwitch(std::string body, Asker asker, bool paused);
  Task<absl::StatusOr<std::string>> RunReview(std::string body, Asker asker);
  Task<absl::StatusOr<std::string>> RunStatus();
  Task<absl::StatusOr<std::string>> RunActions(std::string query);
  Task<absl::StatusOr<std::string>> RunPayout(std::string path);

  Core& core_;
  const Directory& directory_;
  Switches& switches_;
  const OperatorApiOptions options_;
  ReviewPayout review_;
  ExplainPayout explain_;
};

}  // namespace payout::admin

#endif  // PAYOUT_ADAPTERS_ADMIN_OPERATOR_API_H_
