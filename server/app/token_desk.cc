#include "server/app/token_desk.h"

#include <algorithm>
#include <iterator>

#include "server/app/merchant_desk.h"
#include "server/app/wait.h"
#include "server/base/instrument.h"

namespace payout {
namespace {

constexpr std::size_t kSubjectsMax = 16;
// Of the 4 KiB of a request; merchant code, secret (up to 1,000 bytes) and amount have the rest.
constexpr std::size_t kOperationsBytesMax = 2560;
// How long no sets are tried after even pairs were refused, or were not answered.
constexpr absl::Duration kNoSets = absl::Minutes(10);
constexpr absl::Duration kNoSetsUnanswered = absl::Seconds(30);
constexpr std::size_t kAloneMax = 10'000;

// "POST /payouts/ID","GET /payouts/ID",
std::size_t OperationBytes(const TokenSubject& subject) {
  return 33 + 2 * subject.payout_id.value().size();
}

// An answer that says nothing about a set as such.
bool IsOfTheMoment(TokenAnswerKind kind) {
  return kind == TokenAnswerKind::kGranted || kind == TokenAnswerKind::kRateLimited ||
         kind == TokenAnswerKind::kServerError || kind == TokenAnswerKind::kNoAnswer;
}

bool IsFailure(TokenAnswerKind kind) {
  return kind == TokenAnswerKind::kServerError || kind == TokenAnswerKind::kNoAnswer;
}

}  // namespace

TokenDesk::TokenDesk(MerchantDesk& desk) : desk_(desk), set_max_(kSubjectsMax) {}
TokenDesk::~TokenDesk() = default;

// The payout sits until it knows; its seat is taken off when its coroutine is destroyed.
class TokenDesk::Stay {
 public:
  Stay(TokenDesk& desk, SeatPtr seat) : desk_(desk), seat_(std::move(seat)) { desk_.Sit(seat_); }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;
  ~Stay() {
    seat_->left = true;
    if (!seat_->outcome) desk_.Leave(seat_);
  }
  Seat& seat() { return *seat_; }

