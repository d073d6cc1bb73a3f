#include "tests/simulation/operators.h"

#include <utility>
#include <vector>

namespace payout::simulation {
namespace {

// One switch after the other; someone who is told to wait tries again.
constexpr absl::Duration kTryAgain = absl::Seconds(3);

}  // namespace

void Operators::Begin(absl::Duration safety) {
  for (int i = 0; i < faults_.pauses; ++i) {
    const MerchantName merchant =
        random_.Pick(std::vector<MerchantName>{kMerchants[0], kMerchants[1], MerchantName()});
    const absl::Duration at = random_.Between(absl::ZeroDuration(), safety);
    env_.StartTimer(at, [this, merchant] { Pause(merchant); });
    env_.StartTimer(at + random_.Between(absl::Seconds(1), absl::Minutes(15)),
                    [this, merchant] { Resume(merchant); });
  }
  for (int i = 0; i < faults_.reviews; ++i) {
    env_.StartTimer(random_.Between(safety / 4, safety), [this] { Review(); });
  }
}

void Operators::Heal() {
  healing_ = true;
  // A restore may have brought back any pause.
  paused_ = {kMerchants[0], kMerchants[1], MerchantName()};
  for (const MerchantName& merchant : std::set<MerchantName>(paused_)) Resume(merchant);
}

void Operators::Pause(const MerchantName& merchant) {
  Process* process = process_();
  if (healing_ || process == nullptr) return;
  paused_.insert(merchant);
  scope_->Spawn(Switch(*process, merchant, true));
}

void Operators::Resume(const MerchantName& merchant) {
  if (!paused_.contains(merchant)) return;
  Process* process = process_();
  checker_.OnResuming(merchant);
  if (process != nullptr) scope_->Spawn(Switch(*process, merchant, false));
  // Until it is known to be done.
  env_.StartTimer(env_.Monotonic() + kTryAgain, [this, merchant] { Resume(merchant); });
}

Task<void> Operators::Switch(Process& process, MerchantName merchant, bool paused) {
  Switches::Order order{
      .merchant = merchant, .paused = paused, .operator_name = "ada", .note = "simulated"};
  Task<absl::StatusOr<OperatorAction>> set = process.gateway.switches().Set(std::move(order));
  const absl::StatusOr<OperatorAction> done = co_await set;
  trace_.Add(env_.Monotonic(), paused ? "operator pauses" : "operator resumes", merchant.value(),
             absl::StatusCodeToString(done.status().code()));
  if (!done.ok()) co_return;
  if (paused) {
    checker_.OnPaused(merchant);
  } else {
    paused_.erase(merchant);
  }
}

void Operators::Review() {
  Process* process = process_();
  if (healing_ || process == nullptr) return;
  std::vector<PayoutKey> open;
  for (const auto& [key, known] : checker_.cases()) {
    if (known.row && !known.row->status.needs_review.empty()) open.push_back(key);
  }
  if (open.empty()) return;
  ReviewOrder order;
  order.verdict = random_.Pick(
      std::vector<Verdict>{Verdict::kAcknowledge, Verdict::kResubmit, Verdict::kAdopt});
  scope_->Spawn(Judge(*process, random_.Pick(open), order));
}

Task<void> Operators::Judge(Process& process, PayoutKey key, ReviewOrder order) {
  checker_.OnVerdict(key, order.verdict);
  Task<absl::StatusOr<Payout>> run = process.review.Run(
      {.key = key, .review = order, .operator_name = "ada", .note = "simulated"});
  const absl::StatusOr<Payout> judged = co_await run;
  trace_.Add(env_.Monotonic(), "operator reviews", key.payout_id.value(),
             judged.ok() ? VerdictName(order.verdict) : std::string_view("refused"));
}

}  // namespace payout::simulation
