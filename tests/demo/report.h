// The end of the demo: the gateway's books beside the platform's ledger, and whether they agree.
//
// Used by: payout-demo. Thread-safety: free functions.

#ifndef PAYOUT_TESTS_DEMO_REPORT_H_
#define PAYOUT_TESTS_DEMO_REPORT_H_

#include <string>
#include <vector>

#include "tests/demo/demo_payouts.h"
#include "tests/demo/platform_ledger.h"

namespace payout::demo {

// What is known of one payout when all is over.
struct Outcome {
  DemoPayout asked;
  v1::Payout payout;  // as GetPayout shows it
  std::vector<v1::PayoutEvent> events;
};

// Prints the table and the closing line. True when everything is as it has to be: each payout ended
// as expected, every revision came as one event, the platform paid it exactly once or not at all,
// and the ledger has nothing else.
bool PrintReport(const std::vector<Outcome>& outcomes, const PlatformLedger& ledger);

}  // namespace payout::demo

#endif  // PAYOUT_TESTS_DEMO_REPORT_H_
