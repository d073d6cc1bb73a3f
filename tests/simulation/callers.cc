#include "tests/simulation/callers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "server/domain/reason.h"

namespace payout::simulation {
namespace {

struct Amount {
  const char* text;
  const char* same;  // in other words
  const char* currency;
};
constexpr std::array<Amount, 5> kAmounts = {{{"10.00", "10", "EUR"},
                                             {"0.01", "0.01", "USD"},
                                             {"42.5", "42.50", "USD"},
                                             {"250000", "250000", "IDR"},
                                             {"1234567890123.4", "1234567890123.40", "EUR"}}};

bool Is(const absl::Status& status, Reason reason) {
  const std::optional<ErrorDetails> details = DetailsOf(status);
  return details && details->reason == reason;
}

}  // namespace

Callers::Wish Callers::Draw(int number) {
  const TenantRights& tenant = random_.Pick(Tenants());
  const Amount& amount = random_.Pick(kAmounts);
  Wish wish;
  wish.tenant = tenant.name;
  IntentDraft& draft = wish.draft;
  draft.payout_id = absl::StrFormat("p%02d", number);
  draft.merchant = random_.Pick(tenant.merchants).value();
  draft.has_money = true;
  draft.amount = amount.text;
  draft.currency = amount.currency;
  draft.method = BankTransfer{.account_name = "Ada Example",
                              .account_number = absl::StrFormat("DE%018d", number),
                              .operator_code = "BNK_000"};
  if (random_.Below(3) == 0) draft.segment_code = "SEG";
  if (random_.Below(4) == 0) draft.customer_id = "customer-7";
  if (random_.Chance(faults_.submit_before)) {
    draft.submit_before =
        wall_.At(env_.Monotonic()) + random_.Between(absl::Seconds(30), absl::Minutes(15));
  }
  wish.key = {MerchantName(draft.merchant), PayoutId(draft.payout_id)};
  return wish;
}

void Callers::Begin(int count, absl::Duration spread) {
  callers_.resize(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    wishes_.push_back(Draw(i));
    callers_[static_cast<std::size_t>(i)].more = random_.Between(0, 6);
    ActIn(static_cast<std::size_t>(i), random_.Between(absl::ZeroDuration(), spread));
  }
}

bool Callers::content() const {
  return std::ranges::all_of(callers_, [](const Caller& c) { return c.told || c.gave_up; });
}

void Callers::OnCrash() {
  for (std::size_t i = 0; i < callers_.size(); ++i) {
    Caller& caller = callers_[i];
    caller.scopes.clear();
    if (!caller.busy) continue;
    caller.busy = false;
    ActIn(i, random_.Between(absl::Milliseconds(100), absl::Seconds(5)));
  }
}

void Callers::OnRestore() {
  for (std::size_t i = 0; i < callers_.size(); ++i) {
    if (checker_.RevisionOf(wishes_[i].key) > 0 || !callers_[i].told) continue;
    callers_[i].told = false;
    callers_[i].regrets = faults_.cancels > 0 && random_.Below(2) == 0;
    ActIn(i, random_.Between(absl::Seconds(1), absl::Minutes(5)));
  }
}

void Callers::ActIn(std::size_t i, absl::Duration wait) {
  env_.StartTimer(env_.Monotonic() + wait, [this, i] { Act(i); });
}

void Callers::HangUp(std::size_t i, std::uint64_t call) {
  Caller& caller = callers_[i];
  if (!caller.busy || caller.call != call) return;
  trace_.Add(env_.Monotonic(), "caller hangs up", wishes_[i].key.payout_id.value());
  checker_.CountFault(Fault::kDisconnect, wishes_[i].key);
  Ends(i, call);
}

void Callers::Start(std::size_t i, Task<void> call) {
  Caller& caller = callers_[i];
  caller.busy = true;
  caller.scopes.push_back(std::make_unique<TaskScope>());
  caller.scopes.back()->Spawn(std::move(call));
  if (!caller.busy || !random_.Chance(faults_.caller_disconnects)) return;
  env_.StartTimer(env_.Monotonic() + absl::Milliseconds(random_.Below(1500)),
                  [this, i, number = caller.call] { HangUp(i, number); });
}

bool Callers::Ends(std::size_t i, std::uint64_t call) {
  Caller& caller = callers_[i];
  if (!caller.busy || caller.call != call) return false;
  caller.busy = false;
  if (caller.told && caller.regrets) {
    ActIn(i, random_.Between(absl::ZeroDuration(), absl::Milliseconds(100)));
    return true;
  }
  const absl::Duration longest = random_.Below(4) == 0 ? absl::Minutes(20) : absl::Seconds(20);
  ActIn(i, random_.Between(absl::Milliseconds(200), longest));
  return true;
}

void Callers::Act(std::size_t i) {
  Caller& caller = callers_[i];
  const Wish& wish = wishes_[i];
  if (caller.busy) return;
  const bool wants = !caller.told && !caller.gave_up;
  const bool regrets = !wants && caller.regrets;
  if (!wants && !regrets && (caller.more == 0 || healing_)) return;
  Process* process = process_();
  if (process == nullptr) return ActIn(i, absl::Seconds(2));
  const std::uint64_t call = ++caller.call;
  if (wants) return Start(i, Create(i, call, *process, wish.draft, wish.tenant));

  if (regrets) {
    caller.regrets = false;
    checker_.CountFault(Fault::kCancel, wish.key);
    return Start(i, Cancel(i, call, *process, wish.tenant));
  }
  --caller.more;
  const bool stored = checker_.RevisionOf(wish.key) > 0;
  if (random_.Chance(faults_.cancels)) {
    checker_.CountFault(Fault::kCancel, wish.key);
    return Start(i, Cancel(i, call, *process, wish.tenant));
  }
  if (stored && random_.Chance(faults_.other_content)) {
    checker_.CountFault(Fault::kOtherContent, wish.key);
    return Start(i, Create(i, call, *process, Other(wish.draft), wish.tenant));
  }
  if (stored && random_.Chance(faults_.intruders)) {
    checker_.CountFault(Fault::kIntruder, wish.key);
    const TenantName stranger = Stranger(wish);
    switch (random_.Below(4)) {
      case 0:
        return Start(i, Create(i, call, *process, wish.draft, stranger));
      case 1:
        return Start(i, Cancel(i, call, *process, stranger));
      case 2:
        return Start(i, List(i, call, *process, stranger));
      default:
        return Start(i, Get(i, call, *process, stranger));
    }
  }
  switch (random_.Below(4)) {
    case 0:
      return Start(i, List(i, call, *process, wish.tenant));
    case 1:
      checker_.CountFault(Fault::kRepeated, wish.key);
      return Start(i, Create(i, call, *process, SameInOtherWords(wish.draft), wish.tenant));
    default:
      return Start(i, Get(i, call, *process, wish.tenant));
  }
}

TenantName Callers::Stranger(const Wish& wish) const {
  for (const TenantRights& tenant : Tenants()) {
    if (tenant.name != wish.tenant &&
        std::ranges::find(tenant.merchants, wish.key.merchant) != tenant.merchants.end()) {
      return tenant.name;
    }
  }
  return TenantName("nobody");
}

IntentDraft Callers::Other(IntentDraft draft) {
  switch (random_.Below(5)) {
    case 0:
      draft.amount = "77";
      break;
    case 1:
      draft.currency = draft.currency == "EUR" ? "USD" : "EUR";
      break;
    case 2:
      std::get<BankTransfer>(draft.method).account_number = "DE999";
      break;
    case 3:
      draft.segment_code = draft.segment_code.empty() ? "SEG" : "";
      break;
    default:
      draft.method = CryptoTransfer{.account_number = "abc", .operator_code = "TRC20"};
      break;
  }
  return draft;
}

IntentDraft Callers::SameInOtherWords(IntentDraft draft) {
  for (const Amount& amount : kAmounts) {
    if (draft.amount == amount.text) {
      draft.amount = amount.same;
      break;
    }
  }
  draft.labels["attempt"] = "again";
  return draft;
}

Task<void> Callers::Create(std::size_t i, std::uint64_t call, Process& process, IntentDraft draft,
                           TenantName tenant) {
  const Intent asked = ToIntent(draft, tenant);
  if (tenant == wishes_[i].tenant) checker_.OnAsked(asked);
  CreateCommand command;
  command.tenant = tenant;
  command.draft = std::move(draft);
  command.wait = random_.Below(3) == 0 ? WaitMode::kSettled : WaitMode::kRecorded;
  if (random_.Below(4) == 0) command.wait = WaitMode::kAccepted;
  command.wait_until =
      process.env.Monotonic() + random_.Between(absl::Seconds(1), absl::Minutes(2));
  absl::StatusOr<CreateOutcome> outcome = co_await process.create.Run(std::move(command));
  if (!Ends(i, call)) co_return;
  if (absl::IsInvalidArgument(outcome.status())) {
    checker_.OnRefusedAsInvalid(asked, process.core.Recovering());
  }
  Told(i, asked, outcome);
}

void Callers::Told(std::size_t i, const Intent& asked,
                   const absl::StatusOr<CreateOutcome>& outcome) {
  Caller& caller = callers_[i];
  const std::string& id = asked.key.payout_id.value();
  if (outcome.ok()) {
    trace_.Add(env_.Monotonic(), "caller told", id, StateName(outcome->payout.status.state));
    checker_.OnCreateTold(asked, *outcome);
    caller.told = true;
    return;
  }
  const absl::Status& status = outcome.status();
  trace_.Add(env_.Monotonic(), "caller refused", id, absl::StatusCodeToString(status.code()));
  if (Is(status, Reason::kPayoutContentDiffers)) checker_.OnRefusedAsContentDiffers(asked);
  // The time to submit has passed already: nothing was stored, or it would be found.
  if (absl::IsInvalidArgument(status)) caller.gave_up = true;
}

Task<void> Callers::Get(std::size_t i, std::uint64_t call, Process& process, TenantName tenant) {
  const PayoutKey key = wishes_[i].key;
  const std::int64_t before = checker_.RevisionOf(key);
  std::optional<absl::Duration> max_staleness;
  if (random_.Below(3) == 0) max_staleness = absl::Seconds(random_.Below(60));
  std::optional<absl::StatusOr<Payout>> told;
  if (!max_staleness) {
    told = process.query.GetAtOnce(tenant, key.merchant.value(), key.payout_id.value());
  }
  if (!told) {
    Task<absl::StatusOr<Payout>> answer =
        process.query.Get(tenant, key.merchant.value(), key.payout_id.value(), max_staleness,
                          process.env.Monotonic() + absl::Seconds(30));
    told = co_await answer;
  }
  trace_.Add(env_.Monotonic(), "caller reads", key.payout_id.value(),
             told->ok() ? StateName((*told)->status.state) : std::string_view("-"));
  checker_.OnGetTold(tenant, key, before, max_staleness, *told);
  Ends(i, call);
}

Task<void> Callers::List(std::size_t i, std::uint64_t call, Process& process, TenantName tenant) {
  ListQuery query;
  query.tenant = tenant;
  query.limit = random_.Between(1, 30);
  Task<absl::StatusOr<std::vector<Payout>>> answer = process.query.List(std::move(query));
  absl::StatusOr<std::vector<Payout>> told = co_await answer;
  trace_.Add(env_.Monotonic(), "caller lists", tenant.value(), "",
             told.ok() ? static_cast<std::int64_t>(told->size()) : -1);
  if (told.ok()) checker_.OnListTold(tenant, *told);
  Ends(i, call);
}

Task<void> Callers::Cancel(std::size_t i, std::uint64_t call, Process& process, TenantName tenant) {
  const PayoutKey key = wishes_[i].key;
  Task<absl::StatusOr<Payout>> answer =
      process.query.Cancel(tenant, key.merchant.value(), key.payout_id.value());
  absl::StatusOr<Payout> told = co_await answer;
  trace_.Add(env_.Monotonic(), "caller cancels", key.payout_id.value(),
             told.ok() ? "CANCELLED" : "refused");
  checker_.OnCancelTold(tenant, key, told);
  Ends(i, call);
}

}  // namespace payout::simulation
