// latency-bench: how long after a callback has arrived do callers know what it led to?
#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "absl/strings/str_cat.h"
#include "server/app/capability.h"
#include "server/base/status_macros.h"
#include "tests/bench/gateway_run.h"
#include "tests/bench/http_load.h"
#include "tests/bench/interrupt.h"
#include "tests/bench/load.h"
#include "tests/bench/pause.h"
#include "tests/bench/question.h"
#include "tests/bench/stream_load.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using std::chrono::seconds;

constexpr std::size_t kSamples = 400;
constexpr std::chrono::milliseconds kPause{4};  // between samples: the gateway is idle
constexpr seconds kEventLimit{10};
constexpr std::chrono::milliseconds kStep{100};  // no signal wakes who waits

// When each payout was seen to be settled.
class Arrivals {
 public:
  void See(const v1::StreamStatusResponse& message) {
    const Clock::time_point now = Clock::now();
    const v1::Payout& payout = message.event().payout();
    if (payout.state() != v1::PAYOUT_STATE_SUCCEEDED) return;
    const std::lock_guard lock(mutex_);
    at_.emplace(payout.payout_id(), now);
    changed_.notify_all();
  }
  absl::StatusOr<Clock::time_point> Wait(const std::string& id) {
    std::unique_lock lock(mutex_);
    const Clock::time_point end = Clock::now() + kEventLimit;
    while (!changed_.wait_for(lock, kStep, [&] { return at_.contains(id); })) {
      PAYOUT_RETURN_IF_ERROR(CheckInterrupt());
      if (Clock::now() < end) continue;
      return absl::DeadlineExceededError("no event told that " + id + " is settled");
    }
    return at_.at(id);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Clock::time_point> at_;
};

// Reads a payout of the platform as plainly as can be: one handle, one connection.
class PlainReader {
 public:
  explicit PlainReader(std::string platform_url)
      : platform_url_(std::move(platform_url)), handle_(curl_easy_init()) {
    headers_ = curl_slist_append(headers_, "Authorization: Bearer token");
    headers_ = curl_slist_append(headers_, "X-API-Version: 1");
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(
        handle_, CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
  }
  ~PlainReader() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }
  PlainReader(const PlainReader&) = delete;
  PlainReader& operator=(const PlainReader&) = delete;

  absl::StatusOr<Duration> Read(const std::string& id) {
    curl_easy_setopt(handle_, CURLOPT_URL, (platform_url_ + "/payouts/" + id).c_str());
    const Clock::time_point begin = Clock::now();
    const CURLcode code = curl_easy_perform(handle_);
    const Duration took = Clock::now() - begin;
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200) return took;
    return absl::UnavailableError(
        absl::StrCat("the platform does not answer: ", curl_easy_strerror(code), ", ", status));
  }

 private:
  const std::string platform_url_;
  CURL* const handle_;
  curl_slist* headers_ = nullptr;
};

double Percentile(std::vector<Duration>& times, double share) {
  std::sort(times.begin(), times.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(times.size())));
  return Milliseconds(times[std::max<std::size_t>(rank, 1) - 1]).count();
}

