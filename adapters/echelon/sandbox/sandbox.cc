#include "adapters/echelon/sandbox/sandbox.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/echelon/sandbox/admin.h"
#include "adapters/echelon/sandbox/callback_sender.h"
#include "adapters/echelon/sandbox/http_listener.h"
#include "adapters/echelon/sandbox/platform_model.h"
#include "adapters/echelon/sandbox/scenario.h"

namespace payout::sandbox {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// The date of the start plus monotonic time: a clock step cannot expire tokens or settle payouts.
class SteadyClock {
 public:
  absl::Time Now() const {
    return start_ + absl::FromChrono(std::chrono::steady_clock::now() - steady_start_);
  }

 private:
  const absl::Time start_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
};

HttpLimits LimitsOf(const Options& options) {
  return {options.idle_timeout, options.request_timeout, options.body_bytes_max,
          options.connections_max};
}

}  // namespace

class Sandbox::Impl {
 public:
  Impl(const Options& options, std::unique_ptr<PlatformModel> model)
      : model_(std::move(model)),
        admin_(*model_, log_),
        sender_(io_, options.callback_timeout,
                [this](std::uint64_t id, int http_status) {
                  model_->ReportCallback(id, http_status, clock_.Now());
                  Pump();
                }),
        platform_(io_, LimitsOf(options),
                  [this](PlatformRequest request) { return OnPlatform(std::move(request)); }),
        control_(io_, LimitsOf(options),
                 [this](PlatformRequest request) { return OnAdmin(std::move(request)); }),
        timer_(io_) {}

  ~Impl() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Run(const Options& options) {
    absl::Status opened = platform_.Open(options.listen);
    if (opened.ok()) opened = control_.Open(options.admin_listen);
    if (!opened.ok()) return opened;
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  // Runs `work` on the loop and returns its result.
  template <class Work>
  auto OnLoop(Work work) {
    using Result = std::invoke_result_t<Work>;
    // Shared: the waiter may be gone while the loop is still inside of set_value.
    auto promise = std::make_shared<std::promise<Result>>();
    std::future<Result> future = promise->get_future();
    asio::post(io_, [promise, &work] {
      if constexpr (std::is_void_v<Result>) {
        work();
        promise->set_value();
      } else {
        promise->set_value(work());
      }
    });
    return future.get();
  }

  // Sends what is due and sleeps until the next plan. Called after everything that may plan.
  void Pump() {
    for (CallbackSend& send : model_->Advance(clock_.Now())) sender_.Send(std::move(send));
    const absl::Time next = model_->NextDue();
    if (next == armed_for_) return;
    armed_for_ = next;
    if (next == absl::InfiniteFuture()) {
      timer_.cancel();
      return;
    }
    const absl::Duration wait = std::max(next - clock_.Now(), absl::ZeroDuration());
    timer_.expires_after(absl::ToChronoNanoseconds(wait));
    timer_.async_wait([this](const error_code& error) {
      if (error) return;
      armed_for_ = absl::InfinitePast();  // never equal to a plan: arm again
      Pump();
    });
  }

  PlatformModel& model() { return *model_; }
  RequestLog& log() { return log_; }
  absl::Time Now() const { return clock_.Now(); }
  const HttpListener& platform() const { return platform_; }
  const HttpListener& control() const { return control_; }

 private:
  asio::awaitable<void> Sleep(absl::Duration duration) {
    asio::steady_timer timer(io_, absl::ToChronoNanoseconds(duration));
    error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::awaitable<Answer> OnPlatform(PlatformRequest request) {
    const absl::Time arrived = clock_.Now();
    const PreparedCall call = model_->Prepare(std::move(request), arrived);
    if (call.delay() > absl::ZeroDuration()) co_await Sleep(call.delay());
    Answer answer = model_->Execute(call, clock_.Now());
    Pump();
    const bool answered =
        answer.delivery == Delivery::kSend || answer.delivery == Delivery::kTruncate;
    log_.Add({arrived, call.request.method, call.path.substr(0, 300), call.merchant,
              answered ? answer.status : 0, call.faults.names});
    if (answer.hold > absl::ZeroDuration()) co_await Sleep(answer.hold);
    co_return answer;
  }

  asio::awaitable<Answer> OnAdmin(PlatformRequest request) {
    Answer answer = admin_.Handle(request, clock_.Now());
    Pump();
    co_return answer;
  }

  SteadyClock clock_;
  std::unique_ptr<PlatformModel> model_;
  RequestLog log_;
  Admin admin_;
  // Suspended coroutines are destroyed with the io_context: what they touch stands above it, what
  // belongs to it stands below.
  asio::io_context io_{1};
  CallbackSender sender_;
  HttpListener platform_;
  HttpListener control_;
  asio::steady_timer timer_;
  absl::Time armed_for_ = absl::InfiniteFuture();
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<Sandbox>> Sandbox::Start(Options options) {
  if (!options.scenario.empty()) {
    const absl::Status applied = ApplyScenario(options.scenario, options);
    if (!applied.ok()) return applied;
  }
  absl::StatusOr<std::unique_ptr<PlatformModel>> model = PlatformModel::Create(options);
  if (!model.ok()) return model.status();
  for (const Fault& fault : options.faults) {
    const absl::Status added = (*model)->AddFault(fault);
    if (!added.ok()) return added;
  }
  auto impl = std::make_unique<Impl>(options, *std::move(model));
  const absl::Status running = impl->Run(options);
  if (!running.ok()) return running;
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(impl)));
}

Sandbox::Sandbox(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sandbox::~Sandbox() = default;

std::uint16_t Sandbox::port() const { return impl_->platform().port(); }
std::uint16_t Sandbox::admin_port() const { return impl_->control().port(); }
std::string Sandbox::base_url() const { return impl_->platform().url(); }
std::string Sandbox::admin_url() const { return impl_->control().url(); }

LedgerSnapshot Sandbox::Ledger() const {
  return impl_->OnLoop([this] { return impl_->model().Snapshot(); });
}

std::vector<LoggedRequest> Sandbox::Requests() const {
  return impl_->OnLoop([this] {
    const std::deque<LoggedRequest>& entries = impl_->log().entries();
    return std::vector<LoggedRequest>(entries.begin(), entries.end());
  });
}

absl::Status Sandbox::AddFault(Fault fault) {
  return impl_->OnLoop([&] { return impl_->model().AddFault(std::move(fault)); });
}

void Sandbox::ClearFaults() {
  impl_->OnLoop([&] { impl_->model().ClearFaults(); });
}

std::vector<FaultState> Sandbox::Faults() const {
  return impl_->OnLoop([&] { return impl_->model().Faults(); });
}

absl::Status Sandbox::SendCallback(const std::string& url, const std::string& id_entity) {
  return impl_->OnLoop([&] {
    const absl::Status status = impl_->model().SendCallback(url, id_entity, impl_->Now());
    impl_->Pump();
    return status;
  });
}

absl::Status Sandbox::Settle(const std::string& id, const std::string& status,
                             const std::string& failure_reason, const std::string& merchant) {
  return impl_->OnLoop([&] {
    const absl::Status done =
        impl_->model().Settle(merchant, id, status, failure_reason, impl_->Now());
    impl_->Pump();
    return done;
  });
}

void Sandbox::Reset() {
  impl_->OnLoop([&] {
    impl_->model().Reset();
    impl_->log().Clear();
    impl_->Pump();
  });
}

}  // namespace payout::sandbox
