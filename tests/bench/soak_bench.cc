// soak-bench: does the gateway hold more and more of anything when it works on and on?
#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "server/base/status_macros.h"
#include "tests/bench/child_process.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/load.h"
#include "tests/bench/pause.h"
#include "tests/bench/question.h"
#include "tests/bench/stream_load.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFullLoad{4000};  // to find out what full load is
constexpr std::size_t kStreams = 3;
constexpr std::size_t kEventsOfPayout = 4;  // QUEUED, SUBMITTING, PROCESSING, SUCCEEDED
constexpr seconds kTailLimit{60};
constexpr milliseconds kStep{100};  // no signal wakes who waits
// A slope of samples that only wander is not zero; less than so much of the mean is no growth.
constexpr double kGrowthPercent = 2;
// In less time the gateway's caches do not fill.
constexpr double kConclusiveMinutes = 5;
// A third of it is the warm-up, and one sample a second; two at least.
constexpr std::int64_t kLeastSeconds = 4;

// Creates at a fixed rate, whatever their answers take.
class PacedCreates {
 public:
  PacedCreates(const std::string& address, std::size_t first, double per_second)
      : begin_(Clock::now()), first_(first), per_second_(per_second) {
    for (const auto& channel : OpenChannels(address)) {
      stubs_.push_back(v1::PayoutService::NewStub(channel));
    }
  }

  // Begins what is due by now.
  void Begin() {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    while (static_cast<double>(begun_) < elapsed * per_second_) BeginOne();
  }
  // The calls have deadlines of their own, so that this ends.
  absl::Status WaitForAll() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kStep, [this] { return open_ == 0; })) {
      if (!Interrupted()) continue;
      for (const auto& call : calls_) call->context.TryCancel();
      changed_.wait(lock, [this] { return open_ == 0; });
      return CheckInterrupt();
    }
    return failure_;
  }
  std::size_t begun() const { return begun_; }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::CreatePayoutRequest request;
    v1::CreatePayoutResponse answer;
  };

  void BeginOne() {
    auto call = std::make_shared<Call>();
    call->context.set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(kTailLimit.count(), GPR_TIMESPAN)));
    call->request = BenchRequest(first_ + begun_, v1::WAIT_MODE_SETTLED);
    {
      const std::lock_guard lock(mutex_);
      ++open_;
      calls_.insert(call);
    }
    stubs_[begun_++ % stubs_.size()]->async()->CreatePayout(
        &call->context, &call->request, &call->answer, [this, call](const grpc::Status& status) {
          const std::lock_guard lock(mutex_);
          const bool settled = call->answer.payout().state() == v1::PAYOUT_STATE_SUCCEEDED;
          if (!(status.ok() && settled) && failure_.ok()) {
            failure_ =
                absl::UnavailableError("a payout was not settled: " + status.error_message());
          }
          calls_.erase(call);
          if (--open_ == 0) changed_.notify_all();
        });
  }

  const Clock::time_point begin_;
  const std::size_t first_;
  const double per_second_;
  std::vector<std::unique_ptr<v1::PayoutService::Stub>> stubs_;
  std::size_t begun_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;  // guarded by mutex_, as below
  std::set<std::shared_ptr<Call>> calls_;
  absl::Status failure_;
};

// One quantity, sampled each second after the warm-up.
class Samples {
 public:
  void Add(double second, double value) {
    seconds_.push_back(second);
    values_.push_back(value);
  }
  double Mean() const { return MeanOf(values_); }
  double Last() const { return values_.back(); }
  // Of the straight line that fits best, over the time that was sampled.
  double Growth() const {
    const double mean_second = MeanOf(seconds_);
    const double mean = Mean();
    double products = 0;
    double squares = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      products += (seconds_[i] - mean_second) * (values_[i] - mean);
      squares += (seconds_[i] - mean_second) * (seconds_[i] - mean_second);
    }
    return squares > 0 ? products / squares * (seconds_.back() - seconds_.front()) : 0;
  }
  // The largest of the last third beyond the largest before.
  double MoreAtTheEnd() const {
    return *std::max_element(LastThird(), values_.end()) -
           *std::max_element(values_.begin(), LastThird());
  }
  // The least of the last third beyond the least before: what leaks never goes away, while
  // connections come and go with the calls in flight.
  double LeastMoreAtTheEnd() const {
    return *std::min_element(LastThird(), values_.end()) -
           *std::min_element(values_.begin(), LastThird());
  }

 private:
  std::vector<double>::const_iterator LastThird() const {
    return values_.begin() + static_cast<std::ptrdiff_t>(values_.size() * 2 / 3);
  }
  static double MeanOf(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  std::vector<double> seconds_;
  std::vector<double> values_;
};

