// World: everything of one seed: clock, network, platform, store, the running process, callers and
// readers. First a phase with faults, then one without, in which everything must settle.
//
// Used by: campaign.h, the tests. One thread; the same seed does the same, step by step.

#ifndef PAYOUT_TESTS_SIMULATION_WORLD_H_
#define PAYOUT_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/callers.h"
#include "tests/simulation/operators.h"
#include "tests/simulation/readers.h"
#include "tests/simulation/simulated_store.h"

namespace payout::simulation {

struct Verdict {
  std::uint64_t seed = 0;
  std::string invariant;  // empty: all held
  std::string violation;
  std::uint64_t trace_hash = 0;
  int steps = 0;
  int payments = 0;  // in the platform's ledger
  absl::Duration lasted;
  Probes probes;
  std::vector<std::string> trace;  // the last lines, when they were asked for
  bool ok() const { return invariant.empty(); }
};

class World {
 public:
  // Keeps the last `trace_lines` lines of the trace.
  World(std::uint64_t seed, std::size_t trace_lines);
  ~World();

  // Once.
  Verdict Run();

 private:
  void PlanFaults();
  void PlanForgery();
  void StartProcess();
  Task<void> Boot(Process& process);
  void Crash();
  void Heal();
  void DeliverCallback(const std::string& url, const PayoutKey& key, bool genuine, int tries);
  Task<void> HandleCallback(Process& process, std::string url, PayoutKey key, bool genuine,
                            int tries);
  // Runs until `done`, a violation or `until`; crashes the process where that was planned.
  bool RunUntil(const std::function<bool()>& done, absl::Duration until);
  bool IsSettled() const;
  std::string WhatIsOpen() const;
  void Compare();
  absl::Duration Now() { return env_.Monotonic(); }

  const std::uint64_t seed_;
  Random random_;
  FaultRanges faults_;
  const Settings settings_;
  testing::SimulatedEnvironment env_;
  Trace trace_;
  Probes probes_;
  Checker checker_;
  SimulatedPlatform platform_;
  SimulatedStore store_;
  PlatformLink link_;
  WallClock wall_;
  Callers callers_;
  Readers readers_;
  Operators operators_;
  std::unique_ptr<Process> process_;
  bool up_ = false;
  bool crash_now_ = false;
  bool backed_up_ = false;
  bool restore_next_ = false;  // before the next process starts
  bool healing_ = false;
  int processes_ = 0;
  std::int64_t turns_ = 0;
  std::vector<int> crash_steps_;  // descending
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_WORLD_H_
