// create-bench: one row of the table of tests/bench/run.sh. The gateway and the simulated platform
// run in processes of their own, without the limit of 5 requests per second; the load is in this
// one.
//
// Exit codes: 0 measured and proven, 1 not, 2 wrong usage.

#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "tests/bench/echo_server.h"
#include "tests/bench/rows.h"

int main(int argc, char** argv) {
  CLI::App app{
      "Creates payouts at a gateway of its own and prints one row: calls per second, latency of\n"
      "CreatePayout, CPU time of the gateway per payout (its whole life, until it is settled), "
      "peak\n"
      "memory of the gateway, payouts settled per second, and what the books of both sides say."};
  app.name("create-bench");
  payout::bench::BenchOptions options;
  bool header = false;
  bool serve_echo = false;
  app.add_option(
         "--row,--wait", options.row,
         "What CreatePayout waits for: recorded, accepted, settled. Or a floor: echo, disk.")
      ->check(CLI::IsMember({"recorded", "accepted", "settled", "echo", "disk"}))
      ->capture_default_str();
  app.add_option("--payouts", options.payouts, "How many payouts.")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--in-flight", options.in_flight, "Calls at once.")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--settle-after", options.settle_after,
                 "How long the platform takes to pay, e.g. 50ms.")
      ->capture_default_str();
  app.add_option("--bin", options.bin, "Folder of the programs.")->check(CLI::ExistingDirectory);
  app.add_option("--dir", options.dir, "Folder for store and logs.")->check(CLI::ExistingDirectory);
  app.add_flag("--header", header, "Print the head of the table first.");
  app.add_flag("--serve-echo", serve_echo, "Be the server of the row `echo`.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (serve_echo) return payout::bench::ServeEcho();
  if (options.bin.empty() || options.dir.empty()) {
    std::cerr << "create-bench: --bin and --dir are needed\n";
    return 2;
  }
  if (header) payout::bench::PrintHeader();
  return payout::bench::RunRow(options) ? 0 : 1;
}
