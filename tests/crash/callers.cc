#include "tests/crash/callers.h"

#include <chrono>
#include <utility>

namespace payout::testing {
namespace {

// The platform settles, calls back and is asked within this time, unless something went wrong.
constexpr std::chrono::milliseconds kSettlesByItself{1500};

client::CallOptions Options(client::Interrupt* interrupt) {
  // Whoever repeats is the crash loop, which knows when the gateway lives again.
  return {.timeout = absl::Seconds(10), .attempts_max = 1, .interrupt = interrupt};
}

// The gateway is gone or going; nothing can be said about the call.
bool IsGone(const client::CallError& error) {
  switch (error.code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return false;
  }
}

v1::CreatePayoutRequest NewRequest(const std::string& id, std::uint64_t number) {
  v1::CreatePayoutRequest request;
  request.set_payout_id(id);
  request.mutable_money()->set_amount(std::to_string(1 + number % 997) + "." +
                                      std::to_string(10 + number % 89));
  request.mutable_money()->set_currency_code("EUR");
  v1::BankTransfer& bank = *request.mutable_bank_transfer();
  bank.set_account_name("Ada Example");
  bank.set_account_number("DE00123456780000000000");
  bank.set_payment_operator_code("BNK_000");
  request.set_wait_mode(number % 8 < 5   ? v1::WAIT_MODE_RECORDED
                        : number % 8 < 7 ? v1::WAIT_MODE_ACCEPTED
                                         : v1::WAIT_MODE_SETTLED);
  return request;
}

const char* KindOf(std::uint64_t number) {
  if (number % 10 == 0) return "-fail";
  if (number % 10 == 1) return "-refuse";
  if (number % 10 == 2) return "-cancel";
  return "-pay";
}

}  // namespace

bool Create(const client::PayoutClient& client, CallBook& book,
            const v1::CreatePayoutRequest& request, client::Interrupt* interrupt) {
  const std::int64_t floor = book.Floor(request.payout_id());
  const auto answer = client.CreatePayout(request, Options(interrupt));
  if (answer.ok()) {
    book.Created(*answer, floor);
    return true;
  }
  if (!IsGone(answer.error())) book.Violate(request.payout_id() + ": " + answer.error().ToString());
  return false;
}

bool CheckAll(const client::PayoutClient& client, CallBook& book, client::Interrupt* interrupt,
              std::map<std::string, v1::Payout>* list) {
  const std::map<std::string, std::int64_t> floors = book.Floors();
  std::map<std::string, v1::Payout> all;
  v1::ListPayoutsRequest request;
  request.set_page_size(500);
  const auto error = client.ForEachPage(
      request,
      [&](const v1::ListPayoutsResponse& page) {
        for (const v1::Payout& payout : page.payouts()) all[payout.payout_id()] = payout;
        return true;
      },
      Options(interrupt));
  if (error) {
    if (!IsGone(*error)) book.Violate("list: " + error->ToString());
    return false;
  }
  book.Listed(floors, all);
  if (list != nullptr) list->swap(all);
  return true;
}

bool SettleAll(const client::PayoutClient& client, CallBook& book, int seconds,
               std::map<std::string, v1::Payout>* payouts) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto all_settled = [&] {
    // Whoever asks too early puts the next read off.
    const bool ask = Clock::now() > begin + kSettlesByItself;
    for (const v1::CreatePayoutRequest& request : book.Unanswered()) {
      if (!Create(client, book, request, nullptr)) return false;
    }
    if (!CheckAll(client, book, nullptr, payouts)) return false;
    bool settled = true;
    for (const auto& [id, payout] : *payouts) {
      if (payout.state() >= v1::PAYOUT_STATE_SUCCEEDED) continue;
      settled = false;
      if (!ask) continue;
      v1::GetPayoutRequest request;
      request.set_payout_id(id);
      request.mutable_max_staleness()->set_seconds(5);
      const auto asked = client.GetPayout(request, {.attempts_max = 1});
      if (asked.ok()) book.Shown("get", asked->payout(), payout.revision());
    }
    return settled;
  };
  const auto end = begin + std::chrono::seconds(seconds);
  client::Interrupt never;
  while (!all_settled()) {
    if (Clock::now() > end || !book.violations().empty()) return false;
    never.WaitFor(absl::Milliseconds(100));
  }
  return true;
}

