// Names and ids as types of their own, so that a merchant cannot be passed for a tenant.
//
// Used by: everyone. Values: copyable, comparable, hashable. They carry text that was checked where
// it came in; see validate.h.

#ifndef PAYOUT_SERVER_DOMAIN_IDS_H_
#define PAYOUT_SERVER_DOMAIN_IDS_H_

#include <compare>
#include <string>
#include <utility>

namespace payout {

template <class Tag>
class StrongText {
 public:
  StrongText() = default;
  explicit StrongText(std::string value) : value_(std::move(value)) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend auto operator<=>(const StrongText&, const StrongText&) = default;
  template <class H>
  friend H AbslHashValue(H h, const StrongText& text) {
    return H::combine(std::move(h), text.value_);
  }

 private:
  std::string value_;
};

using PayoutId = StrongText<struct PayoutIdTag>;          // chosen by the caller
using MerchantName = StrongText<struct MerchantNameTag>;  // as the configuration calls it
using TenantName = StrongText<struct TenantNameTag>;      // who calls, from credentials

// What identifies a payout here and, within the merchant, at the platform.
struct PayoutKey {
  MerchantName merchant;
  PayoutId payout_id;

  friend auto operator<=>(const PayoutKey&, const PayoutKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const PayoutKey& key) {
    return H::combine(std::move(h), key.merchant, key.payout_id);
  }
};

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_IDS_H_
