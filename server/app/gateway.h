// Gateway: the running core: its work loops, its recovery at start, its drain.
//
// Used by: server/main, and by tests that run the whole core under simulated time. Callers reach it
// through the use cases; adapters through accept_callback. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_GATEWAY_H_
#define PAYOUT_SERVER_APP_GATEWAY_H_

#include <memory>
#include <vector>

#include "server/app/directory.h"
#include "server/app/feed.h"
#include "server/app/switches.h"
#include "server/app/work_loop.h"

namespace payout {

class Gateway {
 public:
  Gateway(Core& core, Feed& feed, Directory& directory)
      : core_(core), feed_(feed), directory_(directory), switches_(core, directory) {}

  // Takes over what an earlier process left, counts what is open, and starts the loops. Call once.
  Task<absl::Status> Start();

  // Begins nothing new and ends waits; calls in flight go on. Then wait for `idle`.
  void Drain();
  // No call is in flight. What waits for a permit is taken up by the next process.
  bool idle() const;

  Switches& switches() { return switches_; }

 private:
  void Count(const Event& event);

  Core& core_;
  Feed& feed_;
  Directory& directory_;
  Switches switches_;
  std::vector<std::unique_ptr<WorkLoop>> loops_;
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_GATEWAY_H_
