#include "tests/bench/adapter_rows.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/payout_client.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

constexpr double kNone = 0;
// Nothing listens there.
constexpr char kNoPlatform[] = "http://127.0.0.1:9";
// A just-in-time compiler needs seconds until it has done its work, and some more are needed until
// its garbage collector has shown what it costs. Whoever measures for less than a second only wants
// to see that it works.
constexpr std::chrono::seconds kPeerWarmUp{5};
constexpr std::chrono::seconds kPeerTime{4};
constexpr std::chrono::seconds kInEarnest{1};

double Micros(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// What both sides count, at one moment.
struct Counts {
  double requests = kNone;     // to the platform, by the gateway's count
  double token_calls = kNone;  // of them
  double commits = kNone;
  double rows = kNone;
  std::chrono::nanoseconds platform_cpu{};
};

absl::StatusOr<Counts> ReadCounts(GatewayRun& gateway, const StubPlatform* platform) {
  Counts counts;
  const auto take = [&gateway](const char* name, const char* label, double& to) {
    const absl::StatusOr<double> value = gateway.Metric(name, label);
    if (value.ok()) to = *value;
    return value.status();
  };
  absl::Status status = take("payout_platform_requests_total", "", counts.requests);
  status.Update(take("payout_platform_requests_total", "operation=\"token\"", counts.token_calls));
  status.Update(take("payout_store_commits_total", "", counts.commits));
  status.Update(take("payout_store_rows_total", "", counts.rows));
  if (!status.ok()) return status;
  if (platform != nullptr) counts.platform_cpu = platform->process().CpuTime();
  return counts;
}

absl::StatusOr<std::size_t> CountPayouts(const std::string& address, v1::PayoutState state) {
  const auto channel = client::Channel::Open({.target = "grpc://" + address});
  if (!channel.ok()) return absl::InternalError(channel.error().ToString());
  const client::PayoutClient client(*channel);
  v1::ListPayoutsRequest request;
  request.add_states(state);
  request.set_page_size(1000);
  std::size_t count = 0;
  const auto error = client.ForEachPage(request, [&count](const v1::ListPayoutsResponse& page) {
    count += static_cast<std::size_t>(page.payouts_size());
    return true;
  });
  if (error) return absl::InternalError(error->ToString());
  return count;
}

absl::Status Expect(const std::string& what, double actual, double expected) {
  if (actual == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what, ": ", actual, ", expected ", expected));
}

}  // namespace

absl::StatusOr<Measured> MeasureLoad(const RowContext& context, const ChildProcess& process,
                                     const std::function<LoadResult(const LoadPlan&)>& load,
                                     const std::function<absl::Status()>& after_warm_up,
                                     std::chrono::milliseconds warm_up) {
  LoadPlan plan{.in_flight = context.in_flight, .time = std::max(context.time / 5, warm_up)};
  const LoadResult warm = load(plan);
  absl::Status status = warm.Check();
  if (status.ok() && after_warm_up) status = after_warm_up();
  if (!status.ok()) return status;

  plan.time = context.time;
  plan.calls = context.calls;
  plan.first = warm.done();
  const std::chrono::nanoseconds before = process.CpuTimeWhenQuiet();
  const LoadResult result = load(plan);
  const std::chrono::nanoseconds after = process.CpuTimeWhenQuiet();
  status = result.Check();
  if (!status.ok()) return status;
  Measured measured{result.AsFigures(), warm.done() + result.done(), result.done()};
  SetCpu(measured.figures, "", after - before, result.done());
  measured.figures[kPeakMb] = process.PeakMemoryMb();
  return measured;
}

