// Worlds of many seeds hold every invariant, do the same each time, and reach what is rare.

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/simulation/campaign.h"
#include "tests/support/instrument.h"

namespace payout::simulation {
namespace {

// Under sanitizers, ten times slower, only as many worlds as find a misuse of memory.
#ifdef PAYOUT_SIMULATION_REDUCED
constexpr std::uint64_t kSeeds = 150;
#else
constexpr std::uint64_t kSeeds = 2000;
#endif
constexpr int kJobs = 2;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

// So many of the rare things need the long gate to happen.
constexpr int kVeryRare = 25;

TEST(Simulation, EveryInvariantHoldsInEveryWorldAndTheRareReallyHappens) {
  const Totals totals = RunSeeds(1, kSeeds, kJobs, "", {});
  ASSERT_TRUE(totals.ok()) << "seed " << totals.failed_seed << ": " << totals.invariant << ": "
                           << totals.violation << "\nreplay: payout-sim --seed "
                           << totals.failed_seed << " --trace";
  EXPECT_EQ(totals.seeds, kSeeds);
  EXPECT_GT(totals.payments, kSeeds * 10);
  int missing = 0;
  for (const Probe& probe : totals.probes.List()) {
    if (!probe.reachable) {
      EXPECT_EQ(probe.count, 0) << probe.name << " was thought unreachable";
    }
    if (!probe.reachable || probe.count > 0) continue;
    ++missing;
    std::cout << "never happened here: " << probe.name << "\n";
  }
  if (kSeeds >= 2000) {
    EXPECT_LE(missing, kVeryRare);
  }
}

TEST(Simulation, TheSameSeedDoesTheSameStepByStep) {
  testing::PlantBug("");
  for (std::uint64_t seed = 1; seed <= std::min<std::uint64_t>(60, kSeeds / 10); ++seed) {
    const Verdict first = World(seed, 0).Run();
    const Verdict again = World(seed, 10).Run();
    EXPECT_EQ(first.trace_hash, again.trace_hash) << "seed " << seed;
    EXPECT_EQ(first.steps, again.steps) << "seed " << seed;
  }
}

TEST(Simulation, DifferentSeedsDoDifferentThings) {
  testing::PlantBug("");
  EXPECT_NE(World(1, 0).Run().trace_hash, World(2, 0).Run().trace_hash);
}

// The long gate tries every planted bug on up to 1,000 seeds; here the quick ones.
TEST(Simulation, PlantedBugsAreCaughtByTheInvariantThatTheyBreak) {
  const std::map<std::string, std::string> bugs = {
      {"send_before_claim", "intent-before-effect"},
      {"timeout_is_failed", "lawful-transitions"},
      {"resend_on_unknown", "at-most-one-payment"},
      {"acknowledge_unwritten", "acknowledged-means-durable"},
      {"accept_forged", "callbacks-need-a-capability"},
      {"list_across_tenants", "tenants-isolated"},
  };
  for (const auto& [bug, invariant] : bugs) {
    const Totals totals = RunSeeds(1, 500, kJobs, bug, {});
    EXPECT_EQ(totals.invariant, invariant) << bug << ": " << totals.violation;
  }
}

// docs/planted-bugs.md: | `name` | what it breaks | invariant | seeds |
TEST(Mutations, TheDocumentListsThemAllInOrder) {
  std::vector<std::pair<std::string, std::string>> documented;
  std::istringstream document(ReadFile(PAYOUT_SOURCE_DIR "/docs/planted-bugs.md"));
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("| `")) continue;
    const std::size_t end = line.find('`', 3);
    const std::size_t begin = line.find("| ", end) + 2;
    documented.emplace_back(line.substr(3, end - 3),
                            line.substr(begin, line.find(" |", begin) - begin));
  }
  ASSERT_EQ(documented.size(), Mutations().size());
  for (std::size_t i = 0; i < documented.size(); ++i) {
    EXPECT_EQ(documented[i].first, Mutations()[i].name);
    EXPECT_EQ(documented[i].second, Mutations()[i].breaks);
  }
}

TEST(Mutations, AreAtLeastThirtyAndDiffer) {
  std::vector<std::string_view> names;
  for (const Mutation& mutation : Mutations()) names.push_back(mutation.name);
  EXPECT_GE(names.size(), 30U);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

// The names are in the instrumented objects, as strings; what is built without the switch has none.
TEST(Mutations, NoneIsInWhatIsShipped) {
  std::vector<std::string> shipped = {"server/domain/libpayout_domain.a",
                                      "server/app/libpayout_app.a",
                                      "adapters/memory/libpayout_memory.a"};
  if (std::ifstream(PAYOUT_BINARY_DIR "/bin/payout-gateway").good()) {
    shipped.push_back("bin/payout-gateway");
  }
  for (const std::string& file : shipped) {
    const std::string bytes = ReadFile(PAYOUT_BINARY_DIR "/" + file);
    ASSERT_FALSE(bytes.empty()) << file;
    EXPECT_EQ(bytes.find("IsPlanted"), std::string::npos) << file;
    for (const Mutation& mutation : Mutations()) {
      const std::string name = std::string(mutation.name) + '\0';
      EXPECT_EQ(bytes.find(name), std::string::npos) << mutation.name << " in " << file;
    }
  }
}

}  // namespace
}  // namespace payout::simulation
