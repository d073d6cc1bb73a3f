// Admin: the routes of the control port.
//
//   GET    /admin/healthz    {"status":"ok"}
//   GET    /admin/ledger     accepted payments, and the ids that were only tried
//   GET    /admin/requests   the last requests to the platform
//   GET    /admin/summary    counts
//   GET    /admin/faults     faults in force, with how often they matched and acted
//   POST   /admin/faults     one fault, or {"faults": [...]}: all or none are added
//   DELETE /admin/faults     removes all
//   POST   /admin/callbacks  {"url", "idEntity"}: sends a forged callback to this machine
//   POST   /admin/settle     {"id", "status", "merchant"?, "failure_reason"?}: changes a payout now
//   POST   /admin/reset      forgets payments, faults, counters and the log
//
// Used by: Sandbox. Thread-safety: none. Errors are {"error": text} with 400, 404 or 405.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_H_

#include "absl/time/time.h"
#include "adapters/echelon/sandbox/platform_model.h"
#include "adapters/echelon/sandbox/request_log.h"

namespace payout::sandbox {

class Admin {
 public:
  Admin(PlatformModel& model, RequestLog& log) : model_(model), log_(log) {}

  Answer Handle(const PlatformRequest& request, absl::Time now);

 private:
  Answer Get(const std::string& path) const;
  Answer Post(const std::string& path, const PlatformRequest& request, absl::Time now);
  absl::Status AddFaults(const Value& body);
  absl::Status SendCallback(const Value& body, absl::Time now);
  absl::Status Settle(const Value& body, absl::Time now);

  PlatformModel& model_;
  RequestLog& log_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_H_
