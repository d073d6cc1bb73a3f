// growth-bench: does the gateway become slower as its store grows?
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "server/base/status_macros.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/load.h"
#include "tests/bench/pause.h"
#include "tests/bench/question.h"
#include "tests/bench/store_filler.h"
#include "tests/bench/stream_load.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kSmall = 10'000;
constexpr std::size_t kFewOpen = 100;
constexpr std::size_t kManyOpen = 100'000;
constexpr std::size_t kPage = 100;
constexpr std::size_t kPages = 300;
constexpr std::size_t kStreamStarts = 50;
constexpr std::size_t kCreatesMax = 3000;
constexpr milliseconds kWarmUp{700};
constexpr double kBytesPerMb = 1 << 20;

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// A store that is kept between rounds and runs, beside the programs, because it takes long to make.
absl::StatusOr<std::string> KeptStore(const RowContext& context, const FillPlan& plan) {
  const std::filesystem::path folder =
      std::filesystem::path(context.bin).parent_path() / "bench-stores";
  std::filesystem::create_directories(folder);
  const std::string path =
      folder / absl::StrCat(plan.payouts, "-payouts-", plan.open, "-open.v", kFillVersion, ".db");
  if (std::filesystem::exists(path)) return path;
  std::cerr << "  making a store of " << plan.payouts << " payouts";
  FillPlan told = plan;
  told.progress = [](std::size_t written) {
    if (written % 100'000 == 0) std::cerr << "." << std::flush;
  };
  const Clock::time_point begin = Clock::now();
  const absl::Status filled = FillStore(path, told);
  if (!filled.ok()) std::cerr << "\n";
  PAYOUT_RETURN_IF_ERROR(filled);
  std::cerr << " " << std::chrono::duration_cast<seconds>(Clock::now() - begin).count() << " s\n";
  return path;
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

// Calls of one method over several channels. `Fill` makes the request of a number, `Check` looks at
// the answer.
template <class Request, class Answer, class Start, class Fill, class Check>
LoadResult RunCalls(const Channels& channels, const LoadPlan& plan, Start start, Fill fill,
                    Check check) {
  struct Call {
    grpc::ClientContext context;
    Request request;
    Answer answer;
  };
  std::vector<std::unique_ptr<v1::PayoutService::Stub>> stubs;
  for (const auto& channel : channels) stubs.push_back(v1::PayoutService::NewStub(channel));
  return RunOperations(
      plan, [&](std::size_t number, std::function<void(const absl::Status&)> done) {
        auto call = std::make_shared<Call>();
        fill(number, call->request);
        start(*stubs[number % stubs.size()]->async(), &call->context, &call->request, &call->answer,
              [call, check, number, done = std::move(done)](const grpc::Status& status) {
                done(status.ok() ? check(number, call->answer) : ToStatus(status));
              });
      });
}

constexpr auto kGet = [](auto& stub, auto... arguments) { stub.GetPayout(arguments...); };
constexpr auto kList = [](auto& stub, auto... arguments) { stub.ListPayouts(arguments...); };
constexpr auto kCreate = [](auto& stub, auto... arguments) { stub.CreatePayout(arguments...); };
constexpr auto kCancel = [](auto& stub, auto... arguments) { stub.CancelPayout(arguments...); };

LoadResult RunGetsOf(const Channels& channels, const LoadPlan& plan, std::size_t payouts) {
  const auto id = [payouts](std::size_t number) {
    // A large prime, so that all of the store is visited in an order that jumps about.
    return FilledId(number * 15'485'863 % payouts);
  };
  return RunCalls<v1::GetPayoutRequest, v1::GetPayoutResponse>(
      channels, plan, kGet,
      [id](std::size_t number, v1::GetPayoutRequest& request) {
        request.set_payout_id(id(number));
      },
      [id](std::size_t number, const v1::GetPayoutResponse& answer) {
        return answer.payout().payout_id() == id(number) ? absl::OkStatus()
                                                         : absl::DataLossError("another payout");
      });
}

LoadResult RunLists(const Channels& channels, const LoadPlan& plan) {
  return RunCalls<v1::ListPayoutsRequest, v1::ListPayoutsResponse>(
      channels, plan, kList,
      [](std::size_t number, v1::ListPayoutsRequest& request) {
        request.set_page_size(static_cast<int>(kPage));
        if (number % 2 == 1) request.add_states(v1::PAYOUT_STATE_SUCCEEDED);
      },
      [](std::size_t, const v1::ListPayoutsResponse& answer) {
        return answer.payouts_size() == static_cast<int>(kPage)
                   ? absl::OkStatus()
                   : absl::DataLossError("no full page");
      });
}

LoadResult RunCreatesFrom(const Channels& channels, const LoadPlan& plan) {
  return RunCalls<v1::CreatePayoutRequest, v1::CreatePayoutResponse>(
      channels, plan, kCreate,
      [](std::size_t number, v1::CreatePayoutRequest& request) {
        request = BenchRequest(number, v1::WAIT_MODE_RECORDED);
        request.set_payout_id(FilledId(number));
      },
      [](std::size_t, const v1::CreatePayoutResponse& answer) {
        return answer.replayed() ? absl::DataLossError("it was there before") : absl::OkStatus();
      });
}

// So that the next round finds as many open payouts as this one.
LoadResult CancelAll(const Channels& channels, const LoadPlan& plan) {
  return RunCalls<v1::CancelPayoutRequest, v1::CancelPayoutResponse>(
      channels, plan, kCancel,
      [](std::size_t number, v1::CancelPayoutRequest& request) {
        request.set_payout_id(FilledId(number));
      },
      [](std::size_t, const v1::CancelPayoutResponse&) { return absl::OkStatus(); });
}

// Feeds from the call to the end of the snapshot, one at a time.
absl::StatusOr<LoadResult> RunStreamStarts(const std::string& address, std::size_t count) {
  LoadResult result;
  StreamLoad load(OpenChannels(address, 1));
  for (std::size_t i = 0; i < count; ++i) {
    const Clock::time_point begin = Clock::now();
    PAYOUT_RETURN_IF_ERROR(load.Open(1, seconds(30)));
    result.latencies.push_back(Clock::now() - begin);
    load.CloseAll();
  }
  std::sort(result.latencies.begin(), result.latencies.end());
  return result;
}

absl::Status ReadThrough(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes(1 << 20);
  while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
  }
  return file.eof() ? absl::OkStatus() : absl::UnavailableError("cannot read " + path);
}

class StoreRow {
 public:
  StoreRow(const RowContext& context, FillPlan plan) : context_(context), plan_(std::move(plan)) {}

  absl::StatusOr<Figures> Run() {
    plan_.now = absl::Now();
    if (plan_.payouts <= kSmall) {
      path_ = context_.dir + "/small.db";
      PAYOUT_RETURN_IF_ERROR(FillStore(path_, plan_));
    } else {
      PAYOUT_ASSIGN_OR_RETURN(path_, KeptStore(context_, plan_));
    }
    // What the size costs is asked, not what the disk costs after the system has dropped pages.
    PAYOUT_RETURN_IF_ERROR(ReadThrough(path_));
    std::filesystem::create_symlink(path_, context_.dir + "/payouts.db");
    // The switch is kept in the store; the start that is measured finds it there.
    PAYOUT_RETURN_IF_ERROR(StartGateway());
    PAYOUT_RETURN_IF_ERROR(gateway_->PauseSubmission());
    gateway_.reset();
    PAYOUT_RETURN_IF_ERROR(StartGateway());
    PAYOUT_RETURN_IF_ERROR(ProveOpen());
    const Channels channels = OpenChannels(gateway_->grpc_address());
    PAYOUT_RETURN_IF_ERROR(Reads(channels));
    PAYOUT_RETURN_IF_ERROR(Creates(channels));
    figures_[kPeakMb] = process().PeakMemoryMb();
    gateway_.reset();
    figures_["store_mb"] = static_cast<double>(std::filesystem::file_size(path_)) / kBytesPerMb;
    return figures_;
  }

 private:
  ChildProcess& process() { return gateway_->process(); }

  absl::Status StartGateway() {
    const Clock::time_point begin = Clock::now();
    PAYOUT_ASSIGN_OR_RETURN(gateway_, GatewayRun::Start({.bin = context_.bin,
                                                         .dir = context_.dir,
                                                         .platform_url = "http://127.0.0.1:9",
                                                         .config = kFilledAuditConfig}));
    figures_["ready_ms"] = Milliseconds(Clock::now() - begin).count();
    return absl::OkStatus();
  }

  // The gateway counts them soon after it is ready.
  absl::Status ProveOpen() {
    const Clock::time_point end = Clock::now() + seconds(10);
    double open = 0;
    while (Clock::now() < end) {
      PAYOUT_ASSIGN_OR_RETURN(open, gateway_->Metric("payout_open"));
      if (open == static_cast<double>(plan_.open)) return absl::OkStatus();
      PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
      Pause(milliseconds(20));
    }
    return absl::DataLossError(absl::StrCat(open, " payouts are open, not ", plan_.open));
  }

  template <class Run>
  absl::Status Measure(const std::string& name, Run run) {
    const auto cpu = process().CpuTimeWhenQuiet();
    const LoadResult load = run();
    PAYOUT_RETURN_IF_ERROR(load.Check());
    const auto cpu_used = process().CpuTimeWhenQuiet() - cpu;
    figures_[name + "_per_second"] = load.PerSecond();
    figures_[absl::StrCat(name, "_", kOperations)] = static_cast<double>(load.done());
    figures_[absl::StrCat(name, "_", kElapsed)] = std::chrono::duration<double>(load.took).count();
    figures_[name + "_p50_ms"] = Milliseconds(load.Percentile(0.5)).count();
    SetCpu(figures_, name + "_", cpu_used, load.done());
    return absl::OkStatus();
  }

  absl::Status Reads(const Channels& channels) {
    PAYOUT_RETURN_IF_ERROR(
        RunGetsOf(channels, {.in_flight = context_.in_flight, .time = kWarmUp}, plan_.payouts)
            .Check());
    PAYOUT_RETURN_IF_ERROR(Measure("get", [&] {
      return RunGetsOf(channels,
                       {.in_flight = context_.in_flight, .time = context_.time, .first = 1'000'003},
                       plan_.payouts);
    }));
    PAYOUT_RETURN_IF_ERROR(Measure("list", [&] {
      return RunLists(channels, {.in_flight = 4, .time = seconds(30), .calls = kPages});
    }));
    // A snapshot has all that is open.
    const std::size_t count = plan_.open > kFewOpen ? 1 : kStreamStarts;
    PAYOUT_ASSIGN_OR_RETURN(const LoadResult starts,
                            RunStreamStarts(gateway_->grpc_address(), count));
    figures_["stream_start_ms"] = Milliseconds(starts.Percentile(0.5)).count();
    return absl::OkStatus();
  }

  absl::Status Creates(const Channels& channels) {
    LoadPlan creates{.in_flight = context_.in_flight, .time = context_.time, .calls = kCreatesMax};
    // Ids that no earlier round has used.
    creates.first = (std::size_t{std::random_device()()} << 16) + plan_.payouts;
    std::size_t made = 0;
    PAYOUT_RETURN_IF_ERROR(Measure("create", [&] {
      LoadResult load = RunCreatesFrom(channels, creates);
      made = load.done();
      return load;
    }));
    creates.time = seconds(60);
    creates.calls = made;
    return CancelAll(channels, creates).Check();
  }

  const RowContext& context_;
  FillPlan plan_;
  std::string path_;
  Figures figures_;
  std::unique_ptr<GatewayRun> gateway_;
};

Goal Growth(std::string what, std::string figure, Goal::Bound kind, double bound) {
  return {.text = what + ": large / small",
          .measure =
              [figure = std::move(figure)](const Medians& medians) {
                return medians.Of("large", figure) / medians.Of("small", figure);
              },
          .kind = kind,
          .bound = bound};
}

// "1,000,000"
std::string Grouped(std::size_t number) {
  std::string digits = absl::StrCat(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

struct Sizes {
  std::size_t payouts = 1'000'000;  // of the row large
  std::size_t open = kManyOpen;     // of the row open
};

Question MakeQuestion(Sizes& sizes) {
  const auto run = [](FillPlan plan) {
    return [plan](const RowContext& context) { return StoreRow(context, plan).Run(); };
  };
  Question question;
  question.name = "growth-bench";
  question.text =
      "The same work on stores of different size. Stores are written as the gateway would have "
      "left\n"
      "them; large ones are kept in bench-stores beside the programs' folder. Each is read through "
      "before\n"
      "the start: what the disk costs is not in the figures, unless a store is larger than the "
      "free\n"
      "memory. Submission is paused.";
  question.rounds = 3;
  question.rows = {
      {.name = "small",
       .what = "10,000 payouts, 100 of them open",
       .run = run({.payouts = kSmall, .open = kFewOpen})},
      {.name = "large",
       .what = "",
       .run =
           [&sizes](const RowContext& context) {
             return StoreRow(context, {.payouts = sizes.payouts, .open = kFewOpen}).Run();
           }},
      {.name = "open",
       .what = "",
       .run =
           [&sizes](const RowContext& context) {
             return StoreRow(context, {.payouts = 2 * sizes.open, .open = sizes.open}).Run();
           }},
  };
  question.by_figure = true;
  question.adapt = [&sizes](const RowContext& context, Question& adapted) {
    adapted.rows[1].what = Grouped(sizes.payouts) + " payouts (--payouts), 100 of them open";
    adapted.rows[2].what = absl::StrCat(Grouped(2 * sizes.open), " payouts, ", Grouped(sizes.open),
                                        " of them open (--open)");
    adapted.goals.back().text =
        absl::StrCat("start-up to ready with ", Grouped(sizes.open), " open, ms");
    adapted.plan = absl::StrCat("gets for ", std::chrono::duration<double>(context.time).count(),
                                " s and creates for as "
                                "long, at most ",
                                kCreatesMax, ", ", context.in_flight, " in flight; ", kPages,
                                " pages of ", kPage, ", 4 in flight; ", kStreamStarts,
                                " starts of a stream, one at a time (the row open: one)");
  };
  using enum Goal::Bound;
  question.goals = {
      Growth("get: CPU", "get_cpu_us", kAtMost, 1.15),
      Growth("get: rate", "get_per_second", kAtLeast, 1 / 1.15),
      Growth("list page: CPU", "list_cpu_us", kAtMost, 1.15),
      Growth("list page: p50", "list_p50_ms", kAtMost, 1.15),
      Growth("stream start: p50", "stream_start_ms", kAtMost, 1.15),
      Growth("create: CPU", "create_cpu_us", kAtMost, 1.6),
      Growth("peak memory", kPeakMb, kAtMost, 1.10),
      {.text = "",
       .measure = [](const Medians& medians) { return medians.Of("open", "ready_ms"); },
       .kind = kAtMost,
       .bound = 2000},
  };
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  payout::bench::Sizes sizes;
  payout::bench::Question question = payout::bench::MakeQuestion(sizes);
  question.options = [&sizes](CLI::App& app) {
    app.add_option("--payouts", sizes.payouts, "Payouts of the row large.")
        ->check(CLI::Range(1'000, 20'000'000))
        ->capture_default_str();
    app.add_option("--open", sizes.open, "Open payouts of the row open, which has twice as many.")
        ->check(CLI::Range(1'000, 5'000'000))
        ->capture_default_str();
  };
  return payout::bench::RunQuestion(argc, argv, question);
}
