#include "server/app/directory.h"

#include <algorithm>
#include <utility>

#include "server/domain/reason.h"

namespace payout {
namespace {

bool May(const Tenant* tenant, const MerchantName& merchant) {
  return tenant != nullptr &&
         std::ranges::find(tenant->merchants, merchant) != tenant->merchants.end();
}

Violation UnknownMerchant(const std::string& field) {
  return {field, Reason::kMerchantUnknown, "you have no merchant of that name"};
}

}  // namespace

void Directory::AddMerchant(std::unique_ptr<MerchantDesk> desk) {
  const MerchantName name = desk->name();
  desks_[name] = std::move(desk);
}

void Directory::AddTenant(Tenant tenant) {
  const TenantName name = tenant.name;
  tenants_[name] = std::move(tenant);
}

MerchantDesk* Directory::FindMerchant(const MerchantName& name) const {
  const auto found = desks_.find(name);
  return found == desks_.end() ? nullptr : found->second.get();
}

const Tenant* Directory::FindTenant(const TenantName& name) const {
  const auto found = tenants_.find(name);
  return found == tenants_.end() ? nullptr : &found->second;
}

absl::StatusOr<MerchantDesk*> Directory::Resolve(const TenantName& tenant_name,
                                                 const std::string& name,
                                                 const std::string& field) const {
  const Tenant* tenant = FindTenant(tenant_name);
  if (name.empty()) {
    if (tenant != nullptr && tenant->merchants.size() == 1) {
      return FindMerchant(tenant->merchants.front());
    }
    return InvalidArgument(
        {{field, Reason::kMerchantRequired, "is required, since you have several merchants"}});
  }
  MerchantDesk* desk = FindMerchant(MerchantName(name));
  if (desk == nullptr || !May(tenant, desk->name())) {
    return InvalidArgument({UnknownMerchant(field)});
  }
  return desk;
}

absl::StatusOr<std::vector<MerchantName>> Directory::ResolveAll(
    const TenantName& tenant_name, const std::vector<std::string>& names,
    const std::string& field) const {
  const Tenant* tenant = FindTenant(tenant_name);
  std::vector<MerchantName> merchants;
  for (const std::string& name : names) {
    if (!May(tenant, MerchantName(name))) return InvalidArgument({UnknownMerchant(field)});
    merchants.emplace_back(name);
  }
  std::ranges::sort(merchants);
  merchants.erase(std::unique(merchants.begin(), merchants.end()), merchants.end());
  return merchants;
}

}  // namespace payout
