#include "tests/bench/load.h"

#include <functional>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

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

class CancelCall final : public Call {
 public:
  void Start(v1::PayoutService::Stub& stub, std::size_t number,
             std::function<void(grpc::Status)> done) override {
    request_.set_payout_id(BenchId(number));
    stub.async()->CancelPayout(&context_, &request_, &answer_, std::move(done));
  }

 private:
  v1::CancelPayoutRequest request_;
  v1::CancelPayoutResponse answer_;
};

using MakeCall = std::function<std::unique_ptr<Call>()>;

LoadResult RunCalls(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                    const LoadPlan& plan, const MakeCall& make_call) {
  std::vector<std::unique_ptr<v1::PayoutService::Stub>> stubs;
  for (const auto& channel : channels) stubs.push_back(v1::PayoutService::NewStub(channel));
  return RunOperations(
      plan, [&](std::size_t number, std::function<void(const absl::Status&)> done) {
        std::shared_ptr<Call> call = make_call();
        Call& started = *call;
        started.Start(*stubs[number % stubs.size()], number,
                      [call = std::move(call), done = std::move(done)](const grpc::Status& status) {
                        done(absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                                          status.error_message()));
                      });
      });
}

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
  // All channels share one queue for callbacks. When the last of them goes, gRPC 1.51 takes the
  // queue down, and now and then aborts the process doing so ("assertion failed: prior > 0"). So
  // the first one, which the first call of all goes to, stays; it does not connect again by itself.
  static const auto* const kept = new std::shared_ptr<grpc::Channel>(channels.front());
  static_cast<void>(kept);
  return channels;
}

LoadResult RunCreates(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan, v1::WaitMode wait_mode) {
  return RunCalls(channels, plan, [wait_mode] { return std::make_unique<CreateCall>(wait_mode); });
}

LoadResult RunGets(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                   const LoadPlan& plan, std::size_t known) {
  return RunCalls(channels, plan, [known] { return std::make_unique<GetCall>(known); });
}

LoadResult RunCancels(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
                      const LoadPlan& plan) {
  return RunCalls(channels, plan, [] { return std::make_unique<CancelCall>(); });
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
