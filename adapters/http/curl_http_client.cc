#include "adapters/http/curl_http_client.h"

#include <coroutine>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "adapters/http/curl_driver.h"
#include "adapters/http/curl_transfer.h"
#include "adapters/http/request_check.h"

namespace payout::http {
namespace {

struct CleanUp {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyPtr = std::unique_ptr<CURL, CleanUp>;

constexpr std::size_t kIdleHandlesMax = 256;

}  // namespace

// One request between Send and its result. Shared by the waiting coroutine, the client and the
// posted wake-up: each of them may go first.
struct CurlHttpClient::Call {
  explicit Call(HttpRequest request) : transfer(std::move(request)) {}
  CurlTransfer transfer;
  Impl* client = nullptr;  // null before the start and after the end
  EasyPtr easy;
  std::coroutine_handle<> waiter;
  std::optional<HttpResult> result;
};

struct CurlHttpClient::Impl {
  Environment& env;
  CurlFixedOptions fixed;
  CurlDriver driver;
  std::unordered_map<CURL*, std::shared_ptr<Call>> calls;
  // By origin: a handle remembers the TLS sessions of the servers it has met.
  std::map<std::string, std::vector<EasyPtr>, std::less<>> idle;
  std::size_t idle_count = 0;

  Impl(Environment& environment, boost::asio::io_context& io, const CurlOptions& options)
      : env(environment),
        fixed{options.ca_file, options.user_agent, options.idle_age_max, options.lifetime_max},
        driver(environment, io, {options.connections_kept, options.connections_max},
               [this](CURL* easy, CURLcode code) { Finished(easy, code); }) {}

  ~Impl() {
    while (!calls.empty()) {
      const std::shared_ptr<Call> call = calls.begin()->second;
      driver.Remove(call->easy.get());
      End(call, HttpFailure{call->transfer.sent(), "the HTTP client was stopped", false, false});
    }
  }

  EasyPtr TakeHandle(std::string_view origin) {
    const auto found = idle.find(origin);
    if (found != idle.end()) {
      EasyPtr easy = std::move(found->second.back());
      found->second.pop_back();
      --idle_count;
      if (found->second.empty()) idle.erase(found);
      return easy;
    }
    EasyPtr easy(curl_easy_init());
    if (easy != nullptr) {
      SetFixedOptions(easy.get(), fixed);
      driver.Adopt(easy.get());
    }
    return easy;
  }

  void Recycle(std::string_view origin, EasyPtr easy) {
    if (idle_count >= kIdleHandlesMax) return;
    idle[std::string(origin)].push_back(std::move(easy));
    ++idle_count;
  }

  void Start(const std::shared_ptr<Call>& call) {
    call->client = this;
    call->easy = TakeHandle(OriginOf(call->transfer.request().url));
    CURL* const easy = call->easy.get();
    if (easy != nullptr && call->transfer.Bind(easy) && driver.Add(easy)) {
      calls.emplace(easy, call);
      return;
    }
    call->easy.reset();
    End(call, HttpFailure{Sent::kSurelyNot, "libcurl has no memory left", false, false});
  }

  void Finished(CURL* easy, CURLcode code) {
    const std::shared_ptr<Call> call = calls.at(easy);
    End(call, call->transfer.Finish(easy, code, env.Now()));
  }

  // The coroutine goes on from the loop, never from inside the driver.
  void End(const std::shared_ptr<Call>& call, HttpResult result) {
    Forget(*call);
    call->result = std::move(result);
    env.Post([call] {
      if (call->waiter) std::exchange(call->waiter, nullptr).resume();
    });
  }

  void Cancel(Call& call) {
    driver.Remove(call.easy.get());
    Forget(call);
  }

  void Forget(Call& call) {
    call.client = nullptr;
    if (call.easy == nullptr) return;
    const auto found = calls.find(call.easy.get());
    const std::shared_ptr<Call> keep = found->second;  // `call` must outlive its place in the map.
    calls.erase(found);
    call.transfer.Unbind(call.easy.get());
    Recycle(OriginOf(call.transfer.request().url), std::move(call.easy));
  }
};

// Awaits a call; destroyed early, it gives the call up.
class CurlHttpClient::Waiting {
 public:
  Waiting(Impl& client, HttpRequest request)
      : client_(client), call_(std::make_shared<Call>(std::move(request))) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    call_->waiter = nullptr;
    if (call_->client != nullptr) call_->client->Cancel(*call_);
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    call_->waiter = waiter;
    client_.Start(call_);
  }
  HttpResult await_resume() { return std::move(*call_->result); }

 private:
  Impl& client_;
  std::shared_ptr<Call> call_;
};

CurlHttpClient::CurlHttpClient(Environment& env, boost::asio::io_context& io, CurlOptions options)
    : impl_(std::make_unique<Impl>(env, io, options)) {}

CurlHttpClient::~CurlHttpClient() = default;

std::size_t CurlHttpClient::in_flight() const { return impl_->calls.size(); }

Task<HttpResult> CurlHttpClient::Send(HttpRequest request) {
  std::optional<std::string> problem = WhyUnsendable(request);
  if (problem) co_return HttpFailure{Sent::kSurelyNot, std::move(*problem), false, false};
  if (request.timeout <= absl::ZeroDuration()) {
    co_return HttpFailure{Sent::kSurelyNot, "no time left", true, false};
  }
  Waiting waiting(*impl_, std::move(request));
  HttpResult result = co_await waiting;
  co_return std::move(result);
}

}  // namespace payout::http
