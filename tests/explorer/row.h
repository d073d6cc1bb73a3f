// Row: a payout as a few bytes, so that millions of states of the smallest world fit in memory, and
// back.
//
// Used by: the explorer. Times are ages in ticks, relative to a clock that stands at kNow whenever
// a decision is made; ages beyond which no rule can tell a difference are cut. What only decides
// when something is tried again, what is shown to people, and what no rule looks at any more is
// left out. That makes the number of states finite, however often anything happens.
// Thread-safety: values; functions are pure.

#ifndef PAYOUT_TESTS_EXPLORER_ROW_H_
#define PAYOUT_TESTS_EXPLORER_ROW_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/decide.h"

namespace payout::explorer {

// The one unit of time. Every timing of the policy is a whole number of ticks; what the rules count
// in seconds (kReadGap) is less than one.
inline constexpr absl::Duration kTick = absl::Minutes(2);
inline const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
inline constexpr absl::Duration kMonotonic = absl::Hours(1000);
// When the first claim was made and a payout of ours was created; the ages do not matter, only
// their order.
inline const absl::Time kFirstClaim = kNow - absl::Hours(3);
inline const absl::Time kLongBefore = kFirstClaim - absl::Hours(24);

// Timings in ticks.
inline constexpr int kTimeoutTicks = 1;
inline constexpr int kGapTicks = 1;
inline constexpr int kSettleTicks = 3;
inline constexpr int kRefusalTicks = 1;
inline constexpr int kWindowTicks = 4;
inline constexpr int kFreshTicks = 5;  // kAbsenceFresh; a test compares

// The policy of the world; `absence_reads` 410 answers settle absence.
Policy SmallPolicy(int absence_reads);

// The platform's payout as the gateway asked for it, and one with another amount.
PlatformView EqualView();
PlatformView OtherView();

struct Row {
  std::uint8_t state = 0;
  std::uint8_t reviews = 0;        // bit per Review
  std::uint8_t flags = 0;          // of Submission
  std::uint8_t hints = 0;          // 0: none, 1: all read, 2: some are not read
  std::int8_t due = -1;            // ticks until then; -1: never
  std::int8_t last_read = -1;      // -1: never
  std::int8_t post_closed = -1;    // -1: never
  std::uint8_t absence_owner = 0;  // 1, 2: a living process; 3: none
  std::uint8_t absence_count = 0;
  std::int8_t absence_age = 0;     // since the create call closed
  std::int8_t absence_last = 0;    // since the last 410 that counted
  std::uint8_t contradiction = 0;  // its state
  std::int8_t contradiction_age = 0;
  std::uint8_t correction = 0;     // its state
  std::int8_t submit_before = -1;  // ticks until then; -1: none
  friend bool operator==(const Row&, const Row&) = default;
};
static_assert(sizeof(Row) == 15, "hashed by its bytes: no padding");

// A new payout; `submit_before` in ticks, -1: none.
Row NewRow(int submit_before);

// The payout in the store. Version and revision are the same for every row: only their change
// matters.
inline constexpr std::int64_t kVersion = 100;
inline constexpr std::int64_t kRevision = 10;
Payout Unpack(const Row& row);
// Unpack(Pack(payout)) decides as `payout` does, but for waits and texts.
Row Pack(const Payout& payout);

// Whether the flags of an open payout survive packing: false when a member was added to Submission
// that a row knows nothing of.
bool PackKeepsFlags(const Payout& payout);

// One tick later.
void Age(Row& row);
// The process `owner` (1 or 2) is gone: its monotonic times mean nothing to the others.
void ForgetOwner(Row& row, std::uint8_t owner);

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_ROW_H_
