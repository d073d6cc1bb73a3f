// callback-bench: callbacks of the platform: genuine ones, which are answered when they are
// durable, and forged ones.
#include <functional>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/app/capability.h"
#include "server/base/status_macros.h"
#include "tests/bench/child_process.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/http_echo_server.h"
#include "tests/bench/http_load.h"
#include "tests/bench/load.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

constexpr std::size_t kPayouts = 2000;
// So many connections that the listener is busy while a commit waits for the disk.
constexpr std::size_t kManyConnections = 256;

// Requests that the platform would send for payouts 0 to kPayouts - 1.
std::vector<std::string> Callbacks(const std::string& base_url, bool forged) {
  const Capability capability(base_url, {{kBenchCallbackKeyId, SecretString(kBenchCallbackKey)}});
  std::vector<std::string> requests;
  for (std::size_t number = 0; number < kPayouts; ++number) {
    const std::string id = BenchId(number);
    std::string url = capability.Url({MerchantName("main"), PayoutId(id)});
    if (forged) url.back() = url.back() == 'A' ? 'E' : 'A';
    requests.push_back(PostText(url.substr(base_url.size()), "{\"idEntity\":\"" + id + "\"}"));
  }
  return requests;
}

absl::StatusOr<Figures> Measure(const RowContext& context, ChildProcess& process, HttpPlan plan) {
  plan.connections = context.in_flight;
  plan.time = context.time;
  plan.calls = context.calls;
  const auto cpu = process.CpuTimeWhenQuiet();
  const LoadResult load = RunHttp(plan);
  PAYOUT_RETURN_IF_ERROR(load.Check());
  const auto cpu_used = process.CpuTimeWhenQuiet() - cpu;
  Figures figures = load.AsFigures();
  SetCpu(figures, "", cpu_used, load.done());
  figures[kPeakMb] = process.PeakMemoryMb();
  return figures;
}

absl::StatusOr<Figures> RunGateway(const RowContext& context, bool forged) {
  PAYOUT_ASSIGN_OR_RETURN(const std::unique_ptr<GatewayRun> gateway,
                          GatewayRun::Start({.bin = context.bin,
                                             .dir = context.dir,
                                             .platform_url = "http://127.0.0.1:9",
                                             .callback_key = true}));
  PAYOUT_RETURN_IF_ERROR(gateway->PauseSubmission());
  const LoadResult creates = RunCreates(
      OpenChannels(gateway->grpc_address()),
      {.in_flight = context.in_flight, .time = std::chrono::seconds(60), .calls = kPayouts},
      v1::WAIT_MODE_RECORDED);
  PAYOUT_RETURN_IF_ERROR(creates.Check());
  PAYOUT_ASSIGN_OR_RETURN(Figures figures,
                          Measure(context, gateway->process(),
                                  {.port = PortOf(gateway->callback_url()),
                                   .requests = Callbacks(gateway->callback_url(), forged),
                                   .status = forged ? 404 : 200}));
  const char* outcome = forged ? "outcome=\"wrong_capability\"" : "outcome=\"recorded\"";
  PAYOUT_ASSIGN_OR_RETURN(const double counted, gateway->Metric("payout_callbacks_total", outcome));
  if (counted != figures[kOperations]) {
    return absl::DataLossError(
        absl::StrCat("the gateway counted ", counted, " callbacks, not ", figures[kOperations]));
  }
  return figures;
}

absl::StatusOr<Figures> RunRaw(const RowContext& context) {
  PAYOUT_ASSIGN_OR_RETURN(const std::unique_ptr<ChildProcess> server,
                          ChildProcess::Start({context.bin + "/callback-bench", "--serve-http"},
                                              context.dir + "/http.log", "http_port"));
  const int port = std::atoi(JsonValue(server->ready_line(), "http_port").c_str());
  const std::string base_url = absl::StrCat("http://127.0.0.1:", port);
  return Measure(context, *server,
                 {.port = static_cast<std::uint16_t>(port),
                  .requests = Callbacks(base_url, /*forged=*/false)});
}

std::function<absl::StatusOr<Figures>(const RowContext&)> OverMany(
    std::function<absl::StatusOr<Figures>(const RowContext&)> run) {
  return [run = std::move(run)](RowContext context) {
    context.in_flight = kManyConnections;
    return run(context);
  };
}

Goal RateGoal(const std::string& row, const std::string& raw, double bound) {
  return {.text = absl::StrCat(row, ": rate / ", raw),
          .measure =
              [row, raw](const Medians& medians) { return medians.Rate(row) / medians.Rate(raw); },
          .kind = Goal::Bound::kAtLeast,
          .bound = bound};
}

Question MakeQuestion() {
  Question question;
  question.name = "callback-bench";
  question.text =
      "Callbacks: POST to the callback listener over connections that are kept alive; payouts are\n"
      "QUEUED and submission is paused, so that no read of the platform follows.";
  const auto genuine = [](const RowContext& context) { return RunGateway(context, false); };
  question.rows = {
      {.name = "accepted",
       .what = "genuine: answered 200 when the hint is durable",
       .run = genuine,
       .beside = {"raw"}},
      {.name = "raw",
       .what = "the listener library, one thread: answers with the same body",
       .kind = RowKind::kFloor,
       .run = RunRaw},
      {.name = "forged",
       .what = "wrong capability: answered 404",
       .run = [](const RowContext& context) { return RunGateway(context, true); },
       .beside = {"raw"}},
      {.name = "accepted-256",
       .what = "accepted, over 256 connections",
       .run = OverMany(genuine),
       .beside = {"raw-256"}},
      {.name = "raw-256",
       .what = "raw, over 256 connections",
       .kind = RowKind::kFloor,
       .run = OverMany(RunRaw)},
  };
  question.goals = {RateGoal("accepted", "raw", 0.5), RateGoal("forged", "raw", 0.8),
                    RateGoal("accepted-256", "raw-256", 0.5)};
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--serve-http") return payout::bench::ServeHttpEcho();
  return payout::bench::RunQuestion(argc, argv, payout::bench::MakeQuestion());
}
