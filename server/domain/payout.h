// Payout: the record of one outgoing payment: what was asked, where it stands, and what the gateway
// has to remember to go on with it.
//
// Used by: use cases, decisions, stores. A value; only decide.cc makes a changed one.

#ifndef PAYOUT_SERVER_DOMAIN_PAYOUT_H_
#define PAYOUT_SERVER_DOMAIN_PAYOUT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/intent.h"

namespace payout {

// Numbers are stored and equal those of payout.v1.PayoutState.
enum class State : int {
  kQueued = 1,
  kSubmitting = 2,
  kOutcomeUnknown = 3,
  kProcessing = 4,
  kSucceeded = 5,
  kFailed = 6,
  kRefused = 7,
  kCancelled = 8,
};
inline constexpr State kAllStates[] = {
    State::kQueued,    State::kSubmitting, State::kOutcomeUnknown, State::kProcessing,
    State::kSucceeded, State::kFailed,     State::kRefused,        State::kCancelled};

constexpr bool IsSettled(State state) { return state >= State::kSucceeded; }
std::string_view StateName(State state);  // "QUEUED"

// Numbers are stored and equal those of payout.v1.ReviewReason.
enum class Review : int {
  kPlatformMismatch = 1,
  kIdUsedElsewhere = 2,
  kResubmitNotAllowed = 3,
  kCorrected = 4,
};
std::string_view ReviewName(Review review);

// Numbers are stored and equal those of payout.v1.ReasonCategory.
enum class ReasonCategory : int {
  kOther = 1,
  kRequest = 2,
  kConfiguration = 3,
  kLimit = 4,
  kBalance = 5,
  kUnavailable = 6,
  kDenied = 7,
  kExpired = 8,
  kPlatform = 9,
  kCancelled = 10,
};

// Why a payout was not paid.
struct PayoutReason {
  std::string code;
  ReasonCategory category = ReasonCategory::kOther;
  std::string attribute;
  std::string message;  // the platform's words; may quote the request
  std::optional<absl::Time> failed_at;
  friend bool operator==(const PayoutReason&, const PayoutReason&) = default;
};

struct Correction {
  State reported_state;
  absl::Time seen_at;
  friend bool operator==(const Correction&, const Correction&) = default;
};

// Everything about a payout that changes and that callers see. Each event carries one.
struct Status {
  State state = State::kQueued;
  std::set<Review> needs_review;
  std::optional<Correction> correction;
  std::vector<PayoutReason> reasons;
  std::string platform_reference;     // idPayment
  std::string transaction_reference;  // reference
  std::string platform_status;        // the platform's text, known or not
  std::string processor_status;
  std::optional<Money> fee;
  std::optional<bool> is_test;
  std::optional<absl::Time> platform_created_at;
  std::optional<absl::Time> platform_processed_at;
  std::optional<absl::Time> settled_at;
  friend bool operator==(const Status&, const Status&) = default;
};

// What the next call of a payout is for. Also the class that the request budget accounts it to.
enum class WorkClass : int {
  kResolve = 1,     // find out what became of an unknown outcome
  kHint = 2,        // read because a callback came
  kCreate = 3,      // submit
  kCallerRead = 4,  // read because a caller insists on a fresh state
  kPoll = 5,        // read because it is time
  kAudit = 6,       // read a settled payout
};
inline constexpr WorkClass kAllWorkClasses[] = {WorkClass::kResolve, WorkClass::kHint,
                                                WorkClass::kCreate,  WorkClass::kCallerRead,
                                                WorkClass::kPoll,    WorkClass::kAudit};
std::string_view WorkClassName(WorkClass work);

// What the gateway remembers about its own sending.
struct Submission {
  int creates = 0;                     // create calls begun
  int resubmits = 0;                   // of them after settled absence
  bool maybe_applied = false;          // a create before the current one may have been applied
  bool refused = false;                // refused without proof; settled absence makes it REFUSED
  bool refused_fast = false;           // a single 410 suffices
  bool acknowledged = false;           // a 2xx or 409 was seen: never post again
  bool conflict = false;               // 409 though nothing of ours can have been applied
  bool confirmed = false;              // the platform confirmed the payout with equal values
  bool post_next = false;              // absence is settled: the next call is a create
  int unauthenticated = 0;             // 401 answers in a row
  std::vector<PayoutReason> refusals;  // kept until the refusal is proven
  std::optional<absl::Time> first_claim_at;
  std::optional<absl::Time> last_post_closed_at;
  bool resubmit_granted = false;  // an operator allowed one more create after a settled absence
  bool adoption_granted = false;  // an operator says that the payout at the platform is ours
  friend bool operator==(const Submission&, const Submission&) = default;
};

// Evidence that the platform does not know the payout. Monotonic times of one process instance;
// another instance starts over.
struct Absence {
  std::uint64_t instance = 0;
  absl::Duration post_closed;
  int count = 0;
  absl::Duration last;
  bool measured = false;  // post_closed is when a create of that instance ended
  friend bool operator==(const Absence&, const Absence&) = default;
};

// A terminal status that differs from ours, seen once.
struct Contradiction {
  State reported_state;
  absl::Time first_seen;
  friend bool operator==(const Contradiction&, const Contradiction&) = default;
};

// When to do what next.
struct Schedule {
  WorkClass work = WorkClass::kCreate;
  std::optional<absl::Time> due_at;  // nullopt: nothing to do
  int step = 0;  // place in the poll schedule; of a settled payout: audits that are over
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

struct Payout {
  Intent intent;
  std::string fingerprint;
  RenderedRequest rendered;

  Status status;
  std::int64_t revision = 1;
  std::int64_t position = 0;  // store-wide, of the last event; set by the store
  absl::Time created_at;
  absl::Time updated_at;

  Submission submission;
  Absence absence;
  std::optional<Contradiction> contradiction;
  Schedule schedule;
  std::int64_t hint_seq = 0;                 // callbacks received; written by the store only
  std::int64_t hint_read_seq = 0;            // of them answered by a read
  std::optional<absl::Time> last_read_at;    // answered or not
  std::optional<absl::Time> last_answer_at;  // of reads that were answered: found, or gone

  std::int64_t sequence = 0;  // order of creation; set by the store
  std::int64_t version = 0;   // of the row; every write but a hint or a lease raises it
};

// One platform call of a payout, kept for explanations.
enum class Call : int { kToken = 1, kCreate = 2, kRead = 3 };
enum class Certainty : int { kOpen = 0, kSurelyNotSent = 1, kMaybeSent = 2, kAnswered = 3 };

struct Attempt {
  Call call = Call::kCreate;
  absl::Time started_at;
  std::optional<absl::Time> ended_at;
  Certainty certainty = Certainty::kOpen;
  int http_status = 0;  // 0: none
  std::string answer;   // kind of the answer, such as "RATE_LIMITED"
  std::string rule;     // what was decided, such as "create.requeue"
  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// A change as it was committed.
struct Event {
  std::int64_t position = 0;
  TenantName tenant;
  PayoutKey key;
  std::int64_t revision = 0;
  std::optional<State> previous_state;  // nullopt for the first event
  absl::Time at;
  Status status;
  // What never changes of the payout, so that an event tells the whole of it.
  Intent intent;
  absl::Time created_at;
};
using EventPtr = std::shared_ptr<const Event>;

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_PAYOUT_H_
