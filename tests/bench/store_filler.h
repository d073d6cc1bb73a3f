// StoreFiller: a store as the gateway would leave it after many payouts, made quickly.
//
// Used by: growth-bench. Rows, events and calls are those of the gateway's own decisions and
// codecs; what is left out is only that each of them was once a transaction.

#ifndef PAYOUT_TESTS_BENCH_STORE_FILLER_H_
#define PAYOUT_TESTS_BENCH_STORE_FILLER_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace payout::bench {

// Settled payouts wait for one audit, 200 days later: run the gateway with this schedule, and
// nothing comes due.
inline constexpr char kFilledAuditConfig[] = "[audit]\nschedule = [\"4800h\"]\n";
// Of what FillStore makes of a plan; part of the names of stores that are kept.
inline constexpr int kFillVersion = 1;

struct FillPlan {
  std::string tenant = "bench";
  std::string merchant = "main";
  std::size_t payouts = 0;  // of them open: the last ones
  std::size_t open = 0;     // nine in ten PROCESSING, the rest QUEUED and OUTCOME_UNKNOWN
  absl::Time now;           // the last one was made shortly before
  // Called now and then with the number of payouts that are written.
  std::function<void(std::size_t)> progress;
};

// Makes the store `path`, which must not exist. It is there, whole, or not at all; not, too, after
// an interrupt (interrupt.h).
absl::Status FillStore(const std::string& path, const FillPlan& plan);

// Id of payout `number`, counted from 0: like a random one, so that ids next to each other in time
// are far from each other in the index.
std::string FilledId(std::size_t number);

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_STORE_FILLER_H_
