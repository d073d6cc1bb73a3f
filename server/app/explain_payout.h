// ExplainPayout: everything that is known about one payout: its history, the calls that were made,
// what was sent, what is next and why.
//
// Used by: server/rpc (for the tenant that owns it), the admin port (for operators).
// Reads the store only, and never waits for the platform. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_EXPLAIN_PAYOUT_H_
#define PAYOUT_SERVER_APP_EXPLAIN_PAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/directory.h"
#include "server/base/task.h"
#include "server/domain/next_step.h"

namespace payout {

struct Explanation {
  PayoutHistory history;
  std::int64_t events_left_out = 0;  // older than the oldest in the history
  ShownRequest request;
  NextStep next;
  std::vector<std::string> marks;
};

class ExplainPayout {
 public:
  // Events and operators' actions in one explanation.
  static constexpr int kEventsMax = 200;

  ExplainPayout(Core& core, const Directory& directory) : core_(core), directory_(directory) {}

  // For a tenant. NOT_FOUND, for payouts of others, too; INVALID_ARGUMENT; UNAVAILABLE.
  Task<absl::StatusOr<Explanation>> ForTenant(TenantName tenant, std::string merchant,
                                              std::string payout_id);

  // For operators, whoever the payout belongs to. NOT_FOUND; UNAVAILABLE.
  Task<absl::StatusOr<Explanation>> ForOperator(PayoutKey key);

 private:
  Task<absl::StatusOr<Explanation>> Explain(PayoutKey key, std::optional<TenantName> tenant);

  Core& core_;
  const Directory& directory_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_EXPLAIN_PAYOUT_H_
