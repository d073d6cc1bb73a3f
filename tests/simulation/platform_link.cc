#include "tests/simulation/platform_link.h"

#include <coroutine>
#include <utility>

#include "server/app/wait.h"

namespace payout::simulation {
namespace {

constexpr absl::Duration kCreateTimeout = absl::Seconds(60);

}  // namespace

template <class Answer>
struct PlatformLink::Exchange {
  std::coroutine_handle<> waiter;
  std::optional<Answer> answer;

  void Finish(Answer with) {
    if (answer) return;
    answer = std::move(with);
    if (waiter) std::exchange(waiter, nullptr).resume();
  }
};

template <class Answer>
class PlatformLink::Awaiting {
 public:
  explicit Awaiting(std::shared_ptr<Exchange<Answer>> exchange) : exchange_(std::move(exchange)) {}
  Awaiting(const Awaiting&) = delete;
  Awaiting& operator=(const Awaiting&) = delete;
  ~Awaiting() { exchange_->waiter = nullptr; }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { exchange_->waiter = waiter; }
  Answer await_resume() { return *std::move(exchange_->answer); }

 private:
  std::shared_ptr<Exchange<Answer>> exchange_;
};

template <class Answer>
Task<Answer> PlatformLink::Send(Arrive<Answer> arrive, Answer unanswered, absl::Duration timeout,
                                bool may_be_late) {
  auto exchange = std::make_shared<Exchange<Answer>>();
  Awaiting<Answer> awaiting(exchange);
  const absl::Duration now = env_.Monotonic();
  // Of the three kinds of requests only creates may be late.
  const bool lost = random_.Chance(faults_.request_lost) ||
                    (may_be_late && random_.Chance(faults_.create_vanishes));
  const bool answered = !random_.Chance(faults_.reply_lost);
  const auto deliver = [this, &exchange, &arrive, answered](absl::Duration at) {
    env_.StartTimer(at, [this, exchange, arrive, answered] {
      if (checker_.failed()) return;
      Answer answer = arrive();
      if (!answered) return;
      env_.StartTimer(env_.Monotonic() + Latency(),
                      [exchange, answer = std::move(answer)]() mutable {
                        exchange->Finish(std::move(answer));
                      });
    });
  };
  if (!lost) {
    const bool late = may_be_late && random_.Chance(faults_.request_late);
    const absl::Duration at =
        now + (late ? random_.Between(absl::Seconds(1), kLateApply) : Latency());
    deliver(at);
    if (may_be_late && random_.Chance(faults_.delivered_twice)) {
      deliver(std::min(at + random_.Between(absl::Milliseconds(1), absl::Seconds(30)),
                       now + kLateApply));
    }
  }
  const absl::Duration gives_up =
      random_.Chance(faults_.connection_reset)
          ? random_.Between(absl::Milliseconds(1), std::min(timeout, absl::Seconds(5)))
          : timeout;
  const TimerId timer =
      env_.StartTimer(now + gives_up, [exchange, unanswered = std::move(unanswered)]() mutable {
        exchange->Finish(std::move(unanswered));
      });
  Answer answer = co_await awaiting;
  env_.CancelTimer(timer);
  co_return answer;
}

Task<TokenAnswer> PlatformLink::Prepare(MerchantName merchant, std::vector<TokenSubject> subjects) {
  checker_.OnRequest(merchant);
  Task<TokenAnswer> exchange = Send<TokenAnswer>(
      [this, merchant, subjects] { return platform_.Token(merchant, subjects); },
      TokenAnswer{.kind = TokenAnswerKind::kNoAnswer}, kReadTimeout, /*may_be_late=*/false);
  TokenAnswer answer = co_await exchange;
  probes_.CountToken(answer.kind);
  trace_.Add(env_.Monotonic(), "token answered", subjects.front().payout_id.value(),
             TokenAnswerName(answer.kind), static_cast<std::int64_t>(subjects.size()));
  co_return answer;
}

Task<CreateAnswer> PlatformLink::Create(const Payout& payout, const SecretString& token) {
  const PayoutKey key = payout.intent.key;
  checker_.OnRequest(key.merchant);
  checker_.OnCreateSent(payout);
  trace_.Add(env_.Monotonic(), "create sent", key.payout_id.value());
  CreateAnswer answer;
  if (random_.Chance(faults_.surely_not_sent)) {
    answer.kind = CreateAnswerKind::kSurelyNotSent;
    co_await SleepFor(env_, Latency());
  } else {
    auto request =
        std::make_shared<SimulatedPlatform::CreateRequest>(SimulatedPlatform::CreateRequest{
            key, payout.rendered, token.Reveal(), platform_.DrawVerdict(), std::nullopt});
    Task<CreateAnswer> exchange =
        Send<CreateAnswer>([this, request] { return platform_.Create(*request); },
                           CreateAnswer{.kind = CreateAnswerKind::kMaybeSent}, kCreateTimeout,
                           /*may_be_late=*/true);
    answer = co_await exchange;
  }
  checker_.OnCreateAnswered(key, answer);
  co_return answer;
}

Task<ReadAnswer> PlatformLink::Read(const PayoutKey& key, const SecretString& token) {
  checker_.OnRequest(key.merchant);
  checker_.OnReadSent(key);
  const PayoutKey asked = key;
  Task<ReadAnswer> exchange =
      Send<ReadAnswer>([this, asked, text = token.Reveal()] { return platform_.Read(asked, text); },
                       ReadAnswer{.kind = ReadAnswerKind::kNoAnswer}, kReadTimeout,
                       /*may_be_late=*/false);
  ReadAnswer answer = co_await exchange;
  checker_.OnReadAnswered(asked, answer);
  co_return answer;
}

}  // namespace payout::simulation
