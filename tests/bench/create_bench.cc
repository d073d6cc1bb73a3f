// create-bench: what a create costs until it is recorded, and until the platform has accepted it,
// beside its floors and beside what one would write instead.

#include <filesystem>
#include <optional>
#include <string>

#include "tests/bench/adapter_rows.h"
#include "tests/bench/floor_runs.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

// Any budget paces permits: payouts that come within the same moment wait for theirs together, and
// who waits shares a token. It is not scarce; so many requests are never wanted.
constexpr int kSharedBudget = 20'000;

constexpr GatewayRow kRecorded{.wait_mode = v1::WAIT_MODE_RECORDED, .paused = true};
constexpr GatewayRow kAccepted{.wait_mode = v1::WAIT_MODE_ACCEPTED};
constexpr GatewayRow kShared{.wait_mode = v1::WAIT_MODE_ACCEPTED,
                             .requests_per_second = kSharedBudget};

// What the gateway writes for a payout, as its last row has counted: the floors write as much.
struct Learned {
  std::optional<Writes> recorded;
  std::optional<Writes> accepted;
  std::optional<Writes> shared;
};

using RunRow = std::function<absl::StatusOr<Figures>(const RowContext&)>;

RunRow Gateway(GatewayRow row, std::optional<Writes>& writes) {
  return [row, &writes](const RowContext& context) {
    absl::StatusOr<Figures> figures = RunGatewayRow(context, row);
    if (figures.ok()) writes = {figures->at("commits_per_op"), figures->at("rows_per_op")};
    return figures;
  };
}

// A floor that is run alone has the gateway run before, and takes only from it how it writes.
RunRow RowsLike(GatewayRow row, std::optional<Writes>& writes) {
  return [row, &writes](const RowContext& context) -> absl::StatusOr<Figures> {
    if (!writes) {
      RowContext before = context;
      before.dir = context.dir + "/gateway";
      std::filesystem::create_directory(before.dir);
      const absl::StatusOr<Figures> figures = Gateway(row, writes)(before);
      if (!figures.ok()) return figures.status();
    }
    return RunRowsRow(context, row.wait_mode == v1::WAIT_MODE_ACCEPTED, *writes);
  };
}

Peer NodePeer(const RowContext& context) {
  const std::string node = FindProgram("node");
  const std::string folder = context.peers + "/node";
  return {.command = {node, folder + "/adapter.js"},
          .needs = {{node, "node is missing: tests/setup/install_packages.sh bench"},
                    {folder + "/node_modules",
                     "the modules of the Node peer are missing: tests/bench/peers/install.sh"}}};
}

Peer PythonPeer(const RowContext& context) {
  const std::filesystem::path build = std::filesystem::path(context.bin).parent_path();
  const std::string generated = build / "bench-peers/python";
  return {.command = {"/usr/bin/python3", "-B", context.peers + "/python/adapter.py", "--generated",
                      generated},
          .needs = {{generated + "/.complete",
                     "the code of the Python peer is not generated: tests/bench/peers/install.sh " +
                         build.string()}}};
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
      {"recorded",
       "gateway: create, wait RECORDED (durable); submission paused",
       RowKind::kOurs,
       Gateway(kRecorded, learned.recorded),
       recorded,
       {"joined-recorded"}},
      {"joined-recorded", "the parts of `recorded` in one process that decides nothing",
       RowKind::kFloor,
       [](const RowContext& context) { return RunJoinedRow(context, v1::WAIT_MODE_RECORDED); },
       recorded},
      {"rows-recorded",
       "SQLite group commit: the rows and commits of `recorded`, which runs first when this is "
       "alone",
       RowKind::kFloor,
       RowsLike(kRecorded, learned.recorded),
       {}},
      {"accepted",
       "gateway: create, wait ACCEPTED; a token for each payout",
       RowKind::kOurs,
       Gateway(kAccepted, learned.accepted),
       accepted,
       {"joined-accepted", "node", "python"}},
      {"joined-accepted", "the parts of `accepted` in one process that decides nothing",
       RowKind::kFloor,
       [](const RowContext& context) { return RunJoinedRow(context, v1::WAIT_MODE_ACCEPTED); },
       accepted},
      {"rows-accepted",
       "SQLite group commit: the rows and commits of `accepted`, which runs first when this is "
       "alone",
       RowKind::kFloor,
       RowsLike(kAccepted, learned.accepted),
       {}},
      {"rest",
       "libcurl multi against nginx: a token and a create",
       RowKind::kFloor,
       [](const RowContext& context) { return RunRestRow(context, 2); },
       {}},
      {"accepted-shared",
       "gateway: create, wait ACCEPTED; a budget of 20,000/s paces payouts, so that they share "
       "tokens",
       RowKind::kOurs,
       Gateway(kShared, learned.shared),
       shared,
       {"node", "python"}},
      {"rows-shared",
       "SQLite group commit: the rows and commits of `accepted-shared`, which runs first when this "
       "is alone",
       RowKind::kFloor,
       RowsLike(kShared, learned.shared),
       {}},
      {"rest-1",
       "libcurl multi against nginx: a create",
       RowKind::kFloor,
       [](const RowContext& context) { return RunRestRow(context, 1); },
       {}},
      {"node",
       "Node adapter: grpc-js, undici; a token and a create, nothing stored",
       RowKind::kPeer,
       [](const RowContext& context) { return RunPeerRow(context, NodePeer(context)); },
       {}},
      {"python",
       "Python adapter: grpc.aio, aiohttp; a token and a create, nothing stored",
       RowKind::kPeer,
       [](const RowContext& context) { return RunPeerRow(context, PythonPeer(context)); },
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
                              "platform has accepted it?\n"
                              "From --seconds 1 on peers are warmed up for 5 s and measured for at "
                              "least 4 s.",
                      .rows = Rows(learned),
                      .goals = Goals()});
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) { return payout::bench::Main(argc, argv); }