absl::StatusOr<Figures> RunLatency(const RowContext& context) {
  PAYOUT_ASSIGN_OR_RETURN(const std::unique_ptr<StubPlatform> platform,
                          StubPlatform::Start({.dir = context.dir, .status = "SUCCESS"}));
  PAYOUT_ASSIGN_OR_RETURN(const std::unique_ptr<GatewayRun> gateway,
                          GatewayRun::Start({.bin = context.bin,
                                             .dir = context.dir,
                                             .platform_url = platform->url(),
                                             .callback_key = true}));
  const std::size_t samples = context.calls == 0 ? kSamples : context.calls;
  const LoadResult creates =
      RunCreates(OpenChannels(gateway->grpc_address()),
                 {.in_flight = 16, .time = seconds(60), .calls = samples}, v1::WAIT_MODE_ACCEPTED);
  PAYOUT_RETURN_IF_ERROR(creates.Check());

  Arrivals arrivals;
  StreamLoad stream(
      OpenChannels(gateway->grpc_address(), 1),
      [&arrivals](std::size_t, const v1::StreamStatusResponse& message) { arrivals.See(message); });
  PAYOUT_RETURN_IF_ERROR(stream.Open(1, seconds(10)));
  const std::string& base_url = gateway->callback_url();
  const Capability capability(base_url, {{kBenchCallbackKeyId, SecretString(kBenchCallbackKey)}});
  PlainReader reader(platform->url());

  std::vector<Duration> to_event;
  std::vector<Duration> answers;
  const Clock::time_point began = Clock::now();
  for (std::size_t number = 0; number < samples; ++number) {
    const std::string id = BenchId(number);
    const std::string url = capability.Url({MerchantName("main"), PayoutId(id)});
    const HttpPlan callback{
        .port = PortOf(base_url),
        .connections = 1,
        .calls = 1,
        .requests = {PostText(url.substr(base_url.size()), "{\"idEntity\":\"" + id + "\"}")}};
    const Clock::time_point begin = Clock::now();
    PAYOUT_RETURN_IF_ERROR(RunHttp(callback).Check());
    PAYOUT_ASSIGN_OR_RETURN(const Clock::time_point arrived, arrivals.Wait(id));
    to_event.push_back(arrived - begin);
    Pause(kPause);
    PAYOUT_ASSIGN_OR_RETURN(const Duration answer, reader.Read(id));
    answers.push_back(answer);
    Pause(kPause);
  }
  PAYOUT_ASSIGN_OR_RETURN(const double reads,
                          gateway->Metric("payout_platform_requests_total", "operation=\"read\""));
  if (reads != static_cast<double>(samples)) {
    return absl::DataLossError(absl::StrCat(reads, " reads for ", samples, " callbacks"));
  }
  Figures figures;
  figures[kOperations] = static_cast<double>(samples);
  figures[kElapsed] = std::chrono::duration<double>(Clock::now() - began).count();
  figures[kPerSecond] = figures[kOperations] / figures[kElapsed];
  figures[kP50Ms] = Percentile(to_event, 0.5);
  figures[kP99Ms] = Percentile(to_event, 0.99);
  figures[kP999Ms] = Percentile(to_event, 0.999);
  figures["platform_p50_ms"] = Percentile(answers, 0.5);
  figures["platform_p99_ms"] = Percentile(answers, 0.99);
  figures["beyond_p99_ms"] = figures[kP99Ms] - figures["platform_p50_ms"];
  figures[kPeakMb] = gateway->process().PeakMemoryMb();
  return figures;
}

Question MakeQuestion() {
  Question question;
  question.name = "latency-bench";
  question.text =
      "From sending a callback to the event on a stream: the callback is made durable, the "
      "platform is\n"
      "asked, the change is made durable and told. One at a time; the gateway is idle in between.";
  question.rounds = 3;
  question.rows = {{.name = "callback-to-event", .what = "", .run = RunLatency}};
  question.adapt = [](const RowContext& context, Question& adapted) {
    const std::size_t samples = context.calls == 0 ? kSamples : context.calls;
    adapted.plan = absl::StrCat(samples, " callbacks, one at a time");
    adapted.rows[0].what =
        absl::StrCat(samples, " callbacks (--calls), each settles a payout that is PROCESSING");
  };
  question.goals = {
      {.text = "p99 beyond the platform's own answer (median of a plain read), ms",
       .measure =
           [](const Medians& medians) { return medians.Of("callback-to-event", "beyond_p99_ms"); },
       .kind = Goal::Bound::kAtMost,
       .bound = 5}};
  return question;
}

}  // namespace
}  // namespace payout::bench

int main(int argc, char** argv) {
  return payout::bench::RunQuestion(argc, argv, payout::bench::MakeQuestion());
}
