// World: one payout in its store, two processes that submit it, and the platform with the truth.
//
// Used by: the explorer. A value of plain bytes: equal worlds have equal bytes.

#ifndef PAYOUT_TESTS_EXPLORER_WORLD_H_
#define PAYOUT_TESTS_EXPLORER_WORLD_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "server/domain/decide.h"
#include "server/domain/hint.h"
#include "tests/explorer/row.h"

namespace payout::explorer {

// What there is to explore, and what is assumed about everybody else.
struct Scenario {
  std::string name;

  // The gateway. `shared`: two processes of their own on one store, one of them may crash.
  // Otherwise two workers of one process, which may crash and start again.
  bool shared = true;
  int absence_reads = 3;
  int submit_before = -1;  // in ticks; -1: the caller set none

  // The platform. Who has the id before we send anything: nobody, someone with equal values,
  // someone with others.
  enum class Holder { kNobody, kElder, kStranger } holder = Holder::kNobody;
  bool unique_ids = true;  // it accepts an id once; otherwise it pays for every create that arrives
  bool reversals = false;  // a final status may turn into another one, once

  // Assumptions. What a create call can still cause is seen by every read that the platform answers
  // Policy::absence_settle or more after the call closed (refusal_settle after a 400, 413, 415 or
  // 422).
  bool lateness_is_bounded = true;
  // A claimed create has left and its call has closed 2 x create_timeout after the claim.
  bool pauses_are_bounded = true;

  // How often each may happen; nullopt: without bound, which contains every bound.
  std::optional<int> creates;
  std::optional<int> reads;
  std::optional<int> callbacks;
  std::optional<int> crashes;
};

// The decisions under test, each replaceable by a wrong one.
struct Rules {
  std::function<NextCall(const Payout&, absl::Time)> next = NextCallOf;
  std::function<Decision(const Payout&, const Moment&, const Policy&)> claim = DecideClaim;
  std::function<Decision(const Payout&, const CreateAnswer&, const Moment&, const Policy&)> create =
      DecideCreate;
  std::function<Decision(const Payout&, const ReadAnswer&, std::int64_t, const Moment&,
                         const Policy&)>
      read = DecideRead;
  std::function<Decision(const Payout&, const Moment&, const Policy&)> lost = DecideLost;
  std::function<Decision(const Payout&, const Moment&)> expire = DecideExpiry;
  std::function<std::optional<Decision>(const Payout&, const Moment&)> cancel = DecideCancel;
  // What a callback does to the row, besides being counted.
  std::function<void(Payout&)> callback = [](Payout& payout) {
    payout.schedule = HintSchedule(payout.status.state, payout.schedule, payout.last_read_at, kNow);
  };
  bool versions_checked = true;     // the store refuses a change of another version
  bool claim_is_first = true;       // the claim is durable before the create leaves
  bool evidence_from_start = true;  // absence is what the platform said when the read began
};

// kLoaded: it has the row and may post. kCalling: its create is under way. kDenied: it asked, the
// platform said that it does not know the payout, and that is not recorded yet. Everything else is
// one step.
enum class Doing : std::uint8_t { kNothing, kLoaded, kCalling, kDenied };

// A process that works on the payout, or a worker of the one process. Its copy of the row has the
// row's version: what it would do with an older copy comes to nothing, so it counts as idle then
// (see Moves::Store).
struct Worker {
  Doing doing = Doing::kNothing;
  std::uint8_t age = 0;    // of the call, in ticks
  std::uint8_t sent = 0;   // its create: 0 none, 1 may be applied, 2 was applied
  std::uint8_t hints = 0;  // that its copy knows: 0 none, 1 not the last one, 2 all
  // Only where the store does not look at versions.
  std::uint8_t old = 0;  // its copy is older than the row
  Row copy;
  friend bool operator==(const Worker&, const Worker&) = default;
};

enum class Thing : std::uint8_t { kNothing, kOurs, kOurOther, kElder, kStranger };

struct Platform {
  Thing thing = Thing::kNothing;  // what it has under the id
  std::uint8_t status = 0;        // PlatformStatus
  std::uint8_t ever = 0;          // bit per status that it ever had
  std::uint8_t reversed = 0;
  std::uint8_t lag = 0;      // ticks until every read sees it; kWhileOpen: the call is open
  std::uint8_t accepts = 0;  // creates that were applied
  friend bool operator==(const Platform&, const Platform&) = default;
};
inline constexpr std::uint8_t kWhileOpen = 100;

struct World {
  Row row;
  std::array<Worker, 2> workers;
  Platform platform;
  // Creates that nobody waits for and that may still be applied: ticks that are left, longest
  // first; kWhileOpen: for ever.
  std::array<std::uint8_t, 3> loose{};
  std::uint8_t creates = 0;  // that left
  std::uint8_t reads = 0;
  std::uint8_t callbacks = 0;
  std::uint8_t crashes = 0;
  // What an honest observer knows.
  std::uint8_t acknowledged = 0;  // an answer was recorded that says that the platform has the id
  std::uint8_t unsure = 0;        // a create ended without proof that it was not applied
  friend bool operator==(const World&, const World&) = default;
};
static_assert(sizeof(World) == 15 + 2 * 20 + 6 + 3 + 6, "hashed by its bytes: no padding");

World FirstWorld(const Scenario& scenario);

// The one of several worlds that cannot be told apart that stands for all of them.
World Canonical(World world, const Scenario& scenario);

// Something that may happen; `who` is a worker, `arg` an answer, where it has one.
enum class Move : std::uint8_t {
  kLoad,
  kRelease,
  kClaim,
  kClaimUnconfirmed,
  kExpire,
  kLost,
  kTokenFails,
  kApplied,
  kAppliedOther,
  kAnswer,
  kUnrecorded,
  kRead,
  kReadDenied,
  kRecordDenial,
  kCrash,
  kCallback,
  kLateApplied,
  kPlatformSettles,
  kReversal,
  kCancel,
  kTimePasses,
};
struct Step {
  Move move = Move::kTimePasses;
  std::uint8_t who = 0;
  std::uint8_t arg = 0;
};
std::string Describe(const Step& step);
std::string Describe(const World& world);

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_WORLD_H_
