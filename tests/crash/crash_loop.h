// CrashLoop: kills the gateway again and again, at its fail points and at random moments, and
// checks what its callers, its readers and the platform can see.
//
// Used by: payout-crash. A round is one store: many lives and deaths of the gateway on it, then one
// life in which everything settles, then the books. Not thread-safe.

#ifndef PAYOUT_TESTS_CRASH_CRASH_LOOP_H_
#define PAYOUT_TESTS_CRASH_CRASH_LOOP_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/crash/call_book.h"
#include "tests/crash/fail_points.h"
#include "tests/crash/reader.h"
#include "tests/crash/world.h"

namespace payout::testing {

struct CrashOptions {
  std::string bin;  // folder of the programs
  std::string dir;  // of everything that is written; a round's folder stays when it has violations
  std::uint64_t seed = 1;
  int kills = 25;
  int kills_per_round = 25;
  std::string point;  // only this one; empty: all of them, and random moments
  std::string bug;    // planted into the gateway; empty: none
};

struct CrashCounts {
  std::map<std::string, int> kills;  // by fail point or moment
  std::int64_t lives = 0;
  std::int64_t payouts = 0;
  std::int64_t replays = 0;
  std::int64_t resumptions = 0;
  std::int64_t stream_changes = 0;
  std::int64_t checks = 0;  // of everything that was acknowledged, right after a death
  std::vector<std::string> violations;

  int total_kills() const;
};

class CrashLoop {
 public:
  explicit CrashLoop(CrashOptions options);

  // Until the kills are done, or a round has violations.
  const CrashCounts& Run();

 private:
  static constexpr const char* kUnderLoad = "a random moment under load";
  static constexpr const char* kWhileStarting = "a random moment at start";
  static constexpr const char* kWhileDraining = "a random moment of a drain";
  // How a life is to end.
  struct Death {
    const FailPoint* point = nullptr;  // nullptr: at a random moment
    int visit = 1;
    const char* moment = kUnderLoad;  // also when the point is not reached
  };

  void RunRound(int number);
  bool Live(CrashWorld& world, const std::string& prefix, const Death& death, bool calm);
  bool LiveUnderLoad(ChildProgram& gateway, const std::shared_ptr<client::Channel>& channel,
                     const std::string& prefix, const Death& death, bool calm);
  void Heal(CrashWorld& world);
  void LetReadersFinish(const client::Channel& channel);
  Death NextDeath(bool new_store);
  void Refill();

  const CrashOptions options_;
  std::mt19937_64 random_;
  CrashCounts counts_;
  std::deque<Death> deaths_;

  // Of a round.
  std::unique_ptr<CallBook> book_;
  std::vector<std::unique_ptr<Reader>> readers_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_CRASH_LOOP_H_
