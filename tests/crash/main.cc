// payout-crash: kills the real gateway at its fail points and at random moments, and proves that
// nothing was paid twice, nothing acknowledged was lost, and no stream has a gap.
//
// Exit codes: 0 proven, 1 a violation (the store stays for inspection), 2 wrong usage.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "tests/crash/crash_loop.h"

namespace payout::testing {
namespace {

void PrintTable(const CrashOptions& options, const CrashCounts& counts, long seconds) {
  std::printf("%-28s %s\n", "killed at", "times");
  int missed = 0;
  for (const FailPoint& point : FailPoints()) {
    const auto found = counts.kills.find(point.name);
    const int kills = found == counts.kills.end() ? 0 : found->second;
    if (kills == 0) ++missed;
    if (kills > 0 || options.point.empty()) std::printf("%-28s %5d\n", point.name, kills);
  }
  for (const auto& [name, kills] : counts.kills) {
    if (name.find(' ') != std::string::npos) std::printf("%-28s %5d\n", name.c_str(), kills);
  }
  std::printf(
      "\n%d kills in %ld s, seed %llu: %lld payouts, %lld repeats answered as replays, %lld checks "
      "of everything acknowledged,\n%lld resumed streams with %lld changes; %zu fail points, %d "
      "never reached; %zu violations\n",
      counts.total_kills(), seconds, static_cast<unsigned long long>(options.seed),
      static_cast<long long>(counts.payouts), static_cast<long long>(counts.replays),
      static_cast<long long>(counts.checks), static_cast<long long>(counts.resumptions),
      static_cast<long long>(counts.stream_changes), FailPoints().size(), missed,
      counts.violations.size());
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Kills the real gateway at its fail points and at random moments, restarts it on the same\n"
      "store beside the real simulator, and compares the books."};
  app.name("payout-crash");
  CrashOptions options;
  bool all_points = false;
  app.add_option("--kills", options.kills, "How many.")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--kills-per-round", options.kills_per_round, "On one store.")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of everything random.")->capture_default_str();
  app.add_option("--point", options.point, "Kill at this fail point only.");
  app.add_option("--bin", options.bin, "Folder of the programs.")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option(
      "--bug", options.bug,
      "Plant this bug into the gateway (answer_before_commit); then it is a violation that "
      "exit code 0 means, and nothing is kept.");
  app.add_flag("--all-points", all_points, "Fail when a fail point was never reached.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::string dir = (std::filesystem::temp_directory_path() / "payout-crash-XXXXXX").string();
  if (mkdtemp(dir.data()) == nullptr) {
    std::cerr << "payout-crash: no temporary directory\n";
    return 2;
  }
  options.dir = dir;

  const auto begin = std::chrono::steady_clock::now();
  CrashLoop loop(options);
  const CrashCounts& counts = loop.Run();
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  PrintTable(options, counts, static_cast<long>(took.count()));
  bool good = counts.violations.empty();
  for (const std::string& violation : counts.violations)
    std::cout << "VIOLATION " << violation << "\n";
  if (all_points) {
    for (const FailPoint& point : FailPoints()) {
      if (counts.kills.contains(point.name)) continue;
      std::cout << "NEVER REACHED " << point.name << "\n";
      good = false;
    }
  }
  if (!options.bug.empty()) good = !counts.violations.empty();
  if (good) {
    std::filesystem::remove_all(dir);
  } else {
    std::cout << "store, ledger and logs: " << dir << "\n";
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace payout::testing

int main(int argc, char** argv) { return payout::testing::Main(argc, argv); }
