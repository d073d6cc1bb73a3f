// payout-explore: visits every state of the smallest worlds and prints how many there are.
//
//   payout-explore                      all worlds
//   payout-explore --world NAME [--creates N] [--reads N] [--callbacks N] [--crashes N]     at most
//   so many payout-explore --bugs               the decisions that are wrong on purpose: the
//   shortest history to each
//
// Exit code: 0 no violation (with --bugs: each was caught), 1 a violation, 2 usage.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/explorer/bugs.h"
#include "tests/explorer/explorer.h"

namespace {

using payout::explorer::Bug;
using payout::explorer::Report;
using payout::explorer::Scenario;

void Print(const payout::explorer::Counterexample& counterexample) {
  std::printf("  VIOLATION: %s\n", counterexample.violation.c_str());
  for (const std::string& line : counterexample.history) std::printf("  %s\n", line.c_str());
}

int Usage() {
  std::fprintf(
      stderr,
      "usage: payout-explore [--bugs] [--world NAME [--creates N] [--reads N] [--callbacks N] "
      "[--crashes N]]\n");
  return 2;
}

int RunBugs() {
  int missed = 0;
  for (const Bug& bug : payout::explorer::Bugs()) {
    const Report report = Explore(payout::explorer::WorldNamed(bug.world), bug.rules);
    std::printf("%s: %s after %llu states of %s\n", bug.name.c_str(),
                report.counterexample ? "caught" : "MISSED",
                static_cast<unsigned long long>(report.states), bug.world.c_str());
    if (report.counterexample) {
      Print(*report.counterexample);
    } else {
      ++missed;
    }
  }
  return missed == 0 ? 0 : 1;
}

int RunWorlds(const std::vector<Scenario>& worlds) {
  std::printf("%-22s %12s %13s %6s %11s %8s\n", "WORLD", "STATES", "TRANSITIONS", "DEPTH",
              "VIOLATIONS", "SECONDS");
  bool violated = false;
  for (const Scenario& world : worlds) {
    const auto began = std::chrono::steady_clock::now();
    const Report report = Explore(world);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    std::printf("%-22s %12llu %13llu %6d %11d %8.1f\n", world.name.c_str(),
                static_cast<unsigned long long>(report.states),
                static_cast<unsigned long long>(report.transitions), report.depth,
                report.counterexample ? 1 : 0, seconds.count());
    std::fflush(stdout);
    if (!report.counterexample) continue;
    violated = true;
    Print(*report.counterexample);
  }
  return violated ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  if (words.size() == 1 && words[0] == "--bugs") return RunBugs();
  if (words.empty()) return RunWorlds(payout::explorer::SmallestWorlds());
  if (words.size() % 2 != 0 || words[0] != "--world") return Usage();
  Scenario world = payout::explorer::WorldNamed(std::string(words[1]));
  if (world.name.empty()) return Usage();
  for (std::size_t i = 2; i < words.size(); i += 2) {
    const int number = std::atoi(std::string(words[i + 1]).c_str());
    if (words[i] == "--creates") {
      world.creates = number;
    } else if (words[i] == "--reads") {
      world.reads = number;
    } else if (words[i] == "--callbacks") {
      world.callbacks = number;
    } else if (words[i] == "--crashes") {
      world.crashes = number;
    } else {
      return Usage();
    }
  }
  return RunWorlds({world});
}