 private:
  TokenDesk& desk_;
  const SeatPtr seat_;
};

Task<TokenOutcome> TokenDesk::Obtain(const Payout& payout, WorkClass work, absl::Duration until) {
  const PayoutId& id = payout.intent.key.payout_id;
  TokenOutcome outcome;
  outcome.token = desk_.tokens().Find(id);
  if (outcome.token != nullptr) co_return outcome;

  auto seat = std::make_shared<Seat>();
  seat->group = {work, payout.intent.tenant};
  seat->subject = {id, payout.intent.money};
  seat->alone = alone_.contains(id);
  Stay stay(*this, std::move(seat));
  while (!stay.seat().outcome) {
    const bool decided = co_await WaitUntil(desk_.core().env, &stay.seat().decided, until);
    if (decided || stay.seat().outcome) continue;
    outcome.rested = true;
    co_return outcome;
  }
  outcome = *std::move(stay.seat().outcome);
  co_return outcome;
}

void TokenDesk::Distrust(const PayoutId& payout_id, bool forbidden) {
  desk_.tokens().Drop(payout_id);
  if (alone_.size() >= kAloneMax) alone_.clear();  // Those that still need it come again.
  alone_.insert(payout_id);
  if (forbidden) LearnFrom(/*named=*/2, TokenAnswerKind::kForbidden);
}

std::size_t TokenDesk::waiting() const {
  std::size_t count = 0;
  for (const auto& [key, group] : groups_) count += group.waiting.size();
  return count;
}

void TokenDesk::Sit(const SeatPtr& seat) {
  Group& group = groups_[seat->group];
  group.waiting.push_back(seat);
  StartAsking(seat->group, group);
}

void TokenDesk::Leave(const SeatPtr& seat) {
  Group& group = groups_[seat->group];
  std::erase(group.waiting, seat);
  StopAskingIfEmpty(group);
}

void TokenDesk::StartAsking(const GroupKey& key, Group& group) {
  if (group.asks || group.waiting.empty()) return;
  group.asks = true;
  if (group.asking == nullptr) group.asking = std::make_unique<TaskScope>();
  group.asking->Spawn(Ask(key));
}

// Nobody is left who needs the permit.
void TokenDesk::StopAskingIfEmpty(Group& group) {
  if (!group.asks || !group.waiting.empty() || group.granted) return;
  group.asks = false;
  group.asking.reset();
}

Task<void> TokenDesk::Ask(GroupKey key) {
  if (!PAYOUT_BUG(token_calls_unpaid)) {
    co_await desk_.budget().Acquire(key.first, key.second, Turn::kBegins);
  }
  Group& group = groups_[key];
  group.asks = false;
  if (group.waiting.empty()) co_return;
  // Others may have found out meanwhile that this is no time for calls.
  if (desk_.core().draining || (key.first == WorkClass::kCreate && desk_.resting()) ||
      desk_.breaker(Call::kToken).Ask(desk_.core().env.Monotonic()) ==
          CircuitBreaker::Pass::kRest) {
    for (const SeatPtr& seat : std::exchange(group.waiting, {})) {
      seat->outcome = TokenOutcome{.rested = true};
      seat->decided.Notify();
    }
    co_return;
  }
  group.granted = true;
  std::vector<SeatPtr> set = TakeSet(key, group);
  StartAsking(key, group);
  calls_.Spawn(Request(std::move(set)));
  group.granted = false;
}

// The groups of the class that have somebody seated, from the tenant `from` on, in a circle.
std::vector<TokenDesk::Group*> TokenDesk::OfClass(WorkClass work, const TenantName& from) {
  std::vector<Group*> groups;
  std::vector<Group*> before;
  for (auto& [key, group] : groups_) {
    if (key.first != work || group.waiting.empty()) continue;
    (key.second < from ? before : groups).push_back(&group);
  }
  groups.insert(groups.end(), before.begin(), before.end());
  return groups;
}

std::vector<TokenDesk::SeatPtr> TokenDesk::TakeSet(const GroupKey& key, Group& group) {
  std::vector<SeatPtr> set = {group.waiting.front()};
  group.waiting.pop_front();
  if (set_max_ == 1 && desk_.core().env.Monotonic() >= no_sets_until_) set_max_ = 2;
  if (set.front()->alone) return set;

  std::size_t bytes = OperationBytes(set.front()->subject);
  const auto take_from = [&](Group& from) {
    const auto next = std::ranges::find_if(from.waiting, [&](const SeatPtr& seat) {
      return !seat->alone && bytes + OperationBytes(seat->subject) <= kOperationsBytesMax;
    });
    if (next == from.waiting.end()) return false;
    bytes += OperationBytes((*next)->subject);
    set.push_back(*next);
    from.waiting.erase(next);
    return true;
  };
  std::vector<WorkClass> classes = {key.first};
  std::ranges::copy_if(kAllWorkClasses, std::back_inserter(classes),
                       [&](WorkClass work) { return work != key.first; });
  for (const WorkClass work : classes) {
    const std::vector<Group*> groups = OfClass(work, key.second);
    // One of each tenant, round after round.
    for (bool any = true; any;) {
      any = false;
      for (Group* from : groups) {
        if (set.size() < set_max_ && take_from(*from)) any = true;
      }
    }
    for (Group* from : groups) {
      if (from != &group) StopAskingIfEmpty(*from);
    }
  }
  return set;
}

Task<void> TokenDesk::Request(std::vector<SeatPtr> set) {
  Core& core = desk_.core();
  const MerchantDesk::Busy busy(desk_);
  const absl::Time began = core.env.Now();
  const absl::Duration asked_at = core.env.Monotonic();
  std::vector<TokenSubject> subjects;
  for (const SeatPtr& seat : set) subjects.push_back(seat->subject);
  const TokenAnswer answer = co_await core.provider.Prepare(desk_.name(), subjects);
  core.observer.OnPlatformCall(desk_.name(), Call::kToken, TokenAnswerName(answer.kind),
                               core.env.Monotonic() - asked_at);
  desk_.NoteCall(Call::kToken, asked_at, IsFailure(answer.kind));
  if (answer.kind == TokenAnswerKind::kRateLimited) desk_.NoteRateLimit(answer.retry_after);
  LearnFrom(set.size(), answer.kind);

  TokenOutcome outcome{.answer = answer, .asked_at = began};
  if (answer.kind == TokenAnswerKind::kGranted) {
    outcome.token = desk_.tokens().Keep(subjects, answer, asked_at);
    if (set.size() == 1) alone_.erase(subjects.front().payout_id);
  }
  const bool ask_again = set.size() > 1 && !IsOfTheMoment(answer.kind);
  // From the back, so that they sit in their order again.
  for (auto seat = set.rbegin(); seat != set.rend(); ++seat) {
    if ((*seat)->left) continue;
    if (ask_again) {
      (*seat)->alone = true;
      Group& group = groups_[(*seat)->group];
      group.waiting.push_front(*seat);
      StartAsking((*seat)->group, group);
    } else {
      (*seat)->outcome = outcome;
      (*seat)->decided.Notify();
    }
  }
}

// Sets that fail become smaller, down to single payouts; sets that succeed let them grow again.
void TokenDesk::LearnFrom(std::size_t named, TokenAnswerKind answer) {
  if (named == 1 || answer == TokenAnswerKind::kRateLimited) return;
  if (answer == TokenAnswerKind::kGranted) {
    if (named == set_max_) set_max_ = std::min(kSubjectsMax, set_max_ * 2);
    return;
  }
  set_max_ = std::max<std::size_t>(1, set_max_ / 2);
  if (set_max_ > 1) return;
  const absl::Duration rest = IsFailure(answer) ? kNoSetsUnanswered : kNoSets;
  no_sets_until_ = desk_.core().env.Monotonic() + rest;
}

}  // namespace payout
