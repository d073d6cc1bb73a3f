// bench-floor: the floors of the benchmarks, each as a process of its own.
//
//   bench-floor echo                                  a gRPC server; prints its port
//   bench-floor rest --url URL [--calls-per-op 1]     libcurl against the stub platform
//   bench-floor rows --like STORE --dir DIR ...       SQLite, the rows of the gateway
//   bench-floor joined --like STORE --dir DIR ...     a gRPC server that does it all; as echo
//
// Used by: the bench programs. Exit codes: 0 measured, 1 not, 2 wrong usage.

#include "tests/bench/floor.h"

#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <time.h>

#include "tests/bench/figures_json.h"
#include "tests/bench/load.h"
#include "tests/bench/lock_cycles.h"

namespace payout::bench {
namespace {

std::chrono::nanoseconds OwnCpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

int Print(const absl::StatusOr<Figures>& figures) {
  if (!figures.ok()) {
    std::cerr << "bench-floor: " << figures.status().ToString() << "\n";
    return 1;
  }
  std::cout << FiguresToJson(*figures) << std::endl;
  return 0;
}

}  // namespace

Stretch::Stretch() : began_(std::chrono::steady_clock::now()), cpu_began_(OwnCpu()) {}

Figures Stretch::End(std::size_t operations,
                     std::vector<std::chrono::nanoseconds> latencies) const {
  const auto cpu = OwnCpu() - cpu_began_;
  LoadResult result;
  result.took = std::chrono::steady_clock::now() - began_;
  result.latencies.assign(latencies.begin(), latencies.end());
  std::ranges::sort(result.latencies);
  Figures figures = result.AsFigures();
  const auto count = static_cast<double>(operations);
  figures[kPerSecond] = count / std::chrono::duration<double>(result.took).count();
  figures[kOperations] = count;
  SetCpu(figures, "", cpu, operations);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  figures[kPeakMb] = static_cast<double>(usage.ru_maxrss) / 1024;
  return figures;
}

namespace {

int Main(int argc, char** argv) {
  CLI::App app{
      "What the parts of an operation cost on the bare libraries. Prints one line of JSON."};
  app.name("bench-floor");
  app.require_subcommand(1);
  double seconds = 1;
  std::size_t calls = 0;
  const auto add_time = [&seconds, &calls](CLI::App& command) {
    command.add_option("--seconds", seconds, "How long.")
        ->check(CLI::Range(0.05, 3600.0))
        ->capture_default_str();
    command.add_option("--calls", calls, "And at most so many operations; 0: no limit.")
        ->capture_default_str();
  };

  const auto add_store = [](CLI::App& command, std::string& like, std::string& dir) {
    command.add_option("--like", like, "A store of the gateway with a payout in it.")
        ->required()
        ->check(CLI::ExistingFile);
    command.add_option("--dir", dir, "Folder for the file.")
        ->required()
        ->check(CLI::ExistingDirectory);
  };

  CLI::App& echo = *app.add_subcommand(
      "echo", "A gRPC server on the callback API that answers and does nothing. Until SIGTERM.");

  RestFloor rest;
  int calls_per_op = 2;
  CLI::App& rest_command = *app.add_subcommand("rest", "libcurl multi against the stub platform.");
  rest_command.add_option("--url", rest.url, "http://127.0.0.1:PORT")->required();
  rest_command.add_option("--in-flight", rest.in_flight, "Operations at once.")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  rest_command.add_option("--calls-per-op", calls_per_op, "2: token and create; 1: create.")
      ->check(CLI::Range(1, 2))
      ->capture_default_str();
  add_time(rest_command);

  RowsFloor rows;
  CLI::App& rows_command = *app.add_subcommand(
      "rows", "SQLite, group commit: the rows that the gateway writes for a payout.");
  add_store(rows_command, rows.like, rows.dir);
  rows_command.add_flag("--accepted", rows.accepted, "Up to ACCEPTED, not only to RECORDED.");
  rows_command.add_option("--commits-per-payout", rows.commits_per_payout, "As the gateway does.")
      ->check(CLI::Range(0.001, 10.0))
      ->capture_default_str();
  rows_command.add_option("--rows-per-payout", rows.rows_per_payout, "As the gateway does.")
      ->check(CLI::Range(1.0, 20.0))
      ->capture_default_str();
  add_time(rows_command);

  JoinedFloor joined;
  CLI::App& joined_command = *app.add_subcommand(
      "joined",
      "A gRPC server that writes the rows and makes the calls of the gateway. Until SIGTERM.");
  joined_command.add_option("--url", joined.url,
                            "http://127.0.0.1:PORT of the stub platform, for --accepted.");
  add_store(joined_command, joined.like, joined.dir);
  joined_command.add_flag("--accepted", joined.accepted, "The payout in it has been accepted.");

  IgnoreLockCycles();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const std::chrono::milliseconds time(static_cast<std::int64_t>(seconds * 1000));
  if (echo.parsed() || joined_command.parsed()) {
    const absl::Status status = echo.parsed() ? ServeEcho() : ServeJoined(joined);
    if (!status.ok()) std::cerr << "bench-floor: " << status.ToString() << "\n";
    return status.ok() ? 0 : 1;
  }
  if (rest_command.parsed()) {
    rest.with_token = calls_per_op == 2;
    rest.time = time;
    rest.calls = calls;
    return Print(RunRestFloor(rest));
  }
  rows.time = time;
  rows.calls = calls;
  return Print(RunRowsFloor(rows));
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) { return payout::bench::Main(argc, argv); }
