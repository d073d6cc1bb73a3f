// stream-bench: what streams cost: open and idle, with events for all of them, and with one reader
// who has stopped reading.
#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/bench/child_process.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/load.h"
#include "tests/bench/pause.h"
#include "tests/bench/question.h"
#include "tests/bench/stream_load.h"
#include "tests/bench/stream_server.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kStreamChannels = 100;
constexpr seconds kOpenLimit{60};
constexpr seconds kEventLimit{120};
constexpr milliseconds kSettle{1000};  // for memory to be given back
constexpr int kWaves = 3;

// The reader that stops owes what these payouts have said, created and cancelled, before anything
// is measured: some 180 kB, more than its window and gRPC's buffer for writing take.
constexpr std::size_t kOwedPayouts = 500;
constexpr std::size_t kOwedFirst = 1'000'000;  // number of the first

// The gateway or the floor, in a process of its own.
struct Server {
  std::unique_ptr<GatewayRun> gateway;
  std::unique_ptr<ChildProcess> floor;

  ChildProcess& process() const { return gateway ? gateway->process() : *floor; }
  std::string address() const {
    if (gateway) return gateway->grpc_address();
    return "127.0.0.1:" + JsonValue(floor->ready_line(), "stream_port");
  }
  // How many streams it says are open; the floor does not say.
  absl::Status ProveOpen(std::size_t count) const {
    if (!gateway) return absl::OkStatus();
    PAYOUT_ASSIGN_OR_RETURN(const double open, gateway->Metric("payout_streams_open"));
    if (open == static_cast<double>(count)) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("the gateway has ", open, " streams, not ", count));
  }
};

absl::StatusOr<Server> StartServer(const RowContext& context, bool ours,
                                   seconds write_timeout = seconds(30)) {
  Server server;
  if (ours) {
    // Nothing is sent: the platform is never called.
    PAYOUT_ASSIGN_OR_RETURN(
        server.gateway,
        GatewayRun::Start({.bin = context.bin,
                           .dir = context.dir,
                           .platform_url = "http://127.0.0.1:9",
                           .config = absl::StrCat("[streams]\nwrite_timeout = \"",
                                                  write_timeout.count(), "s\"\n")}));
    PAYOUT_RETURN_IF_ERROR(server.gateway->PauseSubmission());
  } else {
    PAYOUT_ASSIGN_OR_RETURN(server.floor,
                            ChildProcess::Start({context.bin + "/stream-bench", "--serve-streams"},
                                                context.dir + "/streams.log", "stream_port"));
  }
  return server;
}

// Opens all streams, looks at the memory, closes them; three times.
absl::StatusOr<Figures> RunIdle(const RowContext& context, bool ours, std::size_t count) {
  PAYOUT_ASSIGN_OR_RETURN(const Server server, StartServer(context, ours));
  StreamLoad load(OpenChannels(server.address(), kStreamChannels));
  const double before = server.process().MemoryMb();
  Figures figures;
  for (int wave = 1; wave <= kWaves; ++wave) {
    const Clock::time_point begin = Clock::now();
    PAYOUT_RETURN_IF_ERROR(load.Open(count, kOpenLimit));
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    if (wave == 1) {
      figures[kOperations] = static_cast<double>(count);
      figures[kElapsed] = took;
      figures[kPerSecond] = figures[kOperations] / took;
    }
    Pause(kSettle);
    PAYOUT_RETURN_IF_ERROR(server.ProveOpen(count));
    figures[absl::StrCat("kb_per_stream_wave_", wave)] =
        (server.process().MemoryMb() - before) * 1024 / static_cast<double>(count);
    load.CloseAll();
    Pause(kSettle);
    PAYOUT_RETURN_IF_ERROR(server.ProveOpen(0));
    figures[absl::StrCat("kb_kept_per_stream_", wave)] =
        (server.process().MemoryMb() - before) * 1024 / static_cast<double>(count);
  }
  figures["start_mb"] = before;
  figures[kPeakMb] = server.process().PeakMemoryMb();
  return figures;
}

