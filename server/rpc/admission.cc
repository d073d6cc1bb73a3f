#include "server/rpc/admission.h"

#include <algorithm>

namespace payout {

std::optional<Places::Place> Places::Enter(const TenantName& tenant) {
  const std::lock_guard lock(mutex_);
  const auto found = of_tenant_.find(tenant);
  const int own = found == of_tenant_.end() ? 0 : found->second;
  const bool others = taken_ > own;
  const int share = std::max(1, others ? max_ / 2 : max_ - max_ / 4);
  if (taken_ >= max_ || own >= share) return std::nullopt;
  ++taken_;
  const auto entry = of_tenant_.try_emplace(tenant, 0).first;
  ++entry->second;
  return Place(this, entry);
}

void Places::Leave(Taken::iterator of_tenant) {
  const std::lock_guard lock(mutex_);
  --taken_;
  if (--of_tenant->second == 0) of_tenant_.erase(of_tenant);
}

int Places::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

}  // namespace payout
