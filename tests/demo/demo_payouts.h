// The payouts of the demo: one of each kind, and one for each thing that can go wrong.
//
// Used by: payout-demo. Thread-safety: values.

#ifndef PAYOUT_TESTS_DEMO_DEMO_PAYOUTS_H_
#define PAYOUT_TESTS_DEMO_DEMO_PAYOUTS_H_

#include <string>
#include <vector>

#include "payout/v1/payout_service.pb.h"

namespace payout::demo {

struct DemoPayout {
  v1::CreatePayoutRequest request;
  std::string about;     // what it shows, for people
  v1::PayoutState ends;  // how it has to end
  std::string reason;    // the platform's code; empty when it is paid
};

// In the order of creation. What goes wrong is in scenario.toml, by id.
std::vector<DemoPayout> DemoPayouts();

}  // namespace payout::demo

#endif  // PAYOUT_TESTS_DEMO_DEMO_PAYOUTS_H_
