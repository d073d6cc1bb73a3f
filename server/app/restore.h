// Taking over a restored backup: no row of before the restore is sent again unless the platform was
// asked first.
//
// Used by: the gateway, at its start, before anything else goes on.

#ifndef PAYOUT_SERVER_APP_RESTORE_H_
#define PAYOUT_SERVER_APP_RESTORE_H_

#include "absl/status/status.h"
#include "server/app/core.h"
#include "server/app/directory.h"
#include "server/base/task.h"

namespace payout {

// Decides on every row that the store calls restored (decide.h, DecideRestored), in batches, and
// then tells the store that none is left. A process that dies on the way leaves the rest to the
// next one. An error of the store ends it: the gateway must not start then.
Task<absl::Status> TakeOverRestored(Core& core, const Directory& directory);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_RESTORE_H_
