// Moves: everything that may happen next in a world, and whether it breaks a promise.
//
// Used by: the explorer. The decisions are the gateway's own; what a submitter does between them
// restates server/app (submit_payout, track_status, accept_callback, apply_decision) in single
// steps. It knows no leases: any process may take the row at any time that the decisions allow,
// since safety must not hang on them. Thread-safety: none.

#ifndef PAYOUT_TESTS_EXPLORER_MOVES_H_
#define PAYOUT_TESTS_EXPLORER_MOVES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "tests/explorer/world.h"

namespace payout::explorer {

struct Outcome {
  Step step;
  World world;                 // canonical
  bool swapped = false;        // to make it so, A and B changed names
  std::string_view violation;  // empty: none
};

class Moves {
 public:
  // Both outlive it.
  Moves(const Scenario& scenario, const Rules& rules);

  // Replaces `out`.
  void From(const World& world, std::vector<Outcome>& out);

 private:
  // What worker `who` may do.
  void IdleMoves(int who);
  void LoadedMoves(int who);
  void CallingMoves(int who);
  void ReadMoves(int who, const Payout& copy);
  void RecordDenial(int who);
  void Answer(int who, CreateAnswerKind kind);

  // What everybody else may do.
  void Crashes();
  void Callback();
  void PlatformMoves();
  void Cancel();
  void TimePasses();

  void Emit(Step step, World world);
  void Blame(std::string_view violation);

  World Next() const { return *from_; }
  const Worker& WorkerOf(int who) const { return from_->workers[static_cast<std::size_t>(who)]; }
  Moment MomentOf(int who, int age) const;
  Payout CopyOf(int who) const;
  bool Store(World& world, int who, const Payout& before, const Decision& decision);
  void CheckOldVersionIsRefused(const World& world, const Payout& before, const Decision& decision);
  bool TakeReadAnswer(World& world, int who, const Payout& copy, std::uint8_t answer, int age);
  void Apply(World& world, Thing thing, std::uint8_t lag) const;
  bool CanBeApplied(const World& world) const;
  void EndCall(World& world, int who, int ticks) const;

  const Scenario& scenario_;
  const Rules& rules_;
  const Policy policy_;
  const World* from_ = nullptr;
  std::vector<Outcome>* out_ = nullptr;
  std::string_view violation_;  // of the move being made
};

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_MOVES_H_
