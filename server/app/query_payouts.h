// Reading payouts: one, a page, and cancelling one that was not sent.
//
// Used by: server/rpc. Thread-safety: core loop only, except GetAtOnce. A payout of another tenant
// answers like one that does not exist.

#ifndef PAYOUT_SERVER_APP_QUERY_PAYOUTS_H_
#define PAYOUT_SERVER_APP_QUERY_PAYOUTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/directory.h"
#include "server/base/task.h"

namespace payout {

// NOT_FOUND with PAYOUT_NOT_FOUND.
absl::Status PayoutNotFound(const PayoutId& payout_id);

// INVALID_ARGUMENT with PAYOUT_ID_INVALID.
absl::Status CheckPayoutId(const std::string& payout_id);

class QueryPayouts {
 public:
  QueryPayouts(Core& core, const Directory& directory) : core_(core), directory_(directory) {}

  // With `max_staleness`, an open payout that the platform was last asked about longer ago is read
  // first; many callers share one read. NOT_FOUND; UNAVAILABLE with PLATFORM_READ_FAILED or
  // STORE_UNAVAILABLE.
  Task<absl::StatusOr<Payout>> Get(TenantName tenant, std::string merchant, std::string payout_id,
                                   std::optional<absl::Duration> max_staleness,
                                   absl::Duration wait_until);

  // Get without `max_staleness`, on any thread and without waiting for the core loop. nullopt: the
  // store cannot tell this way now; call Get.
  std::optional<absl::StatusOr<Payout>> GetAtOnce(const TenantName& tenant,
                                                  const std::string& merchant,
                                                  std::string payout_id) const;

  // Newest first. UNAVAILABLE with STORE_UNAVAILABLE.
  Task<absl::StatusOr<std::vector<Payout>>> List(ListQuery query);

  // CANCELLED, now or before. NOT_FOUND; FAILED_PRECONDITION with NOT_CANCELLABLE; UNAVAILABLE.
  Task<absl::StatusOr<Payout>> Cancel(TenantName tenant, std::string merchant,
                                      std::string payout_id);

 private:
  // The merchant and the id that a request means.
  absl::StatusOr<MerchantDesk*> Resolve(const TenantName& tenant, const std::string& merchant,
                                        const std::string& payout_id) const;
  Task<absl::StatusOr<Payout>> FindOwn(TenantName tenant, PayoutKey key);

  Core& core_;
  const Directory& directory_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_QUERY_PAYOUTS_H_
