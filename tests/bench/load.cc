#include "tests/bench/load.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCallSeconds = 60;

// One call of the kind that is measured. Lives until `done` has been called.
class Call {
 public:
  virtual ~Call() = default;
  virtual void Start(v1::PayoutService::Stub& stub, std::size_t number,
                     std::function<void(grpc::Status)> done) = 0;

 protected:
  Call() {
    context_.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                       gpr_time_from_seconds(kCallSeconds, GPR_TIMESPAN)));
  }
  grpc::ClientContext context_;
};

class CreateCall final : public Call {
 public:
  explicit CreateCall(v1::WaitMode wait_mode) : wait_mode_(wait_mode) {}
  void Start(v1::PayoutService::Stub& stub, std::size_t number,
             std::function<void(grpc::Status)> done) override {
    request_ = BenchRequest(number, wait_mode_);
    stub.async()->CreatePayout(&context_, &request_, &answer_,
                               [this, done = std::move(done)](const grpc::Status& status) {
                                 done(status.ok() ? Check() : status);
                               });
  }

 private:
  // ACCEPTED may be answered with QUEUED when time is up; that is not what was asked for.
  grpc::Status Check() const {
    if (answer_.payout().payout_id() != request_.payout_id()) {
      return {grpc::StatusCode::INTERNAL, "the answer is about another payout"};
    }
    const v1::PayoutState state = answer_.payout().state();
    if (wait_mode_ != v1::WAIT_MODE_ACCEPTED || state == v1::PAYOUT_STATE_PROCESSING ||
        state == v1::PAYOUT_STATE_SUCCEEDED) {
      return grpc::Status::OK;
    }
    return {grpc::StatusCode::INTERNAL, "not accepted: " + v1::PayoutState_Name(state)};
  }

  const v1::WaitMode wait_mode_;
  v1::CreatePayoutRequest request_;
  v1::CreatePayoutResponse answer_;
};

class GetCall final : public Call {
 public:
  explicit GetCall(std::size_t known) : known_(known) {}
  void Start(v1::PayoutService::Stub& stub, std::size_t number,
             std::function<void(grpc::Status)> done) override {
    constexpr std::size_t kJump = 7919;  // a prime
    request_.set_payout_id(BenchId(number * kJump % known_));
    stub.async()->GetPayout(&context_, &request_, &answer_,
                            [this, done = std::move(done)](const grpc::Status& status) {
                              done(status.ok() ? Check() : status);
                            });
  }

 private:
  grpc::Status Check() const {
    if (answer_.payout().payout_id() == request_.payout_id()) return grpc::Status::OK;
    return {grpc::StatusCode::INTERNAL, "the answer is about another payout"};
  }

  const std::size_t known_;
  v1::GetPayoutRequest request_;
  v1::GetPayoutResponse answer_;
};

class Load {
 public:
  using MakeCall = std::function<std::unique_ptr<Call>()>;

  Load(const std::vector<std::shared_ptr<grpc::Channel>>& channels, const LoadPlan& plan,
       MakeCall make_call)
      : plan_(plan), make_call_(std::move(make_call)), stop_starting_(Clock::now() + plan.time) {
    for (const auto& channel : channels) stubs_.push_back(v1::PayoutService::NewStub(channel));
    constexpr std::size_t kReserve = 200'000;
    result_.latencies.reserve(plan.calls == 0 ? kReserve : std::min(plan.calls, kReserve));
  }

  LoadResult Run() {
    const Clock::time_point begin = Clock::now();
    for (std::size_t i = 0; i < plan_.in_flight; ++i) Next(i % stubs_.size());
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    result_.took = Clock::now() - begin;
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  // Each of the calls in flight keeps to its connection.
  void Next(std::size_t stub) {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      const bool enough = plan_.calls != 0 && started_ == plan_.calls;
      if (enough || Clock::now() >= stop_starting_) return;
      number = plan_.first + started_++;
      ++open_;
    }
    std::shared_ptr<Call> call = make_call_();
    Call& started = *call;
    started.Start(*stubs_[stub], number,
                  [this, stub, begin = Clock::now(), call = std::move(call)](grpc::Status status) {
                    End(stub, Clock::now() - begin, status);
                  });
  }

