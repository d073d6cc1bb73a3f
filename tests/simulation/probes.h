// Probes: how often the rare things really happened. A green run proves nothing about what never
// ran.
//
// Used by: the worlds, which count; the program and the tests, which print and judge. A value;
// worlds are added up.

#ifndef PAYOUT_TESTS_SIMULATION_PROBES_H_
#define PAYOUT_TESTS_SIMULATION_PROBES_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/answer.h"
#include "server/domain/outcome_table.h"

namespace payout::simulation {

// What can befall a payout in any state.
enum class Fault {
  kCrash,           // the process died
  kStoreRefused,    // a decision was not written
  kAckLost,         // a decision was written, and the process was told that it was not
  kCallback,        // a callback was recorded
  kForgedCallback,  // a callback without the right capability named the payout
  kWallJump,        // the wall clock jumped
  kNoAnswer,        // a call to the platform was not answered
  kRepeated,        // the caller asked for the same again
  kOtherContent,    // the caller asked for something else under the id
  kCancel,          // the caller cancelled, or tried to
  kIntruder,        // another tenant tried to get at it
  kDisconnect,      // the caller hung up while it waited
};
inline constexpr int kFaults = 12;
std::string_view FaultName(Fault fault);

struct Probe {
  std::string name;
  long count = 0;
  bool reachable = true;
};

class Probes {
 public:
  void CountCreate(CreateAnswerKind answer, History history) {
    ++create_[static_cast<std::size_t>(answer)][static_cast<std::size_t>(history)];
  }
  void CountRead(ReadAnswerKind answer, Standing standing) {
    ++read_[static_cast<std::size_t>(answer)][static_cast<std::size_t>(standing)];
  }
  void CountToken(TokenAnswerKind answer) { ++token_[static_cast<std::size_t>(answer)]; }
  void CountFault(Fault fault, State state) {
    ++fault_[static_cast<std::size_t>(fault)][static_cast<std::size_t>(state) - 1];
  }
  void CountEnd(State state, bool needs_review) {
    ++end_[static_cast<std::size_t>(state) - 1][needs_review ? 1 : 0];
  }
  void CountReview(Review review) { ++review_[static_cast<std::size_t>(review) - 1]; }

  void Add(const Probes& other);

  // Every row of the outcome tables, every state and fault, every way to end; with the reachable
  // ones marked.
  std::vector<Probe> List() const;

 private:
  template <class A>
  static void AddUp(A& to, const A& from);

  std::array<std::array<long, 2>, kCreateAnswerKinds> create_{};
  std::array<std::array<long, 3>, kReadAnswerKinds> read_{};
  std::array<long, kTokenAnswerKinds> token_{};
  std::array<std::array<long, 8>, kFaults> fault_{};
  std::array<std::array<long, 2>, 8> end_{};
  std::array<long, 4> review_{};
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_PROBES_H_
