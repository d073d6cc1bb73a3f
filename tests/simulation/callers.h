// Callers: the internal services of a world: each wants one payout made, repeats until it is told
// so, and does other things besides: asks again, asks for something else under the same id,
// cancels, reads, hangs up. Some try to get at payouts of another tenant.
//
// Used by: world.h. What they are told goes to the checker. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_CALLERS_H_
#define PAYOUT_TESTS_SIMULATION_CALLERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/checker.h"
#include "tests/simulation/fault_ranges.h"
#include "tests/simulation/process.h"

namespace payout::simulation {

class Callers {
 public:
  // `process` answers the running process, or nullptr while there is none.
  Callers(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
          Checker& checker, Trace& trace, const WallClock& wall, std::function<Process*()> process)
      : env_(env),
        random_(random),
        faults_(faults),
        checker_(checker),
        trace_(trace),
        wall_(wall),
        process_(std::move(process)) {}

  // `count` callers begin within `spread` from now.
  void Begin(int count, absl::Duration spread);
  // Calls in progress are never answered.
  void OnCrash();
  // Whoever was told of a payout that is gone finds out, and asks again.
  void OnRestore();
  // From now on they only repeat what they were not told yet.
  void Heal() { healing_ = true; }
  // Everybody was told that the payout is recorded, or that it never will be.
  bool content() const;

  struct Wish {
    PayoutKey key;
    TenantName tenant;
    IntentDraft draft;
  };
  const std::vector<Wish>& wishes() const { return wishes_; }

 private:
  struct Caller {
    bool told = false;     // recorded
    bool gave_up = false;  // refused for good
    int more = 0;          // things to do besides
    bool regrets = false;  // cancels as soon as it is recorded
    bool busy = false;
    std::uint64_t call = 0;  // number of the last call
    // Of all calls since the process started. Who hangs up no longer hears the answer; the call
    // goes on, as behind the real edge.
    std::vector<std::unique_ptr<TaskScope>> scopes;
  };

  Wish Draw(int number);
  void ActIn(std::size_t i, absl::Duration wait);
  void Act(std::size_t i);
  void Start(std::size_t i, Task<void> call);
  // Is it still wanted? Then the caller goes on to something else.
  bool Ends(std::size_t i, std::uint64_t call);
  void HangUp(std::size_t i, std::uint64_t call);

  Task<void> Create(std::size_t i, std::uint64_t call, Process& process, IntentDraft draft,
                    TenantName tenant);
  Task<void> Get(std::size_t i, std::uint64_t call, Process& process, TenantName tenant);
  Task<void> List(std::size_t i, std::uint64_t call, Process& process, TenantName tenant);
  Task<void> Cancel(std::size_t i, std::uint64_t call, Process& process, TenantName tenant);
  void Told(std::size_t i, const Intent& asked, const absl::StatusOr<CreateOutcome>& outcome);
  IntentDraft Other(IntentDraft draft);
  IntentDraft SameInOtherWords(IntentDraft draft);
  TenantName Stranger(const Wish& wish) const;

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  Trace& trace_;
  const WallClock& wall_;
  std::function<Process*()> process_;
  std::vector<Wish> wishes_;
  std::vector<Caller> callers_;
  bool healing_ = false;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_CALLERS_H_
