// TokenDesk: gets the platform's tokens for one merchant, one call for as many payouts as wait.
//
// Used by: submit_payout, track_status, through merchant_desk. A payout that needs a token takes a
// seat. For each class of work and tenant that has somebody seated, one place in the request budget
// is held; whoever's permit comes first pays for one token call, which names up to 16 of all that
// are seated: its own class first, tenants in turn, oldest first. A payout that is alone gets a
// token of its own; sharing comes with the backlog, by itself. Calls belong to the desk: a payout
// that is destroyed while it waits only leaves its seat, and the call goes on for the others.
//
// A set that is refused may be refused for one of its payouts, so nothing is concluded from it: its
// members ask again, each alone, and sets become smaller for a while. No payout is named by two
// calls at once. Bounds: seats by the callers (in_flight_max per class, calls that read); a call
// has at most 16 subjects and 2.5 KiB of operations. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_TOKEN_DESK_H_
#define PAYOUT_SERVER_APP_TOKEN_DESK_H_

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/app/ports/payout_provider.h"
#include "server/app/tokens.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"
#include "server/base/trigger.h"

namespace payout {

class MerchantDesk;

struct TokenOutcome {
  TokenPtr token;       // nullptr: the call failed, see `answer`, or none was made
  bool rested = false;  // no call was made: it is no time for calls, or the process ends
  TokenAnswer answer;   // of the call, if one was made
  absl::Time asked_at;  // when that call began
};

class TokenDesk {
 public:
  explicit TokenDesk(MerchantDesk& desk);
  ~TokenDesk();
  TokenDesk(const TokenDesk&) = delete;
  TokenDesk& operator=(const TokenDesk&) = delete;

  // From memory, or by a call that is paid for with a permit of class `work`, or of another class
  // that was earlier. Nobody waits longer than `until` (monotonic); that is a rest, too.
  Task<TokenOutcome> Obtain(const Payout& payout, WorkClass work,
                            absl::Duration until = absl::InfiniteDuration());

  // The platform did not accept a shared token for this payout: it is forgotten for this one, which
  // gets one of its own next time. `forbidden`: the token lacks the operation, so that sharing
  // itself is in doubt.
  void Distrust(const PayoutId& payout_id, bool forbidden);

  // Payouts that wait for a token.
  std::size_t waiting() const;

 private:
  using GroupKey = std::pair<WorkClass, TenantName>;
  struct Seat {
    GroupKey group;
    TokenSubject subject;
    bool alone = false;  // not to be named together with others
    bool left = false;   // the payout is gone
    std::optional<TokenOutcome> outcome;
    Trigger decided;
  };
  using SeatPtr = std::shared_ptr<Seat>;
  // The payouts of one class and tenant.
  struct Group {
    std::deque<SeatPtr> waiting;        // for somebody to name them
    bool asks = false;                  // has a place in the budget
    bool granted = false;               // a coroutine of `asking` is at work, not only waiting
    std::unique_ptr<TaskScope> asking;  // of that place
  };
  class Stay;

  void Sit(const SeatPtr& seat);
  void Leave(const SeatPtr& seat);
  void StartAsking(const GroupKey& key, Group& group);
  void StopAskingIfEmpty(Group& group);
  Task<void> Ask(GroupKey key);
  // Takes the payouts of the next call from their groups; the first of `key` is one of them.
  std::vector<SeatPtr> TakeSet(const GroupKey& key, Group& group);
  std::vector<Group*> OfClass(WorkClass work, const TenantName& from);
  Task<void> Request(std::vector<SeatPtr> set);
  void LearnFrom(std::size_t named, TokenAnswerKind answer);

  MerchantDesk& desk_;
  std::map<GroupKey, Group> groups_;
  absl::flat_hash_set<PayoutId> alone_;  // see Distrust; bounded
  std::size_t set_max_;
  absl::Duration no_sets_until_ = -absl::InfiniteDuration();
  TaskScope calls_;  // last: its tasks go first
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_TOKEN_DESK_H_