// The payouts that the watched streams were told of, each once and in the same order.
class Witness {
 public:
  void See(std::size_t stream, const v1::StreamStatusResponse& message) {
    const std::lock_guard lock(mutex_);
    seen_[stream].push_back(message.event().payout().payout_id());
  }
  absl::Status Prove(std::size_t streams, std::size_t events) {
    const std::lock_guard lock(mutex_);
    if (seen_.size() != streams) return absl::DataLossError("watched streams received nothing");
    for (const auto& [stream, ids] : seen_) {
      const std::set<std::string> distinct(ids.begin(), ids.end());
      if (distinct.size() != events || ids.size() != events) {
        return absl::DataLossError(absl::StrCat("stream ", stream, " misses payouts"));
      }
      for (std::size_t number = 0; number < events; ++number) {
        if (!distinct.contains(BenchId(number))) return absl::DataLossError("an id is missing");
      }
    }
    return absl::OkStatus();
  }

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::vector<std::string>> seen_;
};

struct EventPlan {
  bool ours = true;
  std::size_t streams = 1000;
  std::size_t events = 100;
  bool stalled = false;  // one more stream, which does not read
};

// A stream that stops reading at once, while more is due to it than anything between takes.
absl::Status OpenStalled(const Server& server, std::size_t in_flight, StreamLoad& load) {
  LoadPlan owed{.in_flight = in_flight, .time = kEventLimit, .calls = kOwedPayouts};
  owed.first = kOwedFirst;
  const auto channels = OpenChannels(server.address());
  PAYOUT_RETURN_IF_ERROR(RunCreates(channels, owed, v1::WAIT_MODE_RECORDED).Check());
  PAYOUT_RETURN_IF_ERROR(RunCancels(channels, owed).Check());
  return load.OpenStalled(OpenNarrowChannel(server.address()), kOpenLimit);
}

// The gateway ends a stream that has taken nothing for `write_timeout`. So when it has ended this
// one, no later than that after `begin`, it was held up from `begin` on. It tells the reader why.
absl::Status ProveStalled(const Server& server, Clock::time_point begin, seconds write_timeout,
                          std::size_t others, std::size_t due, StreamLoad& load) {
  constexpr milliseconds kLate{500};  // of a busy machine
  constexpr milliseconds kStep{20};
  while (!server.ProveOpen(others).ok()) {
    PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
    if (Clock::now() > begin + write_timeout + kLate) {
      return absl::FailedPreconditionError(
          "the reader that does not read has not held the gateway up");
    }
    Pause(kStep);
  }
  load.Resume();
  PAYOUT_ASSIGN_OR_RETURN(const grpc::Status status, load.WaitForStalled(kOpenLimit));
  if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
    return absl::FailedPreconditionError("the stalled reader was not let go for being slow: " +
                                         status.error_message());
  }
  if (load.stalled_events() < due) return absl::OkStatus();
  return absl::FailedPreconditionError("the stalled reader had received everything");
}

