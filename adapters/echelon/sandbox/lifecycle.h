// Lifecycle: what happens to accepted payouts later: settlement, status flips, callbacks and their
// repeats.
//
// Used by: the platform model. No clock and no I/O: time is passed in, and callbacks come out as
// CallbackSend orders whose result is reported back.
// Thread-safety: none.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_LIFECYCLE_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_LIFECYCLE_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/echelon/sandbox/business_rules.h"
#include "adapters/echelon/sandbox/fault_set.h"
#include "adapters/echelon/sandbox/ledger.h"
#include "adapters/echelon/sandbox/settings.h"

namespace payout::sandbox {

struct CallbackSend {
  std::uint64_t id = 0;  // for ReportCallback
  std::string url;       // http and loopback, always
  std::string body;
};

class Lifecycle {
 public:
  Lifecycle(const PlatformSettings& settings, Ledger& ledger, FaultSet& faults,
            BalanceBook& balances)
      : settings_(settings), ledger_(ledger), faults_(faults), balances_(balances) {}

  // Plans the future of a payout that was just accepted.
  void Accepted(std::size_t index, const FaultDecision& decision, absl::Time now);

  // A status change now, whatever was planned.
  void Force(std::size_t index, const std::string& status, const std::string& failure_reason,
             absl::Time now);

  // InvalidArgument unless the URL is http and loopback.
  absl::Status SendByHand(const std::string& url, const std::string& id_entity, absl::Time now);

  // Applies everything that is due and returns the callbacks to send.
  std::vector<CallbackSend> Advance(absl::Time now);
  // InfiniteFuture when nothing is planned.
  absl::Time NextDue() const;

  // `http_status` 0 = no answer. Anything but 200 is repeated.
  void ReportCallback(std::uint64_t id, int http_status, absl::Time now);

  // Forgets all plans and the callbacks under way, whose reports are then ignored.
  void Clear() {
    events_.clear();
    flips_.clear();
    in_flight_.clear();
  }

 private:
  static constexpr std::size_t kByHand = std::numeric_limits<std::size_t>::max();
  struct Plan {
    std::string status;
    std::string failure_reason;
    absl::Duration delay;
  };
  struct Event {
    enum class Kind { kSettle, kFlip, kCallback, kByHand } kind = Kind::kSettle;
    std::size_t index = 0;
    Plan plan;        // kSettle, kFlip
    int attempt = 1;  // kCallback
    bool late = false;
    CallbackSend by_hand;
  };
  struct InFlight {
    std::size_t index = kByHand;
    std::size_t delivery = 0;
    int attempt = 0;
    bool repeat = false;
  };

  static Plan PlanOf(const Fault& fault, std::string status, absl::Duration delay);
  void Change(std::size_t index, const Plan& plan, absl::Time now);
  void StartCallback(std::size_t index, absl::Time now);
  void FireCallback(const Event& event, absl::Time now, std::vector<CallbackSend>& out);
  CallbackSend Launch(std::size_t index, std::string id_entity, int attempt, bool repeat,
                      absl::Time now);

  const PlatformSettings& settings_;
  Ledger& ledger_;
  FaultSet& faults_;
  BalanceBook& balances_;
  std::multimap<absl::Time, Event> events_;  // equal times stay in order of planning
  std::map<std::size_t, Plan> flips_;
  std::map<std::uint64_t, InFlight> in_flight_;
  std::uint64_t next_send_ = 1;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_LIFECYCLE_H_
