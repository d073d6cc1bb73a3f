// Decisions: (row, answer, now) -> the changed row and what else is to be done. Pure; coroutines
// only carry them out.
//
// Used by: submit_payout, track_status, work_loop, restore, query_payouts. The tables are in
// outcome_table.h.

#ifndef PAYOUT_SERVER_DOMAIN_DECIDE_H_
#define PAYOUT_SERVER_DOMAIN_DECIDE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/answer.h"
#include "server/domain/outcome_table.h"
#include "server/domain/payout.h"
#include "server/domain/policy.h"

namespace payout {

// When and by whom a decision is made.
struct Moment {
  absl::Time now;            // wall clock, UTC
  absl::Duration monotonic;  // for evidence that must not depend on the wall clock; of a read: when
                             // the call began
  std::uint64_t instance = 0;  // of this process: monotonic times of another one mean nothing
  int jitter = 0;              // -100 .. 100: per mille of 20 % by which waits are stretched
  bool backlog = false;        // more is waiting than the budget carries soon
  // The store was restored at `restored_at`: for payouts that were recorded since, ids that the
  // platform has may be ours, made in the history that was lost.
  bool recovery = false;
  absl::Time restored_at = absl::InfinitePast();
  bool paused = false;  // an operator stopped submission: no permission to post is given
};

// How an audit of a settled payout ended.
enum class AuditResult {
  kHeld,          // the platform says what we say
  kContradicted,  // it does not: an alarm, and a correction when it says so twice
  kUnanswered,    // within its day no answer could be used
  kDropped,       // it was not picked up within its day
};
std::string_view AuditResultName(AuditResult result);

struct AuditEnd {
  AuditResult result;
  int count = 1;  // audits that ended so
};

struct Decision {
  Payout after;
  bool emits_event = false;  // callers can see a difference
  MerchantEffect merchant = MerchantEffect::kNone;
  Alarm alarm = Alarm::kNone;
  bool drop_token = false;        // the token was not accepted: get a fresh one next time
  std::optional<AuditEnd> audit;  // an audit ended
  std::string rule;               // what was decided, for attempts and logs
};

// The row of a new intent.
Payout NewPayout(Intent intent, std::string fingerprint, RenderedRequest rendered, absl::Time now);

// Settled absence allows a create for so long after the read that settled it.
inline constexpr absl::Duration kAbsenceFresh = absl::Minutes(10);

// Did a read tell about the payout: found, or gone?
inline bool Tells(const ReadAnswer& answer) {
  return answer.kind == ReadAnswerKind::kFound || answer.kind == ReadAnswerKind::kGone;
}

// Did the platform answer a read at most `age` ago? An answer of later than `now` is as good as
// none: the clock was set back since, and who knows how old it is.
bool WasToldWithin(const Payout& payout, absl::Duration age, absl::Time now);

enum class NextCall { kNone, kCreate, kRead, kExpire, kLost, kDropAudit };
// What a leased row needs: kExpire when submit_before has passed, kLost when another process
// instance died while it was SUBMITTING, kDropAudit when an audit is more than its day late.
NextCall NextCallOf(const Payout& payout, absl::Time now);

// QUEUED (or absence settled) -> SUBMITTING. Must be durable before the create call begins.
Decision DecideClaim(const Payout& before, const Moment& moment, const Policy& policy);

// A create call of a SUBMITTING payout was answered.
Decision DecideCreate(const Payout& before, const CreateAnswer& answer, const Moment& moment,
                      const Policy& policy);

// A read was answered. `hint_seq` is the number of hints when the read began.
Decision DecideRead(const Payout& before, const ReadAnswer& answer, std::int64_t hint_seq,
                    const Moment& moment, const Policy& policy);

// The token call failed, so no other call was made.
Decision DecideTokenFailure(const Payout& before, TokenAnswerKind answer,
                            std::optional<absl::Duration> retry_after, const Moment& moment,
                            const Policy& policy);

// The process that was submitting is gone.
Decision DecideLost(const Payout& before, const Moment& moment, const Policy& policy);

// The row comes from a backup that was put back: what happened to it since is not known here.
// nullopt when the row is safe as it stands.
std::optional<Decision> DecideRestored(const Payout& before, const Moment& moment,
                                       const Policy& policy);

// The audits of a settled payout that nobody got to within their day are over.
Decision DecideAuditDrop(const Payout& before, const Moment& moment, const Policy& policy);
// No call is made before `until`, because the platform does not answer. Nothing else changes: the
// payout keeps its place in the schedule of its reads.
Decision DecideRest(const Payout& before, absl::Time until);

// submit_before has passed and the payout is QUEUED: CANCELLED; after a restore OUTCOME_UNKNOWN,
// since it may be a payout that the backup has forgotten.
Decision DecideExpiry(const Payout& before, const Moment& moment);

// The caller cancels. nullopt when the payout is not QUEUED, or may be one that a backup has
// forgotten.
std::optional<Decision> DecideCancel(const Payout& before, const Moment& moment);

// Fields in which the platform's payout differs from the intent: payout_id, money.amount,
// money.currency_code, method; with `strict` also segment_code. A method code that the platform did
// not tell is no difference.
std::vector<std::string> Mismatches(const Intent& intent, const PlatformView& view, bool strict);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_DECIDE_H_
