// Acceptance of callbacks: checks the capability, records a durable hint, and nothing else. A
// callback says that something changed, never what; the read that follows says that.
//
// Used by: adapters/callback. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_ACCEPT_CALLBACK_H_
#define PAYOUT_SERVER_APP_ACCEPT_CALLBACK_H_

#include <string>

#include "server/app/capability.h"
#include "server/app/directory.h"
#include "server/base/task.h"

namespace payout {

// What a callback carries, as received.
struct CallbackCall {
  std::string merchant;
  std::string key_id;
  std::string mac;
  std::string payout_id;  // idEntity of the body; well-formed
};

enum class CallbackVerdict {
  kAccepted,         // the hint is durable
  kWrongCapability,  // nothing was done, nothing was looked up
  kNotDurable,       // the platform should repeat it
};

class AcceptCallback {
 public:
  AcceptCallback(Core& core, const Capability& capability, const Directory& directory)
      : core_(core), capability_(capability), directory_(directory) {}

  Task<CallbackVerdict> Handle(CallbackCall call);

 private:
  Core& core_;
  const Capability& capability_;
  const Directory& directory_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_ACCEPT_CALLBACK_H_