absl::StatusOr<Figures> RunEvents(const RowContext& context, const EventPlan& plan) {
  constexpr std::size_t kWatchEvery = 100;
  // Long enough to open all streams and to measure; who measures for less than a second only wants
  // to see that it works, with few streams.
  const seconds write_timeout(context.time < seconds(1) ? 4 : 10);
  PAYOUT_ASSIGN_OR_RETURN(const Server server, StartServer(context, plan.ours, write_timeout));
  Witness witness;
  StreamLoad load(
      OpenChannels(server.address(), kStreamChannels),
      [&witness](std::size_t stream, const v1::StreamStatusResponse& message) {
        witness.See(stream, message);
      },
      kWatchEvery);
  if (plan.stalled) {
    PAYOUT_RETURN_IF_ERROR(OpenStalled(server, context.in_flight, load));
  }
  PAYOUT_RETURN_IF_ERROR(load.Open(plan.streams, kOpenLimit));
  PAYOUT_RETURN_IF_ERROR(server.ProveOpen(plan.streams + (plan.stalled ? 1 : 0)));
  const auto channels = OpenChannels(server.address());

  const auto cpu = server.process().CpuTimeWhenQuiet();
  const Clock::time_point begin = Clock::now();
  const LoadResult creates = RunCreates(
      channels, {.in_flight = context.in_flight, .time = kEventLimit, .calls = plan.events},
      v1::WAIT_MODE_RECORDED);
  PAYOUT_RETURN_IF_ERROR(creates.Check());
  PAYOUT_RETURN_IF_ERROR(load.WaitForEvents(plan.events, kEventLimit));
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto cpu_used = server.process().CpuTime() - cpu;
  PAYOUT_RETURN_IF_ERROR(
      witness.Prove((plan.streams + kWatchEvery - 1) / kWatchEvery, plan.events));

  const std::size_t messages = plan.streams * plan.events;
  Figures figures;
  figures[kOperations] = static_cast<double>(messages);
  figures[kElapsed] = took;
  figures[kPerSecond] = figures[kOperations] / took;
  SetCpu(figures, "", cpu_used, messages);
  figures[kPeakMb] = server.process().PeakMemoryMb();
  figures["bytes_per_event"] = load.bytes_per_event();
  if (plan.stalled) {
    if (!server.ProveOpen(plan.streams + 1).ok()) {
      return absl::DeadlineExceededError(absl::StrCat(
          "measuring took longer than the ", write_timeout.count(), " s of the stalled reader"));
    }
    PAYOUT_RETURN_IF_ERROR(ProveStalled(server, begin, write_timeout, plan.streams,
                                        2 * kOwedPayouts + plan.events, load));
  }
  return figures;
}

// Ratio of two rows' figures.
Goal Compare(std::string text, std::string figure, std::string ours, std::string other,
             Goal::Bound kind, double bound) {
  return {.text = std::move(text),
          .measure =
              [=](const Medians& medians) {
                return medians.Of(ours, figure) / medians.Of(other, figure);
              },
          .kind = kind,
          .bound = bound};
}

struct Sizes {
  std::size_t idle = 10'000;     // streams of the idle rows
  std::size_t streams = 10'000;  // at most so many in the others
};

EventPlan Adapted(EventPlan plan, const Sizes& sizes, const RowContext& context) {
  plan.streams = std::min(plan.streams, sizes.streams);
  if (context.calls != 0) plan.events = context.calls;
  return plan;
}

