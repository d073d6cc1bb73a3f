// FaultRanges: which faults a seed has, and how often. Each seed draws its own (most faults are off
// in most seeds), so that faults meet in combinations that one fixed set of rates would drown.
//
// Used by: world.h and everything in the world that misbehaves. A value. Numbers are per mille of
// the occasions unless a name says otherwise.
//
// What the platform is assumed to promise, also here (it is what the rules rest on, and no
// simulation can prove it):
//   - an id is accepted once per merchant, for ever;
//   - 401, 403, 404 and 429 come before the payout is made, and a readable 406 and a 400 of the
//   platform's
//     own mean that it was not: of one request, however often it is delivered;
//   - a create is applied at most kLateApply after it was sent, and reads show it at most kReadLag
//   later:
//     together less than absence_settle;
//   - somebody else's payment under our id is older than any error of our clock; and after a
//   restore, while
//     callers repeat what was lost, it is not equal to ours;
//   - an id that it has is refused as such before its request is judged otherwise.

#ifndef PAYOUT_TESTS_SIMULATION_FAULT_RANGES_H_
#define PAYOUT_TESTS_SIMULATION_FAULT_RANGES_H_

#include <array>

#include "absl/time/time.h"
#include "server/domain/answer.h"
#include "tests/simulation/random.h"

namespace payout::simulation {

inline constexpr absl::Duration kLateApply = absl::Seconds(180);
inline constexpr absl::Duration kReadLag = absl::Seconds(40);
inline constexpr absl::Duration kReadTimeout = absl::Seconds(15);

struct FaultRanges {
  // ---- clock ----
  int wall_jumps = 0;         // number, each up to an hour either way
  int drift_per_million = 0;  // the wall clock runs so much too fast
  // ---- network, of each call ----
  int surely_not_sent = 0;
  int request_lost = 0;
  int create_vanishes = 0;  // of creates only, so that reads can tell
  int reply_lost = 0;
  int connection_reset = 0;  // we give up at once; the request may arrive all the same
  int request_late = 0;      // arrives up to kLateApply after it was sent
  int delivered_twice = 0;
  absl::Duration latency_max = absl::Milliseconds(120);
  // ---- answers of the platform, by kind ----
  std::array<int, kCreateAnswerKinds> create{};
  std::array<int, kReadAnswerKinds> read{};
  std::array<int, kTokenAnswerKinds> token{};
  int outages = 0;  // number: for a while everything answers 5xx
  int token_expires_early = 0;
  int retry_after = 0;  // of the refusals that may carry one
  // ---- what the platform does with payouts ----
  absl::Duration read_lag;  // reads do not show a payout for so long after it was made
  int stale_read = 0;       // an older status
  int wrong_value = 0;      // a read shows another amount, currency or method
  int unknown_status = 0;
  int reversed = 0;  // of payouts: the terminal status becomes the other one
  int foreign = 0;   // of payouts: the id is taken by a payment that is not ours
  int failed = 100;  // of payouts: FAILED or REFUSED in the end
  absl::Duration settle_max = absl::Minutes(5);
  // ---- callbacks ----
  int callback_lost = 0;
  int callback_repeated = 0;
  int callback_early = 0;       // also before the create is answered
  int callback_on_settled = 0;  // long after
  int forged = 0;               // number
  // ---- store ----
  int store_refuses = 0;   // UNAVAILABLE, nothing written
  int store_ack_lost = 0;  // written, UNAVAILABLE
  int store_slow = 0;
  int store_outages = 0;  // number
  // ---- process ----
  int crashes = 0;        // number
  bool restored = false;  // once a backup is put back
  // ---- operators ----
  int pauses = 0;   // number
  int reviews = 0;  // number of verdicts
  // ---- callers and readers ----
  int caller_disconnects = 0;
  int other_content = 0;  // of a caller's further calls, and so on
  int cancels = 0;
  int intruders = 0;
  int submit_before = 0;  // of payouts
  int reader_slow = 0;
  int reader_disconnects = 0;
  int reader_sent_away = 0;  // as by a gateway that shuts down
};

// Faults of a seed. About one seed in twelve has none.
FaultRanges DrawFaults(Random& random);

// Everything heals: what is left is how the platform ends payouts.
FaultRanges Healed(const FaultRanges& faults);

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_FAULT_RANGES_H_
