// Every state that the smallest worlds can reach keeps the promises; wrong decisions do not.

#include "tests/explorer/explorer.h"

#include <cctype>
#include <iostream>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/explorer/bugs.h"

namespace payout::explorer {

// How GoogleTest shows them.
void PrintTo(const Scenario& world, std::ostream* out);
void PrintTo(const Bug& bug, std::ostream* out);
void PrintTo(const Scenario& world, std::ostream* out) { *out << world.name; }
void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.name; }

namespace {

// Sanitizers slow the explorer down by two orders of magnitude and see all of its code in a smaller
// world; there the wrong decisions that show late are left out.
Scenario Sized(Scenario world) {
#ifdef PAYOUT_EXPLORE_REDUCED
  world.absence_reads = 1;
  world.creates = 1;
  world.reads = 1;
  world.callbacks = 0;
  world.crashes = 1;
#endif
  return world;
}

std::string TextOf(const Counterexample& counterexample) {
  std::string text = counterexample.violation + "\n";
  for (const std::string& line : counterexample.history) text += "  " + line + "\n";
  return text;
}

class SmallestWorldTest : public testing::TestWithParam<Scenario> {};

TEST_P(SmallestWorldTest, EveryReachableStateKeepsThePromises) {
  const Scenario world = Sized(GetParam());
  const Report report = Explore(world);
  std::cout << world.name << ": " << report.states << " states, " << report.transitions
            << " transitions, depth " << report.depth << ", " << (report.counterexample ? 1 : 0)
            << " violations\n";
  ASSERT_FALSE(report.counterexample) << TextOf(*report.counterexample);
  EXPECT_GT(report.states, 1000U);
}

INSTANTIATE_TEST_SUITE_P(Worlds, SmallestWorldTest, testing::ValuesIn(SmallestWorlds()),
                         [](const auto& instance) {
                           std::string name;
                           for (const char c : instance.param.name) name += c == '-' ? '_' : c;
                           return name;
                         });

// An exploration that never came to these places proves little.
TEST(ExplorerTest, EveryStateAndEveryKindOfEventWasSeen) {
  const Report report = Explore(Sized(WorldNamed("quick-absence")));
  for (const auto& [place, count] : report.seen) EXPECT_GT(count, 0U) << place;
  for (const char* place :
       {"QUEUED", "SUBMITTING", "OUTCOME_UNKNOWN", "PROCESSING", "SUCCEEDED", "FAILED", "REFUSED",
        "CANCELLED", "somebody cannot record the answer to its create and gives up",
        "somebody finds that whoever submitted is gone", "the process of A crashes",
        "the platform applies a create whose call has ended", "the caller cancels",
        "somebody records the answer to its create: CONFLICT"}) {
    EXPECT_TRUE(report.seen.contains(place)) << place;
  }
}

std::vector<Bug> SizedBugs() {
  std::vector<Bug> bugs = Bugs();
#ifdef PAYOUT_EXPLORE_REDUCED
  std::erase_if(bugs, [](const Bug& bug) { return bug.shows_late; });
#endif
  return bugs;
}

class WrongDecisionTest : public testing::TestWithParam<Bug> {};

TEST_P(WrongDecisionTest, IsCaughtWithTheShortestHistoryThatLeadsToIt) {
  const Bug& bug = GetParam();
  const Report report = Explore(WorldNamed(bug.world), bug.rules);
  ASSERT_TRUE(report.counterexample)
      << bug.name << ": nothing was seen in " << report.states << " states";
  std::cout << bug.name << ": " << report.states << " states\n" << TextOf(*report.counterexample);
  EXPECT_NE(report.counterexample->violation.find(bug.violation), std::string::npos)
      << report.counterexample->violation;
}

INSTANTIATE_TEST_SUITE_P(Bugs, WrongDecisionTest, testing::ValuesIn(SizedBugs()),
                         [](const auto& instance) {
                           std::string name;
                           for (const char c : instance.param.name)
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

// Nothing is assumed in vain: without a bound on how late a create may be applied, or on how long a
// process may stand still between its claim and its call, absence would prove nothing.
class AssumptionTest : public testing::TestWithParam<const char*> {};

TEST_P(AssumptionTest, WithoutItAPromiseIsBroken) {
  const Report report = Explore(WorldNamed(GetParam()));
  ASSERT_TRUE(report.counterexample);
  std::cout << TextOf(*report.counterexample);
}

#ifdef PAYOUT_EXPLORE_REDUCED
const auto kAssumptions = testing::Values("late-without-bound");
#else
const auto kAssumptions = testing::Values("late-without-bound", "paused-without-bound");
#endif
INSTANTIATE_TEST_SUITE_P(Assumptions, AssumptionTest, kAssumptions, [](const auto& instance) {
  return instance.param[0] == 'l' ? "LatenessIsBounded" : "PausesAreBounded";
});

// What the explorer forgets about a row, no rule looks at.
TEST(RowTest, PackingAndUnpackingKeepsARow) {
  EXPECT_EQ(kAbsenceFresh, kFreshTicks * kTick);
  Row row = NewRow(5);
  EXPECT_EQ(Pack(Unpack(row)), row);
  const Moment moment{.now = kNow, .monotonic = kMonotonic, .instance = 1};
  const Policy policy = SmallPolicy(3);
  row = Pack(DecideClaim(Unpack(row), moment, policy).after);
  EXPECT_EQ(Pack(Unpack(row)), row);
  row =
      Pack(DecideCreate(Unpack(row), {.kind = CreateAnswerKind::kRejected}, moment, policy).after);
  EXPECT_EQ(Pack(Unpack(row)), row);
  Age(row);
  EXPECT_EQ(Pack(Unpack(row)), row);
}

}  // namespace
}  // namespace payout::explorer
