// Operators: pause and resume submission, and clear what needs review, while the world goes on.
//
// Used by: world.h. What they were told goes to the checker. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_OPERATORS_H_
#define PAYOUT_TESTS_SIMULATION_OPERATORS_H_

#include <functional>
#include <memory>
#include <set>

#include "tests/simulation/checker.h"
#include "tests/simulation/fault_ranges.h"
#include "tests/simulation/process.h"

namespace payout::simulation {

class Operators {
 public:
  Operators(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
            Checker& checker, Trace& trace, std::function<Process*()> process)
      : env_(env),
        random_(random),
        faults_(faults),
        checker_(checker),
        trace_(trace),
        process_(std::move(process)) {}

  // Pauses and reviews, spread over `safety`.
  void Begin(absl::Duration safety);
  // Whatever is paused goes on.
  void Heal();
  void OnCrash() { scope_ = std::make_unique<TaskScope>(); }
  bool content() const { return paused_.empty(); }

 private:
  void Pause(const MerchantName& merchant);
  void Resume(const MerchantName& merchant);
  Task<void> Switch(Process& process, MerchantName merchant, bool paused);
  void Review();
  Task<void> Judge(Process& process, PayoutKey key, ReviewOrder order);

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  Trace& trace_;
  std::function<Process*()> process_;
  std::set<MerchantName> paused_;  // perhaps
  std::unique_ptr<TaskScope> scope_ = std::make_unique<TaskScope>();
  bool healing_ = false;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_OPERATORS_H_
