#include "server/rpc/admission.h"

#include <algorithm>

namespace payout {

std::optional<Places::Place> Places::Enter(const TenantName& tenant) {
  const std::lock_guard lock(mutex_);
  auto found = by_tenant_.find(tenant);
  const int own = found == by_tenant_.end() ? 0 : found->second;
  const bool others = taken_ > own;
  const int share = std::max(1, others ? max_ / 2 : max_ - max_ / 4);
  if (taken_ >= max_ || own >= share) return std::nullopt;
  ++taken_;
  if (found == by_tenant_.end()) found = by_tenant_.emplace(tenant, 0).first;
  ++found->second;
  return Place(this, found);
}

void Places::Leave(ByTenant::iterator tenant) {
  const std::lock_guard lock(mutex_);
  --taken_;
  if (--tenant->second == 0) by_tenant_.erase(tenant);
}

int Places::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

}  // namespace payout
