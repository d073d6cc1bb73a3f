#include "tests/simulation/campaign.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/simulation/parallel.h"
#include "tests/support/instrument.h"

namespace payout::simulation {
namespace {

constexpr std::uint64_t kChunk = 50;

template <std::size_t N>
void Copy(std::string_view text, std::array<char, N>& to) {
  to.fill('\0');
  std::memcpy(to.data(), text.data(), std::min(text.size(), N - 1));
}

struct ChunkResult {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  std::uint64_t payments = 0;
  std::uint64_t failed_seed = 0;
  std::array<char, 64> invariant{};
  std::array<char, 256> violation{};
  Probes probes;
};

struct KillResult {
  std::uint64_t seed = 0;
  std::array<char, 64> invariant{};
  bool reached = false;
};

ChunkResult RunChunk(std::uint64_t from, std::uint64_t to) {
  ChunkResult result;
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const Verdict verdict = World(seed, 0).Run();
    ++result.seeds;
    result.steps += static_cast<std::uint64_t>(verdict.steps);
    result.payments += static_cast<std::uint64_t>(verdict.payments);
    result.probes.Add(verdict.probes);
    if (verdict.ok()) continue;
    result.failed_seed = seed;
    Copy(verdict.invariant, result.invariant);
    Copy(verdict.violation, result.violation);
    break;
  }
  return result;
}

}  // namespace

Totals RunSeeds(std::uint64_t from, std::uint64_t to, int jobs, const std::string& planted,
                const std::function<void(std::uint64_t)>& progress) {
  Totals totals;
  const std::size_t chunks = static_cast<std::size_t>((to - from) / kChunk + 1);
  const bool ended = ForEachParallel<ChunkResult>(
      chunks, jobs,
      [&](std::size_t i) {
        testing::PlantBug(planted);
        const std::uint64_t first = from + i * kChunk;
        return RunChunk(first, std::min(to, first + kChunk - 1));
      },
      [&](std::size_t, const ChunkResult& result) {
        totals.seeds += result.seeds;
        totals.steps += result.steps;
        totals.payments += result.payments;
        totals.probes.Add(result.probes);
        if (result.invariant[0] != '\0') {
          totals.failed_seed = result.failed_seed;
          totals.invariant = result.invariant.data();
          totals.violation = result.violation.data();
          return false;
        }
        if (progress) progress(totals.seeds);
        return true;
      });
  if (!ended && totals.ok()) {
    totals.invariant = "the simulation itself";
    totals.violation = "a process of the simulation died";
  }
  return totals;
}

std::vector<Kill> RunMutations(std::uint64_t seeds_max, int jobs,
                               const std::function<void(const Kill&)>& on_kill) {
  const std::vector<Mutation>& mutations = Mutations();
  std::vector<Kill> kills(mutations.size());
  for (std::size_t i = 0; i < kills.size(); ++i) kills[i].mutation = &mutations[i];
  const bool ended = ForEachParallel<KillResult>(
      mutations.size(), jobs,
      [&](std::size_t i) {
        testing::PlantBug(std::string(mutations[i].name));
        KillResult result;
        for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
          const Verdict verdict = World(seed, 0).Run();
          if (verdict.ok()) continue;
          result.seed = seed;
          Copy(verdict.invariant, result.invariant);
          break;
        }
        result.reached = testing::PlantedBugVisits() > 0;
        return result;
      },
      [&](std::size_t i, const KillResult& result) {
        kills[i].seed = kills[i].seeds = result.seed;
        kills[i].invariant = result.invariant.data();
        kills[i].reached = result.reached;
        kills[i].ran = true;
        if (on_kill) on_kill(kills[i]);
        return true;
      });
  for (Kill& kill : kills) {
    if (!ended && !kill.ran) kill.invariant = "a process of the simulation died";
  }
  return kills;
}

}  // namespace payout::simulation