absl::StatusOr<Figures> RunSoak(const RowContext& context, double minutes) {
  const seconds lasts{std::max<std::int64_t>(kLeastSeconds, std::llround(minutes * 60))};
  const std::string secret_file = context.dir + "/platform.secret";
  std::ofstream(secret_file) << kBenchMerchantSecret << "\n";
  PAYOUT_ASSIGN_OR_RETURN(
      const std::unique_ptr<ChildProcess> platform,
      ChildProcess::Start(
          {context.bin + "/echelon-sandbox", "--merchant",
           absl::StrCat(kBenchMerchantCode, ":", secret_file), "--listen", "127.0.0.1:0",
           "--admin-listen", "127.0.0.1:0", "--requests-per-second", "0", "--settle-after", "20ms",
           "--duration", absl::StrCat(lasts.count() + 300, "s")},
          context.dir + "/platform.log", "platform_url"));
  PAYOUT_ASSIGN_OR_RETURN(
      const std::unique_ptr<GatewayRun> gateway,
      GatewayRun::Start({.bin = context.bin,
                         .dir = context.dir,
                         .platform_url = JsonValue(platform->ready_line(), "platform_url")}));
  ChildProcess& process = gateway->process();
  StreamLoad streams(OpenChannels(gateway->grpc_address(), kStreams));
  PAYOUT_RETURN_IF_ERROR(streams.Open(kStreams, seconds(10)));

  const LoadResult full = RunCreates(
      OpenChannels(gateway->grpc_address()),
      {.in_flight = context.in_flight, .time = std::min<milliseconds>(kFullLoad, lasts / 3)},
      v1::WAIT_MODE_SETTLED);
  PAYOUT_RETURN_IF_ERROR(full.Check());

  PacedCreates creates(gateway->grpc_address(), full.done(), full.PerSecond() / 2);
  const auto cpu = process.CpuTime();
  const Clock::time_point begin = Clock::now();
  const seconds warm_up = lasts / 3;
  Samples memory;
  Samples descriptors;
  Samples threads;
  seconds next_sample = warm_up;
  while (Clock::now() - begin < lasts && !Interrupted()) {
    creates.Begin();
    if (Clock::now() - begin >= next_sample) {
      const auto second = static_cast<double>(next_sample.count());
      memory.Add(second, process.MemoryMb());
      descriptors.Add(second, static_cast<double>(process.Descriptors()));
      threads.Add(second, static_cast<double>(process.Threads()));
      if (next_sample.count() % 60 == 0) {
        std::cerr << "  " << next_sample.count() << " s: " << memory.Last() << " MB, "
                  << descriptors.Last() << " descriptors, " << threads.Last() << " threads\n";
      }
      next_sample += seconds(1);
    }
    Pause(milliseconds(2));
  }
  PAYOUT_RETURN_IF_ERROR(creates.WaitForAll());
  PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto cpu_used = process.CpuTime() - cpu;

  const std::size_t payouts = full.done() + creates.begun();
  PAYOUT_RETURN_IF_ERROR(streams.WaitForEvents(payouts * kEventsOfPayout, kTailLimit));
  PAYOUT_ASSIGN_OR_RETURN(const double settled,
                          gateway->Metric("payout_transitions_total", "to=\"SUCCEEDED\""));
  if (settled != static_cast<double>(payouts)) {
    return absl::DataLossError(absl::StrCat(settled, " of ", payouts, " payouts are settled"));
  }
  Figures figures;
  figures[kOperations] = static_cast<double>(creates.begun());
  figures[kElapsed] = took;
  figures[kPerSecond] = figures[kOperations] / took;
  SetCpu(figures, "", cpu_used, creates.begun());
  figures[kPeakMb] = process.PeakMemoryMb();
  figures["payouts"] = static_cast<double>(payouts);
  figures["memory_mb"] = memory.Mean();
  figures["memory_growth_mb"] = memory.Growth();
  figures["memory_growth_percent"] = 100 * memory.Growth() / memory.Mean();
  figures["descriptors"] = descriptors.Mean();
  figures["descriptors_more"] = descriptors.MoreAtTheEnd();
  figures["descriptors_least_more"] = descriptors.LeastMoreAtTheEnd();
  figures["threads"] = threads.Mean();
  figures["threads_more"] = threads.MoreAtTheEnd();
  figures["store_mb"] =
      static_cast<double>(std::filesystem::file_size(gateway->store_path())) / (1 << 20);
  return figures;
}

Goal AtMost(std::string text, std::string figure, double bound, const double& minutes) {
  return {.text = std::move(text),
          .measure =
              [figure = std::move(figure), &minutes](const Medians& medians) {
                const bool conclusive = minutes >= kConclusiveMinutes;
                return conclusive ? medians.Of("soak", figure) : std::nan("");
              },
          .kind = Goal::Bound::kAtMost,
          .bound = bound};
}

Question MakeQuestion(double& minutes) {
  Question question;
  question.name = "soak-bench";
  question.text =
      "Creates at half of what the gateway and the simulator carry, each settled, all events read "
      "by three\n"
      "streams. After a third of the time as warm-up, memory, descriptors and threads are sampled "
      "each\n"
      "second. Growth: of the straight line through the samples. The goals need five minutes or "
      "more:\n"
      "before, caches and connection pools are still filling.";
  question.rounds = 1;
  question.rows = {{.name = "soak", .what = "", .run = [&minutes](const RowContext& context) {
                      return RunSoak(context, minutes);
                    }}};
  question.by_figure = true;
  question.adapt = [&minutes](const RowContext& context, Question& adapted) {
    adapted.rows[0].what = absl::StrCat("half load for ", minutes, " minutes (--minutes)");
    adapted.plan = absl::StrCat(minutes, " minutes; full load was found out with ",
                                context.in_flight, " in flight");
  };
  question.goals = {
      AtMost("growth of memory, %", "memory_growth_percent", kGrowthPercent, minutes),
      AtMost("more descriptors at the end", "descriptors_more", 0, minutes),
      AtMost("more threads at the end", "threads_more", 0, minutes),
  };
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  double minutes = 0.5;
  payout::bench::Question question = payout::bench::MakeQuestion(minutes);
  question.options = [&minutes](CLI::App& app) {
    app.add_option("--minutes", minutes, "How long.")
        ->check(CLI::Range(0.05, 24.0 * 60))
        ->capture_default_str();
  };
  return payout::bench::RunQuestion(argc, argv, question);
}
