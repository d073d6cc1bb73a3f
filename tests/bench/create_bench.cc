// create-bench: what a create costs until it is recorded, and until the platform has accepted it,
// beside its floors and beside what one would write instead.

#include <memory>

#include "tests/bench/adapter_rows.h"
#include "tests/bench/floor_runs.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

// With a budget that is just short of what the gateway could do, payouts wait for their requests,
// and who waits shares a token.
constexpr int kSharedBudget = 20'000;

// What the gateway writes for a payout, as its last row has counted: the floors write as much.
// The beginnings are for floors that are run alone.
struct Learned {
  Writes recorded{.commits = 0.05, .rows = 2};
  Writes accepted{.commits = 0.2, .rows = 8};
  Writes shared{.commits = 0.3, .rows = 8};
};

std::function<absl::StatusOr<Figures>(const RowContext&)> Gateway(GatewayRow row, Writes& writes) {
  return [row, &writes](const RowContext& context) {
    absl::StatusOr<Figures> figures = RunGatewayRow(context, row);
    if (figures.ok()) writes = {figures->at("commits_per_op"), figures->at("rows_per_op")};
    return figures;
  };
}

std::vector<Row> Rows(Learned& learned) {
  const std::vector<std::string> recorded = {"echo", "rows-recorded"};
  const std::vector<std::string> accepted = {"echo", "rows-accepted", "rest"};
  const std::vector<std::string> shared = {"echo", "rows-shared", "rest-1"};
  return {
      {"echo",
       "gRPC callback API, the same messages, nothing else",
       RowKind::kFloor,
       RunEchoRow,
       {}},
      {"recorded", "gateway: create, wait RECORDED (durable); submission paused", RowKind::kOurs,
       Gateway({.wait_mode = v1::WAIT_MODE_RECORDED, .paused = true}, learned.recorded), recorded},
      {"rows-recorded",
       "SQLite group commit: the rows and commits of `recorded`, nothing else",
       RowKind::kFloor,
       [&learned](const RowContext& context) {
         return RunRowsRow(context, false, learned.recorded);
       },
       {}},
      {"accepted", "gateway: create, wait ACCEPTED; a token for each payout", RowKind::kOurs,
       Gateway({.wait_mode = v1::WAIT_MODE_ACCEPTED}, learned.accepted), accepted},
      {"rows-accepted",
       "SQLite group commit: the rows and commits of `accepted`, nothing else",
       RowKind::kFloor,
       [&learned](const RowContext& context) {
         return RunRowsRow(context, true, learned.accepted);
       },
       {}},
      {"rest",
       "libcurl multi against nginx: a token and a create",
       RowKind::kFloor,
       [](const RowContext& context) { return RunRestRow(context, 2); },
       {}},
      {"accepted-shared", "gateway: create, wait ACCEPTED; payouts share tokens", RowKind::kOurs,
       Gateway({.wait_mode = v1::WAIT_MODE_ACCEPTED, .requests_per_second = kSharedBudget},
               learned.shared),
       shared},
      {"rows-shared",
       "SQLite group commit: the rows and commits of `accepted-shared`",
       RowKind::kFloor,
       [&learned](const RowContext& context) { return RunRowsRow(context, true, learned.shared); },
       {}},
      {"rest-1",
       "libcurl multi against nginx: a create",
       RowKind::kFloor,
       [](const RowContext& context) { return RunRestRow(context, 1); },
       {}},
      {"node",
       "Node adapter: grpc-js, undici; a token and a create, nothing stored",
       RowKind::kPeer,
       [](const RowContext& context) {
         return RunPeerRow(context, {"/usr/bin/env", "node", context.peers + "/node/adapter.js"});
       },
       {}},
      {"python",
       "Python adapter: grpc.aio, aiohttp; a token and a create, nothing stored",
       RowKind::kPeer,
       [](const RowContext& context) {
         return RunPeerRow(context,
                           {"/usr/bin/python3", "-B", context.peers + "/python/adapter.py"});
       },
       {}},
  };
}

Goal CpuGoal(const std::string& row, const std::vector<std::string>& of, const std::string& text,
             double bound) {
  return {row + ": CPU / " + text,
          [row, of](const Medians& medians) { return medians.Cpu(row) / medians.Cpu(of); },
          Goal::Bound::kAtMost, bound};
}

Goal RateGoal(const std::string& row, const std::string& of, double bound) {
  return {row + ": rate / " + of,
          [row, of](const Medians& medians) { return medians.Rate(row) / medians.Rate(of); },
          Goal::Bound::kAtLeast, bound};
}

std::vector<Goal> Goals() {
  return {
      CpuGoal("recorded", {"echo", "rows-recorded"}, "(echo + rows-recorded)", 1.5),
      RateGoal("recorded", "echo", 0.4),
      CpuGoal("accepted", {"echo", "rows-accepted", "rest"}, "(echo + rows-accepted + rest)", 1.4),
      RateGoal("accepted", "node", 1.3),
      CpuGoal("accepted", {"node"}, "node", 0.75),
      CpuGoal("accepted-shared", {"echo", "rows-shared", "rest-1"}, "(echo + rows-shared + rest-1)",
              1.4),
      RateGoal("accepted-shared", "node", 1.8),
  };
}

int Main(int argc, char** argv) {
  Learned learned;
  return RunQuestion(argc, argv,
                     {.name = "create-bench",
                      .text = "What does CreatePayout cost, until it is recorded and until the "
                              "platform has accepted it?",
                      .rows = Rows(learned),
                      .goals = Goals()});
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) { return payout::bench::Main(argc, argv); }
