#include "tests/explorer/explorer.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "tests/explorer/invariants.h"
#include "tests/explorer/moves.h"

namespace payout::explorer {
namespace {

// Worlds, each once, by their bytes: an open-addressing table of indices.
class WorldSet {
 public:
  WorldSet() : slots_(std::size_t{1} << 16, kFree) {}

  // The index of `world`, and whether it is new.
  std::pair<std::uint32_t, bool> Insert(const World& world) {
    if (worlds_.size() * 2 >= slots_.size()) Grow();
    std::size_t slot = Hash(world) & (slots_.size() - 1);
    while (slots_[slot] != kFree) {
      if (std::memcmp(&worlds_[slots_[slot]], &world, sizeof(World)) == 0)
        return {slots_[slot], false};
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = static_cast<std::uint32_t>(worlds_.size());
    worlds_.push_back(world);
    return {slots_[slot], true};
  }
  const World& operator[](std::size_t index) const { return worlds_[index]; }
  std::size_t size() const { return worlds_.size(); }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  static std::size_t Hash(const World& world) {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(&world), sizeof(World)});
  }
  void Grow() {
    slots_.assign(slots_.size() * 2, kFree);
    for (std::uint32_t i = 0; i < worlds_.size(); ++i) {
      std::size_t slot = Hash(worlds_[i]) & (slots_.size() - 1);
      while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i;
    }
  }

  std::vector<World> worlds_;
  std::vector<std::uint32_t> slots_;
};

struct Arrival {
  std::uint32_t from = 0;
  Step step;
  bool swapped = false;
};

// From the first world to `last`; A and B keep their names, although the explorer does not care.
std::vector<std::string> History(const WorldSet& worlds, const std::vector<Arrival>& arrivals,
                                 std::uint32_t last_index, const Outcome& last) {
  std::vector<std::uint32_t> path;
  for (std::uint32_t at = last_index; at != 0; at = arrivals[at].from) path.push_back(at);
  std::reverse(path.begin(), path.end());

  std::vector<std::string> lines;
  bool renamed = false;
  const auto add = [&](Step step, World world, bool swapped) {
    step.who ^= renamed ? 1 : 0;
    renamed ^= swapped;
    if (renamed) std::swap(world.workers[0], world.workers[1]);
    lines.push_back(std::to_string(lines.size() + 1) + ". " + Describe(step) + "\n     " +
                    Describe(world));
  };
  for (const std::uint32_t at : path) add(arrivals[at].step, worlds[at], arrivals[at].swapped);
  add(last.step, last.world, last.swapped);
  return lines;
}

std::string NameOf(Move move, std::uint8_t arg) {
  std::string text = Describe(Step{move, 0, arg});
  if (text.starts_with("A ")) text = "somebody " + text.substr(2);
  return text;
}

}  // namespace

Report Explore(const Scenario& scenario, const Rules& rules) {
  Report report;
  Moves moves(scenario, rules);
  WorldSet worlds;
  std::vector<Arrival> arrivals;
  std::vector<Outcome> outcomes;
  std::map<std::pair<Move, std::uint8_t>, std::uint64_t> moves_seen;
  std::array<std::uint64_t, 16> states_seen{};

  worlds.Insert(FirstWorld(scenario));
  arrivals.emplace_back();
  std::size_t level_end = 1;
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    if (i == level_end) {
      ++report.depth;
      level_end = worlds.size();
    }
    ++states_seen[worlds[i].row.state];
    // By value: the set moves its worlds when it grows.
    const World world = worlds[i];
    moves.From(world, outcomes);
    report.transitions += outcomes.size();
    for (const Outcome& outcome : outcomes) {
      ++moves_seen[{outcome.step.move, outcome.step.arg}];
      if (!outcome.violation.empty()) {
        report.states = worlds.size();
        report.counterexample = {std::string(outcome.violation),
                                 History(worlds, arrivals, static_cast<std::uint32_t>(i), outcome)};
        return report;
      }
      if (worlds.Insert(outcome.world).second) {
        arrivals.push_back({static_cast<std::uint32_t>(i), outcome.step, outcome.swapped});
      }
    }
  }
  report.states = worlds.size();
  for (const auto& [move, count] : moves_seen)
    report.seen[NameOf(move.first, move.second)] += count;
  for (const State state : kAllStates) {
    report.seen[std::string(StateName(state))] = states_seen[static_cast<std::size_t>(state)];
  }
  return report;
}

std::vector<Scenario> SmallestWorlds() {
  using Holder = Scenario::Holder;
  return {
      {.name = "as-specified", .creates = 3, .reads = 3, .callbacks = 2, .crashes = 1},
      {.name = "two-processes"},
      {.name = "one-process", .shared = false},
      {.name = "quick-absence", .absence_reads = 1},
      {.name = "ids-not-unique", .unique_ids = false},
      {.name = "submit-before", .shared = false, .submit_before = 2},
      {.name = "id-of-an-elder", .holder = Holder::kElder},
      {.name = "id-of-a-stranger", .holder = Holder::kStranger},
      {.name = "reversals", .reversals = true},
  };
}

Scenario WorldNamed(const std::string& name) {
  for (Scenario& scenario : SmallestWorlds()) {
    if (scenario.name == name) return scenario;
  }
  if (name == "late-without-bound") return {.name = name, .lateness_is_bounded = false};
  if (name == "paused-without-bound") {
    return {.name = name, .absence_reads = 1, .pauses_are_bounded = false};
  }
  return {};
}

}  // namespace payout::explorer