constexpr EventPlan kTo1k{.streams = 1000, .events = 100};
constexpr EventPlan kTo10k{.streams = 10'000, .events = 20};

// The texts of the rows, with the numbers that the options say.
void TellSizes(const Sizes& sizes, const RowContext& context, Question& question) {
  const auto text = [&](EventPlan plan) {
    const EventPlan adapted = Adapted(plan, sizes, context);
    return absl::StrCat(adapted.events, " payouts, ", adapted.streams, " streams");
  };
  const std::map<std::string, std::string> texts = {
      {"idle", absl::StrCat(sizes.idle, " idle streams on the gateway (--idle-streams)")},
      {"raw-idle", absl::StrCat(sizes.idle, " idle server streams of the bare library")},
      {"events-1k", text(kTo1k)},
      {"raw-events-1k", text(kTo1k) + " of the bare library: one rendering for all of them"},
      {"events-10k", text(kTo10k)},
      {"raw-events-10k", text(kTo10k) + " of the bare library: one rendering for all of them"},
      {"stalled-1k", text(kTo1k) + ", and one more reader that has stopped reading, until the "
                                   "gateway ends its stream"},
  };
  for (Row& row : question.rows) row.what = texts.at(row.name);
  question.plan = absl::StrCat("each opens its streams once (idle: three times), creates are ",
                               context.in_flight, " in flight");
}

Question MakeQuestion(const Sizes& sizes) {
  const auto idle = [&sizes](bool ours) {
    return [&sizes, ours](const RowContext& context) { return RunIdle(context, ours, sizes.idle); };
  };
  const auto events = [&sizes](EventPlan plan, bool ours, bool stalled = false) {
    plan.ours = ours;
    plan.stalled = stalled;
    return [&sizes, plan](const RowContext& context) {
      return RunEvents(context, Adapted(plan, sizes, context));
    };
  };
  Question question;
  question.name = "stream-bench";
  question.text =
      "StreamStatus: memory of streams that are open and idle, in three waves of opening and "
      "closing\n"
      "all of them; and events to many streams: each payout that is recorded is one message on "
      "every\n"
      "stream. Operations: streams opened (idle rows), messages delivered (the others;\n"
      "--calls N: N payouts).";
  question.rounds = 3;
  question.rows = {
      {.name = "idle", .run = idle(true), .beside = {"raw-idle"}},
      {.name = "raw-idle", .kind = RowKind::kFloor, .run = idle(false)},
      {.name = "events-1k", .run = events(kTo1k, true), .beside = {"raw-events-1k"}},
      {.name = "raw-events-1k", .kind = RowKind::kFloor, .run = events(kTo1k, false)},
      {.name = "events-10k", .run = events(kTo10k, true), .beside = {"raw-events-10k"}},
      {.name = "raw-events-10k", .kind = RowKind::kFloor, .run = events(kTo10k, false)},
      {.name = "stalled-1k", .run = events(kTo1k, true, /*stalled=*/true), .beside = {"events-1k"}},
  };
  question.adapt = [&sizes](const RowContext& context, Question& adapted) {
    TellSizes(sizes, context, adapted);
  };
  using enum Goal::Bound;
  question.goals.push_back(Compare("idle: memory per stream / raw", "kb_per_stream_wave_1", "idle",
                                   "raw-idle", kAtMost, 1.25));
  for (const char* wave : {"2", "3"}) {
    question.goals.push_back(Compare(absl::StrCat("idle, wave ", wave, ": memory per stream / raw"),
                                     absl::StrCat("kb_per_stream_wave_", wave), "idle", "raw-idle",
                                     kAtMost, 1.10));
    question.goals.push_back({.text = absl::StrCat("idle, wave ", wave, " / wave 1, against raw's"),
                              .measure =
                                  [wave](const Medians& medians) {
                                    const auto more = [&](const char* row) {
                                      return medians.Of(row,
                                                        absl::StrCat("kb_per_stream_wave_", wave)) /
                                             medians.Of(row, "kb_per_stream_wave_1");
                                    };
                                    return more("idle") / more("raw-idle");
                                  },
                              .kind = kAtMost,
                              .bound = 1.10});
  }
  question.goals.push_back(
      Compare("events-1k: rate / raw", kPerSecond, "events-1k", "raw-events-1k", kAtLeast, 0.6));
  question.goals.push_back(
      Compare("events-10k: rate / raw", kPerSecond, "events-10k", "raw-events-10k", kAtLeast, 0.6));
  // Nothing measurable: within what the machine's noise leaves.
  question.goals.push_back(Compare("stalled-1k: rate / events-1k", kPerSecond, "stalled-1k",
                                   "events-1k", kAtLeast, 0.9));
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--serve-streams") return payout::bench::ServeStreams();
  payout::bench::Sizes sizes;
  payout::bench::Question question = payout::bench::MakeQuestion(sizes);
  question.options = [&sizes](CLI::App& app) {
    app.add_option("--idle-streams", sizes.idle, "Streams of the idle rows.")
        ->check(CLI::Range(1, 15'000))
        ->capture_default_str();
    app.add_option("--streams", sizes.streams, "Streams of the other rows, at most.")
        ->check(CLI::Range(1, 15'000))
        ->capture_default_str();
  };
  return payout::bench::RunQuestion(argc, argv, question);
}
