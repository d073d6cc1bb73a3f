// The fail points of the instrumented gateway: where a crash loop can kill it.
//
// Used by: payout-crash; a test compares the list with the sources.

#ifndef PAYOUT_TESTS_CRASH_FAIL_POINTS_H_
#define PAYOUT_TESTS_CRASH_FAIL_POINTS_H_

#include <vector>

namespace payout::testing {

struct FailPoint {
  const char* name;
  // Only visited while a new store is made.
  bool birth = false;
  // Visited once in a life.
  bool once = false;
  // How long it may take until it is visited under load.
  int patience_ms = 800;
};

// In the order in which a payout meets them.
const std::vector<FailPoint>& FailPoints();

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_FAIL_POINTS_H_
