// start-bench: how long the gateway takes to start on a new store, and how much memory it has then.
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "client/payout_client.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "server/base/status_macros.h"
#include "tests/bench/floor_server.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/load.h"
#include "tests/bench/pause.h"
#include "tests/bench/question.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::chrono::seconds kStartLimit{15};
constexpr std::chrono::milliseconds kIdle{500};  // until memory is looked at
constexpr std::size_t kStarts = 10;

// A program whose output is read as it comes, so that the moment of a line is known to the
// microsecond. SIGTERM at the end.
class WatchedProgram {
 public:
  explicit WatchedProgram(const std::vector<std::string>& arguments) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    output_ = ends[0];
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) {
      pointers.push_back(const_cast<char*>(argument.c_str()));
    }
    pointers.push_back(nullptr);
    pid_ = vfork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      dup2(ends[1], STDOUT_FILENO);
      dup2(ends[1], STDERR_FILENO);
      execv(pointers[0], pointers.data());
      _exit(127);
    }
    close(ends[1]);
  }
  ~WatchedProgram() {
    if (pid_ > 0) {
      kill(pid_, Interrupted() ? SIGKILL : SIGTERM);
      while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        if (Interrupted()) kill(pid_, SIGKILL);
      }
    }
    close(output_);
  }
  WatchedProgram(const WatchedProgram&) = delete;
  WatchedProgram& operator=(const WatchedProgram&) = delete;

  // The line that contains `text`; nullopt when it ends before, or does not come.
  std::optional<std::string> WaitFor(const std::string& text) {
    const Clock::time_point deadline = Clock::now() + kStartLimit;
    std::string lines;
    while (Clock::now() < deadline && !Interrupted()) {
      pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
      if (poll(&readable, 1, 100) <= 0) continue;
      char buffer[4096];
      const ssize_t count = read(output_, buffer, sizeof(buffer));
      if (count <= 0) return std::nullopt;
      lines.append(buffer, static_cast<std::size_t>(count));
      const std::size_t at = lines.find(text);
      const std::size_t end = at == std::string::npos ? at : lines.find('\n', at);
      if (end != std::string::npos) return lines.substr(0, end);
    }
    return std::nullopt;
  }

  double MemoryMb() const {
    std::ifstream in(absl::StrCat("/proc/", pid_, "/statm"));
    std::size_t pages = 0;
    std::size_t resident = 0;
    in >> pages >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

bool IsServing(const std::string& port) {
  client::ChannelOptions options;
  options.target = "grpc://127.0.0.1:" + port;
  const auto channel = client::Channel::Open(options);
  if (!channel.ok()) return false;
  const client::Result<client::Health> health = client::PayoutClient(*channel).CheckHealth("");
  return health.ok() && *health == client::Health::kServing;
}

struct Program {
  std::vector<std::string> arguments;
  std::string ready;     // in the line that says so
  std::string port_key;  // in the same line
};

absl::StatusOr<Figures> MeasureStart(const Program& program) {
  const Clock::time_point begin = Clock::now();
  WatchedProgram run(program.arguments);
  const std::optional<std::string> line = run.WaitFor(program.ready);
  const double ready_ms = Milliseconds(Clock::now() - begin).count();
  if (!line) return absl::UnavailableError(program.arguments[0] + " does not start");
  if (!IsServing(JsonValue(*line, program.port_key))) {
    return absl::UnavailableError("it is ready and does not serve");
  }
  const double serving_ms = Milliseconds(Clock::now() - begin).count();
  Pause(kIdle);
  const double idle_mb = run.MemoryMb();
  return Figures{{"ready_ms", ready_ms},
                 {"first_answer_ms", serving_ms},
                 {"idle_mb", idle_mb},
                 {kPeakMb, idle_mb}};
}

absl::StatusOr<Figures> RunGateway(const RowContext& context) {
  {
    // Writes the configuration.
    PAYOUT_ASSIGN_OR_RETURN(
        const std::unique_ptr<GatewayRun> gateway,
        GatewayRun::Start(
            {.bin = context.bin, .dir = context.dir, .platform_url = "http://127.0.0.1:9"}));
  }
  for (const char* suffix : {"", "-wal", "-shm", ".lock", ".epoch"}) {
    std::filesystem::remove(context.dir + "/payouts.db" + suffix);
  }
  return MeasureStart(
      {.arguments = {context.bin + "/payout-gateway", "serve", "--config",
                     context.dir + "/gateway.toml", "--log-level", "info", "--log-format", "json"},
       .ready = "gateway.ready",
       .port_key = "grpc_port"});
}

absl::StatusOr<Figures> RunBare(const RowContext& context) {
  return MeasureStart({.arguments = {context.bin + "/start-bench", "--serve-bare"},
                       .ready = "bare_port",
                       .port_key = "bare_port"});
}

// The floor: a gRPC server with the same service, health and reflection, and nothing behind it.
int ServeBare() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  v1::PayoutService::CallbackService service;
  return ServeFloor(service, "bare_port", std::chrono::seconds(60)).ok() ? 0 : 1;
}

Goal AtMost(std::string text, std::string figure, double bound) {
  return {.text = std::move(text),
          .measure = [figure = std::move(figure)](
                         const Medians& medians) { return medians.Of("gateway", figure); },
          .kind = Goal::Bound::kAtMost,
          .bound = bound};
}

Question MakeQuestion() {
  Question question;
  question.name = "start-bench";
  question.text =
      "From the start of the process to the line that says it is ready, on a new store; a health "
      "check\n"
      "must then be answered SERVING. Memory half a second later. Each round is one start.";
  question.rounds = kStarts;
  question.plan = "one start each; nothing else of it is timed";
  question.by_figure = true;
  question.rows = {
      {.name = "gateway", .what = "payout-gateway serve", .run = RunGateway},
      {.name = "bare",
       .what = "a gRPC server with the same service and nothing behind it",
       .kind = RowKind::kFloor,
       .run = RunBare},
  };
  question.goals = {AtMost("start to ready, ms", "ready_ms", 100),
                    AtMost("idle memory, MB", "idle_mb", 40)};
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--serve-bare") return payout::bench::ServeBare();
  return payout::bench::RunQuestion(argc, argv, payout::bench::MakeQuestion());
}
