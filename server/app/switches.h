// Switches: operators stop submission, of everything or of one merchant, and let it go on.
//
// Used by: gateway (which loads them before it starts its loops), the admin port.
// While submission is paused nothing is sent, neither anew nor again: calls that are under way end,
// claimed payouts go back, and no create call begins. Everything else goes on: new payouts are
// recorded up to the bound of the backlog, reads, callbacks, streams, cancelling, expiry.
// A switch is durable before it is effective, and effective when Set returns. It outlasts restarts.
// Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_SWITCHES_H_
#define PAYOUT_SERVER_APP_SWITCHES_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "server/app/directory.h"
#include "server/base/task.h"
#include "server/domain/operator_action.h"

namespace payout {

class Switches {
 public:
  Switches(Core& core, Directory& directory) : core_(core), directory_(directory) {}

  // Takes over what earlier processes were told. UNAVAILABLE.
  Task<absl::Status> Load();

  struct Order {
    MerchantName merchant;  // empty: all
    bool paused = false;
    std::string operator_name;
    std::string note;
  };
  // Idempotent; every call is an action of its own in the log. NOT_FOUND: no such merchant.
  // ABORTED: another switch is being set. UNAVAILABLE: whether it is durable is unknown; it is not
  // effective; repeat.
  Task<absl::StatusOr<OperatorAction>> Set(Order order);

  // By merchant; that of all merchants first. Only those that were ever set.
  const std::map<MerchantName, PauseSwitch>& all() const { return switches_; }

 private:
  bool IsPaused(const MerchantName& merchant) const;
  void MakeEffective();

  Core& core_;
  Directory& directory_;
  std::map<MerchantName, PauseSwitch> switches_;
  bool setting_ = false;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_SWITCHES_H_
