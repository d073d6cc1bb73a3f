#include <array>
#include <cstdlib>
#include <deque>
#include <limits>
#include <memory>

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/bench/floor.h"
#include "tests/bench/load.h"
#include "tests/bench/stub_platform.h"

namespace payout::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::size_t Append(char* data, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

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

// One operation at a time: a token call, if wanted, and a create.
struct Slot {
  Easy token;
  Easy create;
  std::string body;
  std::string answer;
  std::string id;
  Clock::time_point began;
};

class Driver {
 public:
  explicit Driver(const RestFloor& plan)
      : plan_(plan), multi_(curl_multi_init()), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Driver::OnSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Driver::OnTimer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    for (std::size_t i = 0; i < plan.in_flight; ++i) {
      Slot& slot = slots_.emplace_back();
      slot.token = MakeEasy(slot, token_headers_);
      slot.create = MakeEasy(slot, create_headers_);
      curl_easy_setopt(slot.token.get(), CURLOPT_URL, (plan.url + "/auth-tokens").c_str());
    }
  }
  ~Driver() {
    slots_.clear();
    curl_multi_cleanup(multi_);
    close(epoll_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  absl::StatusOr<Figures> Run() {
    const absl::Status warm = RunFor(plan_.time / 5);
    if (!warm.ok()) return warm;
    latencies_.clear();
    if (plan_.calls != 0) end_number_ = number_ + plan_.calls;
    const Stretch stretch;
    const absl::Status status = RunFor(plan_.time);
    if (!status.ok()) return status;
    const std::size_t count = latencies_.size();
    return stretch.End(count, std::move(latencies_));
  }

 private:
  static int OnSocket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    const auto* driver = static_cast<Driver*>(self);
    epoll_event event{};
    event.data.fd = socket;
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(driver->epoll_, EPOLL_CTL_DEL, socket, &event);
      return 0;
    }
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    const int operation = known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    curl_multi_assign(driver->multi_, socket, self);
    epoll_ctl(driver->epoll_, operation, socket, &event);
    return 0;
  }
  static int OnTimer(CURLM*, long milliseconds, void* self) {
    static_cast<Driver*>(self)->timeout_ms_ = milliseconds;
    return 0;
  }

  static Easy MakeEasy(Slot& slot, const Headers& headers) {
    Easy easy(curl_easy_init());
    curl_easy_setopt(easy.get(), CURLOPT_PRIVATE, &slot);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, Append);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &slot.answer);
    return easy;
  }

  absl::Status RunFor(std::chrono::milliseconds time) {
    stop_starting_ = Clock::now() + time;
    for (Slot& slot : slots_) Begin(slot);
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    while (open_ > 0 && error_.ok()) Turn();
    return error_;
  }

  void Turn() {
    std::array<epoll_event, 64> events{};
    int running = 0;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(timeout_ms_));
    if (count == 0) curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events.at(static_cast<std::size_t>(i));
      const int in = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 ? CURL_CSELECT_IN : 0;
      const int out = (event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0;
      curl_multi_socket_action(multi_, event.data.fd, in | out, &running);
    }
    TakeDone();
    if (timeout_ms_ == 0) curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }

  void TakeDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      Slot* slot = nullptr;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      curl_multi_remove_handle(multi_, easy);
      const bool was_token = easy == slot->token.get();
      if (code != CURLE_OK || status != (was_token ? 200 : 201)) {
        error_ = absl::UnknownError(
            absl::StrCat(curl_easy_strerror(code), ", ", status, ": ", slot->answer));
        return;
      }
      if (was_token) {
        Send(slot->create, *slot, CreateBody(slot->id));
      } else {
        latencies_.push_back(Clock::now() - slot->began);
        --open_;
        Begin(*slot);
      }
    }
  }

  void Begin(Slot& slot) {
    slot.began = Clock::now();
    if (slot.began >= stop_starting_ || number_ == end_number_) return;
    ++open_;
    slot.id = BenchId(number_++);
    curl_easy_setopt(slot.create.get(), CURLOPT_URL, (plan_.url + "/payouts/" + slot.id).c_str());
    if (plan_.with_token) {
      Send(slot.token, slot, TokenBody(slot.id));
    } else {
      Send(slot.create, slot, CreateBody(slot.id));
    }
  }

  void Send(const Easy& easy, Slot& slot, std::string body) {
    slot.body = std::move(body);
    slot.answer.clear();
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(slot.body.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, slot.body.c_str());
    curl_multi_add_handle(multi_, easy.get());
  }

  const RestFloor& plan_;
  CURLM* const multi_;
  const int epoll_;
  long timeout_ms_ = -1;
  const Headers token_headers_ = MakeHeaders(false);
  const Headers create_headers_ = MakeHeaders(true);
  std::deque<Slot> slots_;
  Clock::time_point stop_starting_;
  std::size_t number_ = 0;
  std::size_t end_number_ = std::numeric_limits<std::size_t>::max();
  std::size_t open_ = 0;
  std::vector<std::chrono::nanoseconds> latencies_;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<Figures> RunRestFloor(const RestFloor& plan) { return Driver(plan).Run(); }

}  // namespace payout::bench
