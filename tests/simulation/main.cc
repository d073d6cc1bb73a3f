// payout-sim: simulates the gateway's core, many worlds at once, and looks for a violation.
//
//   payout-sim --seeds FROM..TO [--jobs N] [--mutation NAME] [--probes]
//   payout-sim --seed N [--trace] [--mutation NAME]
//   payout-sim --mutations [--jobs N]
//
// Exit codes: 0 all held; 1 a violation, or a planted bug that survived; 2 wrong usage.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

#include "absl/strings/str_format.h"
#include "tests/simulation/campaign.h"
#include "tests/support/instrument.h"

namespace payout::simulation {
namespace {

constexpr std::uint64_t kMutationSeeds = 1000;
constexpr std::size_t kTraceTail = 40;
constexpr std::size_t kTraceAll = 1'000'000;

struct Options {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::optional<std::uint64_t> seed;
  int jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::string mutation;
  bool trace = false;
  bool mutations = false;
  bool probes = false;
};

int Usage() {
  std::cerr << "usage: payout-sim --seeds FROM..TO [--jobs N] [--mutation NAME] [--probes]\n"
               "       payout-sim --seed N [--trace] [--mutation NAME]\n"
               "       payout-sim --mutations [--jobs N]\n";
  return 2;
}

template <class Number>
bool ParseNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Options> ParseOptions(const std::vector<std::string_view>& words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const auto value = [&]() { return i + 1 < words.size() ? words[++i] : std::string_view(); };
    bool good = true;
    if (word == "--seeds") {
      const std::string_view range = value();
      const std::size_t dots = range.find("..");
      good = dots != std::string_view::npos && ParseNumber(range.substr(0, dots), options.from) &&
             ParseNumber(range.substr(dots + 2), options.to) && options.from >= 1 &&
             options.to >= options.from;
    } else if (word == "--seed") {
      good = ParseNumber(value(), options.seed.emplace());
    } else if (word == "--jobs") {
      good = ParseNumber(value(), options.jobs) && options.jobs >= 1;
    } else if (word == "--mutation") {
      options.mutation = value();
      good = !options.mutation.empty();
    } else if (word == "--trace") {
      options.trace = true;
    } else if (word == "--mutations") {
      options.mutations = true;
    } else if (word == "--probes") {
      options.probes = true;
    } else {
      good = false;
    }
    if (!good) return std::nullopt;
  }
  if (!options.seed && !options.mutations && options.to == 0) return std::nullopt;
  return options;
}

int RunOne(std::uint64_t seed, const Options& options, std::size_t lines) {
  testing::PlantBug(options.mutation);
  const Verdict verdict = World(seed, lines).Run();
  for (const std::string& line : verdict.trace) std::cout << line << "\n";
  std::cout << absl::StrFormat(
      "seed %d: %s%s%s; %d steps, %d payments, %s simulated, trace %016x\n", seed,
      verdict.ok() ? "all held" : verdict.invariant.c_str(), verdict.ok() ? "" : ": ",
      verdict.violation, verdict.steps, verdict.payments,
      absl::FormatDuration(absl::Trunc(verdict.lasted, absl::Seconds(1))), verdict.trace_hash);
  return verdict.ok() ? 0 : 1;
}

int PrintProbes(const Probes& probes) {
  int missing = 0;
  std::cout << "\n" << absl::StrFormat("%-56s %12s\n", "what happened", "times");
  for (const Probe& probe : probes.List()) {
    const bool gap = probe.reachable && probe.count == 0;
    if (gap) ++missing;
    if (!probe.reachable && probe.count == 0) continue;
    std::cout << absl::StrFormat("%-56s %12d%s\n", probe.name, probe.count, gap ? "  NEVER" : "");
  }
  return missing;
}

bool SomebodyWatches() { return isatty(STDERR_FILENO) == 1; }

// In one line where somebody watches, a line each where a log is kept.
void ShowProgress(const std::string& text) {
  if (SomebodyWatches()) {
    std::cerr << "\r" << text << std::flush;
  } else {
    std::cerr << text << std::endl;
  }
}

int RunMany(const Options& options) {
  const std::uint64_t count = options.to - options.from + 1;
  const std::uint64_t step = SomebodyWatches() ? 1000 : std::max<std::uint64_t>(1000, count / 10);
  std::uint64_t shown = 0;
  const Totals totals =
      RunSeeds(options.from, options.to, options.jobs, options.mutation, [&](std::uint64_t done) {
        if (done < shown + step && done != count) return;
        shown = done;
        ShowProgress(absl::StrFormat("%d of %d seeds", done, count));
      });
  if (SomebodyWatches()) std::cerr << "\n";
  std::cout << absl::StrFormat("%-12s %12s %12s   %s\n", "seeds", "steps", "payments", "result");
  std::cout << absl::StrFormat("%-12d %12d %12d   %s\n", totals.seeds, totals.steps,
                               totals.payments, totals.ok() ? "all held" : "VIOLATION");
  if (!totals.ok()) {
    std::cout << absl::StrFormat("\nseed %d: %s: %s\nthe end of its trace:\n", totals.failed_seed,
                                 totals.invariant, totals.violation);
    if (totals.failed_seed != 0) RunOne(totals.failed_seed, options, kTraceTail);
    std::cout << absl::StrFormat("\nreplay: payout-sim --seed %d --trace%s%s\n", totals.failed_seed,
                                 options.mutation.empty() ? "" : " --mutation ", options.mutation);
    return 1;
  }
  if (!options.probes) return 0;
  const int missing = PrintProbes(totals.probes);
  std::cout << absl::StrFormat("%d reachable things never happened\n", missing);
  return missing == 0 ? 0 : 1;
}

int RunAllMutations(const Options& options) {
  std::size_t done = 0;
  const std::vector<Kill> kills = RunMutations(kMutationSeeds, options.jobs, [&](const Kill& kill) {
    ShowProgress(absl::StrFormat("%d of %d  %-40s", ++done, Mutations().size(),
                                 std::string(kill.mutation->name)));
  });
  if (SomebodyWatches()) std::cerr << "\n";
  int survived = 0;
  std::cout << absl::StrFormat("%-32s %8s   %s\n", "planted bug", "seeds", "caught by");
  for (const Kill& kill : kills) {
    const bool caught = kill.seed != 0;
    if (!caught) ++survived;
    std::cout << absl::StrFormat("%-32s %8s   %s\n", std::string(kill.mutation->name),
                                 caught ? std::to_string(kill.seeds) : "-",
                                 caught         ? kill.invariant
                                 : !kill.ran    ? "THE SIMULATION DIED"
                                 : kill.reached ? "SURVIVED"
                                                : "SURVIVED: its place was never reached");
  }
  std::cout << absl::StrFormat("%d planted bugs, %d caught within %d seeds, %d survived\n",
                               kills.size(), static_cast<int>(kills.size()) - survived,
                               kMutationSeeds, survived);
  return survived == 0 ? 0 : 1;
}

int Main(const std::vector<std::string_view>& words) {
  const std::optional<Options> options = ParseOptions(words);
  if (!options) return Usage();
  if (options->mutations) return RunAllMutations(*options);
  if (options->seed) return RunOne(*options->seed, *options, options->trace ? kTraceAll : 0);
  return RunMany(*options);
}

}  // namespace
}  // namespace payout::simulation

int main(int argc, char** argv) { return payout::simulation::Main({argv + 1, argv + argc}); }
