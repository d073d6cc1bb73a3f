#include "tests/bench/floor_runs.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/adapter_rows.h"
#include "tests/bench/figures_json.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

absl::StatusOr<Figures> RunFloor(const RowContext& context, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), context.bin + "/bench-floor");
  arguments.push_back("--seconds");
  arguments.push_back(absl::StrCat(std::chrono::duration<double>(context.time).count()));
  arguments.push_back("--calls");
  arguments.push_back(absl::StrCat(context.calls));
  const absl::StatusOr<std::string> line =
      ChildProcess::Run(arguments, context.dir + "/floor.log",
                        std::chrono::duration_cast<std::chrono::seconds>(context.time * 2) +
                            std::chrono::seconds(30));
  if (!line.ok()) return line.status();
  return FiguresFromJson(*line);
}

absl::StatusOr<Figures> LoadEcho(
    const RowContext& context,
    const std::function<LoadResult(const Channels&, const LoadPlan&)>& load) {
  const auto server = ChildProcess::Start({context.bin + "/bench-floor", "echo"},
                                          context.dir + "/echo.log", "grpc_port");
  if (!server.ok()) return server.status();
  const Channels channels =
      OpenChannels("127.0.0.1:" + JsonValue((*server)->ready_line(), "grpc_port"));
  absl::StatusOr<Measured> measured =
      MeasureLoad(context, **server, [&](const LoadPlan& plan) { return load(channels, plan); });
  if (!measured.ok()) return measured.status();
  return std::move(measured->figures);
}

// One payout that got as far as `accepted` says; the gateway has closed the store again.
absl::StatusOr<std::string> WriteModelStore(const RowContext& context, bool accepted) {
  // Nothing is sent of what is only recorded: then no platform is needed.
  std::unique_ptr<StubPlatform> platform;
  if (accepted) {
    auto started = StubPlatform::Start({.dir = context.dir});
    if (!started.ok()) return started.status();
    platform = *std::move(started);
  }
  const auto gateway =
      GatewayRun::Start({.bin = context.bin,
                         .dir = context.dir,
                         .platform_url = platform ? platform->url() : "http://127.0.0.1:9"});
  if (!gateway.ok()) return gateway.status();
  const absl::Status paused = accepted ? absl::OkStatus() : (*gateway)->PauseSubmission();
  if (!paused.ok()) return paused;
  const LoadResult one = RunCreates(OpenChannels((*gateway)->grpc_address(), 1), {.calls = 1},
                                    accepted ? v1::WAIT_MODE_ACCEPTED : v1::WAIT_MODE_RECORDED);
  const absl::Status made = one.Check();
  if (!made.ok()) return made;
  if ((*gateway)->process().Stop() != 0) return absl::InternalError("the gateway does not stop");
  return (*gateway)->store_path();
}

// The payouts that got to the revision, with all of their events and their finished call.
absl::StatusOr<std::int64_t> CountWritten(const std::string& path, bool accepted) {
  const std::string sql = absl::StrCat(
      "SELECT count(*) FROM payouts AS p WHERE revision = ", accepted ? 3 : 1,
      " AND revision = (SELECT count(*) FROM events WHERE payout = p.sequence) AND ",
      accepted ? 1 : 0,
      " = (SELECT count(*) FROM attempts WHERE payout = p.sequence AND ended_at IS NOT NULL)");
  sqlite3* database = nullptr;
  std::int64_t count = 0;
  int code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
  if (code == SQLITE_OK) {
    const auto take = [](void* to, int, char** values, char**) {
      return absl::SimpleAtoi(values[0], static_cast<std::int64_t*>(to)) ? 0 : 1;
    };
    code = sqlite3_exec(database, sql.c_str(), take, &count, nullptr);
  }
  sqlite3_close(database);
  if (code != SQLITE_OK) return absl::InternalError(sqlite3_errstr(code));
  return count;
}

}  // namespace

absl::StatusOr<Figures> RunEchoRow(const RowContext& context) {
  return LoadEcho(context, [](const Channels& channels, const LoadPlan& plan) {
    return RunCreates(channels, plan, v1::WAIT_MODE_RECORDED);
  });
}

absl::StatusOr<Figures> RunEchoGetRow(const RowContext& context) {
  constexpr std::size_t kIds = 5000;
  return LoadEcho(context, [](const Channels& channels, const LoadPlan& plan) {
    return RunGets(channels, plan, kIds);
  });
}

absl::StatusOr<Figures> RunRestRow(const RowContext& context, int calls) {
  const auto platform = StubPlatform::Start({.dir = context.dir});
  if (!platform.ok()) return platform.status();
  absl::StatusOr<Figures> figures =
      RunFloor(context, {"rest", "--url", (*platform)->url(), "--in-flight",
                         absl::StrCat(context.in_flight), "--calls-per-op", absl::StrCat(calls)});
  return figures;
}

absl::StatusOr<Figures> RunRowsRow(const RowContext& context, bool accepted, const Writes& writes) {
  const absl::StatusOr<std::string> model = WriteModelStore(context, accepted);
  if (!model.ok()) return model.status();
  std::vector<std::string> arguments = {"rows",
                                        "--like",
                                        *model,
                                        "--dir",
                                        context.dir,
                                        "--commits-per-payout",
                                        absl::StrCat(writes.commits),
                                        "--rows-per-payout",
                                        absl::StrCat(writes.rows)};
  if (accepted) arguments.push_back("--accepted");
  return RunFloor(context, arguments);
}

absl::StatusOr<Figures> RunJoinedRow(const RowContext& context, v1::WaitMode wait_mode) {
  const bool accepted = wait_mode == v1::WAIT_MODE_ACCEPTED;
  RowContext before = context;
  before.dir = context.dir + "/gateway";
  std::filesystem::create_directory(before.dir);
  const absl::StatusOr<std::string> model = WriteModelStore(before, accepted);
  if (!model.ok()) return model.status();
  std::vector<std::string> arguments = {
      context.bin + "/bench-floor", "joined", "--like", *model, "--dir", context.dir};
  std::unique_ptr<StubPlatform> platform;
  if (accepted) {
    auto started = StubPlatform::Start({.dir = context.dir});
    if (!started.ok()) return started.status();
    platform = *std::move(started);
    arguments.insert(arguments.end(), {"--accepted", "--url", platform->url()});
  }
  const auto server = ChildProcess::Start(arguments, context.dir + "/joined.log", "grpc_port");
  if (!server.ok()) return server.status();
  const Channels channels =
      OpenChannels("127.0.0.1:" + JsonValue((*server)->ready_line(), "grpc_port"));
  absl::StatusOr<Measured> measured = MeasureLoad(context, **server, [&](const LoadPlan& plan) {
    return RunCreates(channels, plan, wait_mode);
  });
  if (!measured.ok()) return measured.status();
  if ((*server)->Stop() != 0) return absl::InternalError("the floor does not stop");

  const auto all = static_cast<std::int64_t>(measured->all);
  const absl::StatusOr<std::int64_t> written = CountWritten(context.dir + "/floor.db", accepted);
  if (!written.ok()) return written.status();
  const std::int64_t requests = platform ? platform->Requests() : 0;
  if (*written != all || requests != (accepted ? 2 : 0) * all) {
    return absl::DataLossError(absl::StrCat("of ", all, " payouts ", *written,
                                            " are written, with ", requests, " requests"));
  }
  return std::move(measured->figures);
}

}  // namespace payout::bench
