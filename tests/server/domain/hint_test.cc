#include "server/domain/hint.h"

#include <optional>
#include <ostream>

#include <gtest/gtest.h>

namespace payout {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const absl::Duration kS = absl::Seconds(1);

struct Row {
  State state;
  std::optional<absl::Duration> read_ago;  // last read, before now
  std::optional<absl::Duration> due_in;    // schedule before the hint
  WorkClass work;
  std::optional<absl::Duration> expected_in;
  WorkClass expected_work;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << StateName(row.state) << " read "
       << (row.read_ago ? absl::FormatDuration(*row.read_ago) : "never");
}

class HintTest : public ::testing::TestWithParam<Row> {};

TEST_P(HintTest, MakesAReadDueAsTheStateAllows) {
  const Row& row = GetParam();
  const auto at = [](std::optional<absl::Duration> in) {
    return in ? std::optional(kNow + *in) : std::nullopt;
  };
  const Schedule before{.work = row.work, .due_at = at(row.due_in), .step = 3};
  const std::optional<absl::Time> last_read =
      row.read_ago ? std::optional(kNow - *row.read_ago) : std::nullopt;
  const Schedule after = HintSchedule(row.state, before, last_read, kNow);
  EXPECT_EQ(after.due_at, at(row.expected_in));
  EXPECT_EQ(after.work, row.expected_work);
  EXPECT_EQ(after.step, 3) << "the place in the poll schedule is not the hint's to change";
}

constexpr auto kNone = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    States, HintTest,
    ::testing::Values(
        // Nothing to read, or a create under way.
        Row{State::kQueued, kNone, 7 * kS, WorkClass::kCreate, 7 * kS, WorkClass::kCreate},
        Row{State::kSubmitting, kNone, 120 * kS, WorkClass::kResolve, 120 * kS,
            WorkClass::kResolve},
        Row{State::kCancelled, kNone, kNone, WorkClass::kAudit, kNone, WorkClass::kAudit},
        // Open ones: at once, but five seconds after the last read.
        Row{State::kProcessing, kNone, 60 * kS, WorkClass::kPoll, 0 * kS, WorkClass::kHint},
        Row{State::kProcessing, 100 * kS, 60 * kS, WorkClass::kPoll, 0 * kS, WorkClass::kHint},
        Row{State::kProcessing, 2 * kS, 60 * kS, WorkClass::kPoll, 3 * kS, WorkClass::kHint},
        Row{State::kProcessing, 0 * kS, 60 * kS, WorkClass::kPoll, 5 * kS, WorkClass::kHint},
        Row{State::kOutcomeUnknown, kNone, 60 * kS, WorkClass::kResolve, 0 * kS,
            WorkClass::kResolve},
        Row{State::kOutcomeUnknown, 4 * kS, 60 * kS, WorkClass::kResolve, 1 * kS,
            WorkClass::kResolve},
        // Or after now, when the clock was set back since.
        Row{State::kProcessing, -7200 * kS, 60 * kS, WorkClass::kPoll, 5 * kS, WorkClass::kHint},
        // Never later than it was.
        Row{State::kProcessing, 0 * kS, 1 * kS, WorkClass::kPoll, 1 * kS, WorkClass::kHint},
        Row{State::kOutcomeUnknown, kNone, -9 * kS, WorkClass::kResolve, -9 * kS,
            WorkClass::kResolve},
        // Settled ones: at most once an hour.
        Row{State::kSucceeded, 60 * kS, kNone, WorkClass::kAudit, 3540 * kS, WorkClass::kAudit},
        Row{State::kFailed, 7200 * kS, kNone, WorkClass::kAudit, 0 * kS, WorkClass::kAudit},
        Row{State::kRefused, kNone, kNone, WorkClass::kAudit, 0 * kS, WorkClass::kAudit},
        Row{State::kSucceeded, 60 * kS, 40 * kS, WorkClass::kAudit, 40 * kS, WorkClass::kAudit}));

}  // namespace
}  // namespace payout
