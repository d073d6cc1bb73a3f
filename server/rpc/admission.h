// Admission: how many calls may be here at once, and how many of them of one tenant.
//
// Used by: payout_service, stream_status. A pool of places bounds what calls hold in memory. One
// tenant never has more than three quarters of a pool, and half of it while others are there, so
// that whoever comes finds a place. Refusing early costs least: nothing was read or stored.
// Thread-safe.

#ifndef PAYOUT_SERVER_RPC_ADMISSION_H_
#define PAYOUT_SERVER_RPC_ADMISSION_H_

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "server/domain/ids.h"

namespace payout {

class Places {
  using ByTenant = std::map<TenantName, int>;  // how many each has; never 0

 public:
  // `max` is at least 1.
  explicit Places(int max) : max_(max) {}
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  // A place until it is destroyed, which may happen on any thread. The pool outlives it.
  class Place {
   public:
    Place(Place&& other) noexcept
        : places_(std::exchange(other.places_, nullptr)), tenant_(other.tenant_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_ != nullptr) places_->Leave(tenant_);
    }

   private:
    friend class Places;
    Place(Places* places, ByTenant::iterator tenant) : places_(places), tenant_(tenant) {}
    Places* places_;
    ByTenant::iterator tenant_;
  };
  // nullopt: there is none for this tenant now.
  std::optional<Place> Enter(const TenantName& tenant);

  int taken() const;

 private:
  void Leave(ByTenant::iterator tenant);

  const int max_;
  mutable std::mutex mutex_;
  int taken_ = 0;
  ByTenant by_tenant_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_ADMISSION_H_
