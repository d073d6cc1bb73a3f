// RefusalTally: counts calls that are refused on gRPC's threads, and tells the observer about them
// on the core loop. However many are refused, at most one post is under way: a flood of refusals
// does not become a flood of work.
//
// Used by: payout_service. Thread-safe.

#ifndef PAYOUT_SERVER_RPC_REFUSAL_TALLY_H_
#define PAYOUT_SERVER_RPC_REFUSAL_TALLY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "server/app/core.h"

namespace payout {

class RefusalTally {
 public:
  // `core` outlives what is posted.
  explicit RefusalTally(Core& core) : core_(core), counts_(std::make_shared<Counts>()) {}

  // `method` and `code` are constants of the program.
  void Count(std::string_view method, std::string_view code);

 private:
  using Refusal = std::pair<std::string_view, std::string_view>;
  struct Counts {
    std::mutex mutex;
    std::map<Refusal, std::int64_t> since;  // methods x codes at most; empty: nothing is posted
  };

  Core& core_;
  std::shared_ptr<Counts> counts_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_REFUSAL_TALLY_H_
