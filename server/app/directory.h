// Directory: who may use what: tenants, and the merchants behind them.
//
// Used by: use cases that callers start, accept_callback. Filled at start, then constant; desks are
// core loop only.

#ifndef PAYOUT_SERVER_APP_DIRECTORY_H_
#define PAYOUT_SERVER_APP_DIRECTORY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/merchant_desk.h"

namespace payout {

struct Tenant {
  TenantName name;
  std::vector<MerchantName> merchants;
  std::string id_prefix;  // every payout_id of the tenant starts with it; empty: no rule
};

class Directory {
 public:
  void AddMerchant(std::unique_ptr<MerchantDesk> desk);
  void AddTenant(Tenant tenant);

  // nullptr when there is none.
  MerchantDesk* FindMerchant(const MerchantName& name) const;
  const Tenant* FindTenant(const TenantName& name) const;
  const std::map<MerchantName, std::unique_ptr<MerchantDesk>>& merchants() const { return desks_; }

  // The merchant that a request means: `name`, or the tenant's only one when `name` is empty.
  // INVALID_ARGUMENT with MERCHANT_REQUIRED or MERCHANT_UNKNOWN in `field`.
  absl::StatusOr<MerchantDesk*> Resolve(const TenantName& tenant, const std::string& name,
                                        const std::string& field) const;

  // The merchants named, or all of the tenant's when none is. INVALID_ARGUMENT with
  // MERCHANT_UNKNOWN.
  absl::StatusOr<std::vector<MerchantName>> ResolveAll(const TenantName& tenant,
                                                       const std::vector<std::string>& names,
                                                       const std::string& field) const;

 private:
  std::map<MerchantName, std::unique_ptr<MerchantDesk>> desks_;
  std::map<TenantName, Tenant> tenants_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_DIRECTORY_H_