  void End(std::size_t stub, Duration latency, const grpc::Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        result_.latencies.push_back(latency);
      } else if (result_.failed++ == 0) {
        result_.first_failure =
            absl::StrCat(status.error_code(), " ", absl::string_view(status.error_message()));
      }
    }
    Next(stub);
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  const LoadPlan plan_;
  const MakeCall make_call_;
  std::vector<std::unique_ptr<v1::PayoutService::Stub>> stubs_;
  const Clock::time_point stop_starting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t started_ = 0;  // guarded by mutex_, as all below
  std::size_t open_ = 0;
  LoadResult result_;
};

}  // namespace

std::vector<std::shared_ptr<grpc::Channel>> OpenChannels(const std::string& address,
                                                         std::size_t count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (std::size_t i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    channels.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

Duration LoadResult::Percentile(double share) const {
  if (latencies.empty()) return {};
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
  return latencies[std::clamp<std::size_t>(rank, 1, latencies.size()) - 1];
}

double LoadResult::PerSecond() const {
  const double seconds = std::chrono::duration<double>(took).count();
  return seconds > 0 ? static_cast<double>(done()) / seconds : 0;
}

Figures LoadResult::AsFigures() const {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return {{kPerSecond, PerSecond()},
          {kP50Ms, Milliseconds(Percentile(0.5)).count()},
          {kP99Ms, Milliseconds(Percentile(0.99)).count()},
          {kP999Ms, Milliseconds(Percentile(0.999)).count()}};
}

absl::Status LoadResult::Check() const {
  if (failed > 0) {
    return absl::UnknownError(absl::StrCat(failed, " calls failed; the first: ", first_failure));
  }
  return done() > 0 ? absl::OkStatus() : absl::UnknownError("no call was made");
}

LoadResult RunCreates(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan, v1::WaitMode wait_mode) {
  return Load(channels, plan, [wait_mode] { return std::make_unique<CreateCall>(wait_mode); })
      .Run();
}

LoadResult RunGets(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                   const LoadPlan& plan, std::size_t known) {
  return Load(channels, plan, [known] { return std::make_unique<GetCall>(known); }).Run();
}

std::string BenchId(std::size_t number) { return absl::StrCat("bench-", number); }

v1::CreatePayoutRequest BenchRequest(std::size_t number, v1::WaitMode wait_mode) {
  v1::CreatePayoutRequest request;
  request.set_payout_id(BenchId(number));
  request.mutable_money()->set_amount(kBenchAmount);
  request.mutable_money()->set_currency_code(kBenchCurrency);
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name("Ada Example");
  bank.set_account_number("DE00123456780000000000");
  bank.set_payment_operator_code("BNK_000");
  request.set_wait_mode(wait_mode);
  return request;
}

v1::Payout BenchPayout(const std::string& id) {
  constexpr std::int64_t kSeconds = 1'700'000'000;
  v1::Payout payout;
  payout.set_payout_id(id);
  payout.set_merchant("main");
  payout.mutable_money()->set_amount(kBenchAmount);
  payout.mutable_money()->set_currency_code(kBenchCurrency);
  payout.mutable_destination()->set_method(v1::PAYOUT_METHOD_BANK_TRANSFER);
  payout.mutable_destination()->set_masked_account("******************0000");
  payout.mutable_destination()->set_payment_operator_code("BNK_000");
  payout.set_state(v1::PAYOUT_STATE_QUEUED);
  payout.set_revision(1);
  payout.mutable_create_time()->set_seconds(kSeconds);
  payout.mutable_update_time()->set_seconds(kSeconds);
  return payout;
}

v1::CreatePayoutResponse BenchAnswer(const v1::CreatePayoutRequest& request) {
  v1::CreatePayoutResponse answer;
  *answer.mutable_payout() = BenchPayout(request.payout_id());
  *answer.mutable_payout()->mutable_money() = request.money();
  return answer;
}

}  // namespace payout::bench
