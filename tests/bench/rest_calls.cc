#include "tests/bench/rest_calls.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/bench/http_call.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

constexpr long kConnectionsKept = 256;

// What the gateway sends for a payout of the benchmarks; the callback URL has its usual length.
std::string CreateBody(const std::string& id) {
  return absl::StrCat(
      R"({"paymentRequested":{"money":{"amount":)", kBenchAmount, R"(,"currencyCode":")",
      kBenchCurrency,
      R"("}},"paymentMethod":{"paymentMethodCode":"BANK_TRANSFER","account":{"accountName":"Ada )"
      R"(Example","accountNumber":"DE00123456780000000000"},"paymentOperatorCode":"BNK_000"},)"
      R"("callbackUrl":"http://127.0.0.1:7451/callbacks/v1/main/s1/)",
      std::string(43, 'A'), "/", id, R"("})");
}

std::string TokenBody(const std::string& id) {
  return absl::StrCat(
      R"({"merchantCode":"bench","secret":"bench-secret-of-usual-length-0123456789",)"
      R"("validitySecs":1800,"operations":["POST /payouts/)",
      id, R"(","GET /payouts/)", id, R"("],"money":{"amount":)", kBenchAmount,
      R"(,"currencyCode":")", kBenchCurrency, R"("}})");
}

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CurlDeleter>;
using Headers = std::unique_ptr<curl_slist, CurlDeleter>;

Headers MakeHeaders(bool with_token) {
  Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"));
  curl_slist_append(headers.get(), "Accept: application/json");
  curl_slist_append(headers.get(), "X-API-Version: 2");
  curl_slist_append(headers.get(), "Expect:");
  if (with_token) {
    curl_slist_append(headers.get(), ("Authorization: Bearer " + std::string(350, 'a')).c_str());
  }
  return headers;
}

using Clock = std::chrono::steady_clock;

struct Transfer {
  RestCalls::Kind kind;
  Easy easy;
  std::string body;
  std::string answer;
  RestCalls::Done done;
};

}  // namespace

struct RestCalls::Impl {
  explicit Impl(const std::string& platform)
      : url(platform),
        multi(curl_multi_init()),
        epoll(epoll_create1(EPOLL_CLOEXEC)),
        wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Impl::OnSocket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    // As many idle ones as the gateway keeps, however few calls are in flight at the moment.
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kConnectionsKept);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Impl::OnTimer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = wake;
    epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event);
  }
  ~Impl() {
    for (const auto& transfer : all) curl_multi_remove_handle(multi, transfer->easy.get());
    all.clear();
    curl_multi_cleanup(multi);
    close(wake);
    close(epoll);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static int OnSocket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    const auto* impl = static_cast<Impl*>(self);
    epoll_event event{};
    event.data.fd = socket;
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(impl->epoll, EPOLL_CTL_DEL, socket, &event);
      return 0;
    }
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    const int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    curl_multi_assign(impl->multi, socket, self);
    epoll_ctl(impl->epoll, operation, socket, &event);
    return 0;
  }
  static int OnTimer(CURLM*, long milliseconds, void* self) {
    auto* impl = static_cast<Impl*>(self);
    impl->due = milliseconds < 0 ? Clock::time_point::max()
                                 : Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  Transfer& Take(Kind kind) {
    std::vector<Transfer*>& free = kind == Kind::kToken ? free_tokens : free_creates;
    if (!free.empty()) {
      Transfer& transfer = *free.back();
      free.pop_back();
      return transfer;
    }
    Transfer& transfer =
        *all.emplace_back(std::make_unique<Transfer>(Transfer{kind, Easy(curl_easy_init())}));
    CURL* const easy = transfer.easy.get();
    const Headers& headers = kind == Kind::kToken ? token_headers : create_headers;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, AppendToString);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer.answer);
    if (kind == Kind::kToken) curl_easy_setopt(easy, CURLOPT_URL, (url + "/auth-tokens").c_str());
    return transfer;
  }

  // For epoll_wait: -1 is for ever. 0: the timer is due.
  int MillisecondsLeft() const {
    if (due == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  void TakeDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      const CURLcode code = message->data.result;
      Transfer* transfer = nullptr;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi, easy);
      const bool token = transfer->kind == Kind::kToken;
      const Done done = std::exchange(transfer->done, nullptr);
      const bool answered = code == CURLE_OK && status == (token ? 200 : 201);
      const absl::Status outcome =
          answered ? absl::OkStatus()
                   : absl::UnknownError(absl::StrCat(curl_easy_strerror(code), ", ", status, ": ",
                                                     transfer->answer));
      (token ? free_tokens : free_creates).push_back(transfer);
      done(outcome);
    }
  }

  const std::string url;
  CURLM* const multi;
  const int epoll;
  const int wake;
  Clock::time_point due = Clock::time_point::max();  // libcurl's timer
  const Headers token_headers = MakeHeaders(false);
  const Headers create_headers = MakeHeaders(true);
  std::vector<std::unique_ptr<Transfer>> all;
  std::vector<Transfer*> free_tokens;
  std::vector<Transfer*> free_creates;
};

RestCalls::RestCalls(const std::string& url) : impl_(std::make_unique<Impl>(url)) {}
RestCalls::~RestCalls() = default;

void RestCalls::Start(Kind kind, const std::string& payout_id, Done done) {
  Transfer& transfer = impl_->Take(kind);
  CURL* const easy = transfer.easy.get();
  transfer.done = std::move(done);
  transfer.answer.clear();
  if (kind == Kind::kToken) {
    transfer.body = TokenBody(payout_id);
  } else {
    transfer.body = CreateBody(payout_id);
    curl_easy_setopt(easy, CURLOPT_URL, (impl_->url + "/payouts/" + payout_id).c_str());
  }
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(transfer.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.body.c_str());
  curl_multi_add_handle(impl_->multi, easy);
}

void RestCalls::Turn() {
  std::array<epoll_event, 64> events{};
  int running = 0;
  const int count = epoll_wait(impl_->epoll, events.data(), static_cast<int>(events.size()),
                               impl_->MillisecondsLeft());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    if (event.data.fd == impl_->wake) {
      std::uint64_t times = 0;
      [[maybe_unused]] const ssize_t size = read(impl_->wake, &times, sizeof times);
      continue;
    }
    const int in = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 ? CURL_CSELECT_IN : 0;
    const int out = (event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
    curl_multi_socket_action(impl_->multi, event.data.fd, in | out, &running);
  }
  impl_->TakeDone();
  // What was started by that begins now, and some of it may be done at once.
  while (impl_->MillisecondsLeft() == 0) {
    impl_->due = Clock::time_point::max();  // Unless libcurl sets it anew.
    curl_multi_socket_action(impl_->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    impl_->TakeDone();
  }
}

void RestCalls::Wake() {
  const std::uint64_t once = 1;
  [[maybe_unused]] const ssize_t size = write(impl_->wake, &once, sizeof once);
}

}  // namespace payout::bench
