// Eventually: waits until something that another thread or process does has happened.
//
// Used by: tests that look at real sockets and programs from outside. The only place that polls;
// everything else waits on events or on simulated time.

#ifndef PAYOUT_TESTS_SUPPORT_EVENTUALLY_H_
#define PAYOUT_TESTS_SUPPORT_EVENTUALLY_H_

#include <chrono>
#include <thread>

namespace payout::testing {

// Polls until `condition()` holds; false when it does not for `seconds`.
template <class Condition>
bool Eventually(Condition condition, int seconds = 10) {
  for (int i = 0; i < seconds * 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_EVENTUALLY_H_
