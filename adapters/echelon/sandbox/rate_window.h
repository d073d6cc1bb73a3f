// RateWindow: at most N requests of a merchant within any second, in a sliding window.
//
// Used by: the platform model. Refused requests do not count. Thread-safety: none; time is passed
// in.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_RATE_WINDOW_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_RATE_WINDOW_H_

#include <deque>
#include <map>
#include <string>

#include "absl/time/time.h"

namespace payout::sandbox {

class RateWindow {
 public:
  // 0 = unlimited.
  explicit RateWindow(int requests_per_second) : limit_(requests_per_second) {}

  bool Admit(const std::string& merchant, absl::Time now) {
    State& state = merchants_[merchant];
    if (now < state.refuse_until) return false;
    if (limit_ <= 0) return true;
    while (!state.admitted.empty() && state.admitted.front() <= now - absl::Seconds(1)) {
      state.admitted.pop_front();
    }
    if (state.admitted.size() >= static_cast<std::size_t>(limit_)) return false;
    state.admitted.push_back(now);
    return true;
  }

  // A burst of refusals, whatever the limit is.
  void RefuseUntil(const std::string& merchant, absl::Time end) {
    merchants_[merchant].refuse_until = end;
  }

  void Reset() { merchants_.clear(); }

 private:
  struct State {
    std::deque<absl::Time> admitted;
    absl::Time refuse_until = absl::InfinitePast();
  };
  int limit_;
  std::map<std::string, State> merchants_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_RATE_WINDOW_H_
