// Readers: status streams of a world: of a tenant or of some payouts, quick or slow, that hang up
// and resume from tokens, across restarts of the process too.
//
// Used by: world.h. Each has a StreamCheck. Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_READERS_H_
#define PAYOUT_TESTS_SIMULATION_READERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/callers.h"
#include "tests/simulation/stream_check.h"

namespace payout::simulation {

class Readers {
 public:
  Readers(testing::SimulatedEnvironment& env, Random& random, const FaultRanges& faults,
          Checker& checker, Trace& trace, const Settings& settings,
          std::function<Process*()> process)
      : env_(env),
        random_(random),
        faults_(faults),
        checker_(checker),
        trace_(trace),
        settings_(settings),
        process_(std::move(process)) {}

  // Begins `settings.readers` of them within `spread`; those of payouts want some of `wishes`.
  void Begin(const std::vector<Callers::Wish>& wishes, absl::Duration spread);
  void OnCrash();
  // Tokens of before no longer lead anywhere.
  void OnRestore() { ++restores_; }
  void Heal() { healing_ = true; }
  // Everybody has seen everything there is to see.
  bool content() const;

 private:
  struct Reader {
    StreamRequest request;
    std::unique_ptr<StreamCheck> check;
    std::vector<std::string> tokens;  // of the last messages
    int restores = 0;                 // when they were given
    std::unique_ptr<TaskScope> scope;
    std::unique_ptr<StatusStream> stream;
    bool connected = false;
    bool complete = false;
    bool existed_at_connect = false;  // all of its payouts
    bool not_found = false;           // the last time, since some of the payouts do not exist
    std::uint64_t connection = 0;
  };

  void ConnectIn(std::size_t i, absl::Duration wait);
  void Connect(std::size_t i);
  void HangUp(std::size_t i);
  void HangUpSoon(std::size_t i);
  // Maybe the gateway ends the stream, with a last token.
  bool SentAway(std::size_t i);
  Task<void> Run(std::size_t i, Process& process, bool resumes);
  void Ended(std::size_t i, const absl::Status& status);

  testing::SimulatedEnvironment& env_;
  Random& random_;
  const FaultRanges& faults_;
  Checker& checker_;
  Trace& trace_;
  const Settings& settings_;
  std::function<Process*()> process_;
  std::vector<Reader> readers_;
  bool healing_ = false;
  int restores_ = 0;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_READERS_H_