absl::StatusOr<Figures> RunGatewayRow(const RowContext& context, const GatewayRow& row) {
  // While submission is paused the platform is never called; then there need not be one.
  std::unique_ptr<StubPlatform> platform;
  if (!row.paused) {
    auto started = StubPlatform::Start({.dir = context.dir});
    if (!started.ok()) return started.status();
    platform = *std::move(started);
  }
  const auto gateway = GatewayRun::Start({.bin = context.bin,
                                          .dir = context.dir,
                                          .platform_url = platform ? platform->url() : kNoPlatform,
                                          .requests_per_second = row.requests_per_second});
  if (!gateway.ok()) return gateway.status();
  absl::Status status = row.paused ? (*gateway)->PauseSubmission() : absl::OkStatus();
  if (!status.ok()) return status;

  const auto channels = OpenChannels((*gateway)->grpc_address());
  absl::StatusOr<Counts> before = Counts{};
  absl::StatusOr<Measured> measured = MeasureLoad(
      context, (*gateway)->process(),
      [&](const LoadPlan& plan) { return RunCreates(channels, plan, row.wait_mode); },
      [&] {
        before = ReadCounts(**gateway, platform.get());
        return before.status();
      });
  if (!measured.ok()) return measured.status();
  const absl::StatusOr<Counts> after = ReadCounts(**gateway, platform.get());
  if (!after.ok()) return after.status();
  const auto done = static_cast<double>(measured->done);
  Figures figures = std::move(measured->figures);
  figures["token_calls_per_op"] = (after->token_calls - before->token_calls) / done;
  figures["commits_per_op"] = (after->commits - before->commits) / done;
  figures["rows_per_op"] = (after->rows - before->rows) / done;
  if (platform) {
    figures["platform_cpu_us"] = Micros(after->platform_cpu - before->platform_cpu) / done;
  }

  const auto listed =
      CountPayouts((*gateway)->grpc_address(),
                   row.paused ? v1::PAYOUT_STATE_QUEUED : v1::PAYOUT_STATE_PROCESSING);
  if (!listed.ok()) return listed.status();
  status = Expect("payouts that the gateway lists", static_cast<double>(*listed),
                  static_cast<double>(measured->all));
  status.Update(Expect("requests that the platform has had",
                       platform ? static_cast<double>(platform->Requests()) : 0, after->requests));
  status.Update(Expect("creates that the gateway has sent", after->requests - after->token_calls,
                       row.paused ? 0 : static_cast<double>(measured->all)));
  if (!status.ok()) return status;
  return figures;
}

absl::StatusOr<Figures> RunPeerRow(const RowContext& context, const Peer& peer_row) {
  for (const auto& [path, what] : peer_row.needs) {
    if (!std::filesystem::exists(path)) return SkipRow(what);
  }
  const auto platform = StubPlatform::Start({.dir = context.dir});
  if (!platform.ok()) return platform.status();
  std::vector<std::string> arguments = peer_row.command;
  for (const std::string& argument :
       {std::string("--listen"), std::string("127.0.0.1:0"), std::string("--platform"),
        (*platform)->url(), std::string("--username"), std::string("bench"),
        std::string("--password"), std::string("bench-secret-of-usual-length-0123456789")}) {
    arguments.push_back(argument);
  }
  const auto peer = ChildProcess::Start(arguments, context.dir + "/peer.log", "ready ");
  if (!peer.ok()) return peer.status();
  const std::string& line = (*peer)->ready_line();
  const std::string address = "127.0.0.1:" + line.substr(line.rfind(' ') + 1);
  const auto channels = OpenChannels(address);
  const bool in_earnest = context.time >= kInEarnest;
  RowContext longer = context;
  if (in_earnest) longer.time = std::max<std::chrono::milliseconds>(context.time, kPeerTime);
  absl::StatusOr<Measured> measured = MeasureLoad(
      longer, **peer,
      [&channels](const LoadPlan& plan) {
        return RunCreates(channels, plan, v1::WAIT_MODE_ACCEPTED);
      },
      nullptr, in_earnest ? kPeerWarmUp : std::chrono::seconds(0));
  if (!measured.ok()) return measured.status();
  const absl::Status status =
      Expect("requests that the platform has had", static_cast<double>((*platform)->Requests()),
             2 * static_cast<double>(measured->all));
  if (!status.ok()) return status;
  return std::move(measured->figures);
}

absl::StatusOr<Figures> RunGetRow(const RowContext& context, std::size_t payouts) {
  // Nothing is sent.
  const auto gateway =
      GatewayRun::Start({.bin = context.bin, .dir = context.dir, .platform_url = kNoPlatform});
  if (!gateway.ok()) return gateway.status();
  const absl::Status paused = (*gateway)->PauseSubmission();
  if (!paused.ok()) return paused;
  const auto channels = OpenChannels((*gateway)->grpc_address());
  const LoadResult filled = RunCreates(
      channels, {.in_flight = context.in_flight, .time = std::chrono::minutes(1), .calls = payouts},
      v1::WAIT_MODE_RECORDED);
  const absl::Status full = filled.Check();
  if (!full.ok()) return full;
  absl::StatusOr<Measured> measured =
      MeasureLoad(context, (*gateway)->process(),
                  [&](const LoadPlan& plan) { return RunGets(channels, plan, filled.done()); });
  if (!measured.ok()) return measured.status();
  return std::move(measured->figures);
}

}  // namespace payout::bench