class Callers::Caller {
 public:
  Caller(Callers& all, std::shared_ptr<client::Channel> channel, CallBook& book,
         const CallerPlan& plan, int index)
      : all_(all),
        client_(std::move(channel)),
        book_(book),
        plan_(plan),
        index_(index),
        random_(plan.seed * 1000 + static_cast<std::uint64_t>(index)) {}

  void Run() {
    if (index_ == 0) {
      if (!CheckAll(client_, book_, &all_.interrupt_)) return;
      all_.checked_ = true;
    }
    int turn = 0;
    for (const v1::CreatePayoutRequest& request : book_.Unanswered()) {
      if (turn++ % plan_.callers != index_) continue;
      if (!Create(client_, book_, request, &all_.interrupt_)) return;
    }
    for (int i = 0; i < plan_.payouts && !all_.interrupt_.fired(); ++i) {
      if (!NewPayout(i)) return;
      if (!LookAround()) return;
    }
  }

 private:
  bool NewPayout(int number) {
    const std::uint64_t dice = random_();
    const std::string kind = KindOf(dice);
    const v1::CreatePayoutRequest request = NewRequest(
        plan_.prefix + std::to_string(index_) + "n" + std::to_string(number) + kind, random_());
    book_.Begin(request);
    newest_ = request.payout_id();
    if (!Create(client_, book_, request, &all_.interrupt_)) return false;
    return kind != "-cancel" || Cancel(request.payout_id());
  }

  bool LookAround() {
    v1::CreatePayoutRequest known;
    if (!book_.Pick(random_(), &known)) return true;
    switch (random_() % 4) {
      case 0:
        return Create(client_, book_, known, &all_.interrupt_);
      case 1:
        return CreateOther(known);
      case 2:
        return Get(known.payout_id(), /*fresh=*/false);
      default:
        // It may be open still: a read for the caller beside the one for the callback.
        return Get(newest_, /*fresh=*/true);
    }
  }

  // The id is taken for ever, whatever died in between.
  bool CreateOther(v1::CreatePayoutRequest request) {
    request.mutable_money()->set_amount("1000.01");
    const auto answer = client_.CreatePayout(request, Options(&all_.interrupt_));
    if (answer.ok()) {
      book_.Violate(request.payout_id() + " was taken with another amount");
      return true;
    }
    if (answer.error().reason == "PAYOUT_CONTENT_DIFFERS") return true;
    if (!IsGone(answer.error())) {
      book_.Violate(request.payout_id() + ": " + answer.error().ToString());
    }
    return false;
  }

  bool Get(const std::string& id, bool fresh) {
    const std::int64_t floor = book_.Floor(id);
    v1::GetPayoutRequest request;
    request.set_payout_id(id);
    if (fresh) request.mutable_max_staleness()->set_seconds(5);
    const auto answer = client_.GetPayout(request, Options(&all_.interrupt_));
    if (answer.ok()) {
      book_.Shown("get", answer->payout(), floor);
      return true;
    }
    if (answer.error().reason == "PLATFORM_READ_FAILED") return true;
    if (!IsGone(answer.error())) book_.Violate(id + ": " + answer.error().ToString());
    return false;
  }

  bool Cancel(const std::string& id) {
    const std::int64_t floor = book_.Floor(id);
    v1::CancelPayoutRequest request;
    request.set_payout_id(id);
    const auto answer = client_.CancelPayout(request, Options(&all_.interrupt_));
    if (answer.ok()) {
      book_.Shown("cancel", answer->payout(), floor);
      if (answer->payout().state() != v1::PAYOUT_STATE_CANCELLED) {
        book_.Violate(id + " is not cancelled by an answer OK");
      }
      return true;
    }
    if (answer.error().reason == "NOT_CANCELLABLE") return true;
    if (!IsGone(answer.error())) book_.Violate(id + ": " + answer.error().ToString());
    return false;
  }

  Callers& all_;
  const client::PayoutClient client_;
  CallBook& book_;
  const CallerPlan plan_;
  const int index_;
  std::mt19937_64 random_;
  std::string newest_;
};

Callers::Callers(std::shared_ptr<client::Channel> channel, CallBook& book, CallerPlan plan) {
  running_ = plan.callers;
  for (int i = 0; i < plan.callers; ++i) {
    threads_.emplace_back([this, channel, &book, plan, i] {
      Caller(*this, channel, book, plan, i).Run();
      --running_;
    });
  }
}

void Callers::Stop() {
  interrupt_.Fire();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace payout::testing
