#include "tests/bench/load.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "payout/v1/payout_service.grpc.pb.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCallSeconds = 60;

class Load {
 public:
  Load(const client::Channel& channel, const LoadPlan& plan)
      : plan_(plan),
        stub_(v1::PayoutService::NewStub(channel.transport())),
        stop_starting_(Clock::now() + plan.limit) {
    result_.latencies.reserve(std::min<std::size_t>(plan.calls, 1'000'000));
  }

  LoadResult Run() {
    const Clock::time_point begin = Clock::now();
    for (std::size_t i = 0; i < plan_.in_flight; ++i) Next();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    result_.took = Clock::now() - begin;
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  struct Call {
    grpc::ClientContext context;
    v1::CreatePayoutRequest request;
    v1::CreatePayoutResponse answer;
    Clock::time_point begin;
  };

  void Next() {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      if (started_ == plan_.calls || Clock::now() >= stop_starting_) return;
      number = started_++;
      ++open_;
    }
    auto call = std::make_shared<Call>();
    call->context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                            gpr_time_from_seconds(kCallSeconds, GPR_TIMESPAN)));
    call->request = BenchRequest(number, plan_.wait_mode);
    call->begin = Clock::now();
    stub_->async()->CreatePayout(&call->context, &call->request, &call->answer,
                                 [this, call](const grpc::Status& status) { End(*call, status); });
  }

  void End(const Call& call, const grpc::Status& status) {
    const Duration latency = Clock::now() - call.begin;
    {
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        result_.latencies.push_back(latency);
      } else if (result_.failed++ == 0) {
        result_.first_failure = client::DecodeError(status).ToString();
      }
    }
    Next();
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  const LoadPlan plan_;
  const std::unique_ptr<v1::PayoutService::Stub> stub_;
  const Clock::time_point stop_starting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t started_ = 0;  // guarded by mutex_, as all below
  std::size_t open_ = 0;
  LoadResult result_;
};

}  // namespace

Duration LoadResult::Percentile(double share) const {
  if (latencies.empty()) return {};
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
  return latencies[std::clamp<std::size_t>(rank, 1, latencies.size()) - 1];
}

double LoadResult::PerSecond() const {
  const double seconds = std::chrono::duration<double>(took).count();
  return seconds > 0 ? static_cast<double>(latencies.size()) / seconds : 0;
}

LoadResult RunLoad(const client::Channel& channel, const LoadPlan& plan) {
  return Load(channel, plan).Run();
}

v1::CreatePayoutRequest BenchRequest(std::size_t number, v1::WaitMode wait_mode) {
  v1::CreatePayoutRequest request;
  request.set_payout_id("bench-" + std::to_string(number));
  request.mutable_money()->set_amount(std::to_string(1 + number % 1000) + ".25");
  request.mutable_money()->set_currency_code("EUR");
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name("Ada Example");
  bank.set_account_number("DE00123456780000000000");
  bank.set_payment_operator_code("BNK_000");
  request.set_wait_mode(wait_mode);
  return request;
}

v1::CreatePayoutResponse BenchAnswer(const v1::CreatePayoutRequest& request) {
  v1::CreatePayoutResponse answer;
  v1::Payout& payout = *answer.mutable_payout();
  payout.set_payout_id(request.payout_id());
  payout.set_merchant("main");
  *payout.mutable_money() = request.money();
  payout.mutable_destination()->set_method(v1::PAYOUT_METHOD_BANK_TRANSFER);
  payout.mutable_destination()->set_masked_account("******************0000");
  payout.mutable_destination()->set_payment_operator_code("BNK_000");
  payout.set_state(v1::PAYOUT_STATE_QUEUED);
  payout.set_revision(1);
  payout.mutable_create_time()->set_seconds(1'700'000'000);
  payout.mutable_update_time()->set_seconds(1'700'000'000);
  return answer;
}

}  // namespace payout::bench
