// Checker: judges a world against the invariants, on every step, from what it saw itself: what
// callers asked for, what was committed, what left for the platform, what the platform answered and
// what is in its ledger. It believes nothing that the gateway says about itself, and shares no rule
// with the code that it judges: the numbers below are its own.
//
// Used by: world.h; told by the simulated store, platform, callers and readers as things happen.
// Each check looks only at what changed. The first violation is kept, and the world ends with it.
// Thread-safety: none.

#ifndef PAYOUT_TESTS_SIMULATION_CHECKER_H_
#define PAYOUT_TESTS_SIMULATION_CHECKER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/create_payout.h"
#include "server/domain/decide_review.h"
#include "tests/simulation/probes.h"
#include "tests/simulation/trace.h"
#include "tests/support/simulated_environment.h"

namespace payout::simulation {

// A change as it was committed, in order of positions.
struct Committed {
  PayoutKey key;
  TenantName tenant;
  std::int64_t sequence = 0;
  std::int64_t revision = 0;
  Status status;
};

// What the checker knows of one payout.
struct Case {
  std::vector<Intent> asked;  // what its callers asked for, all of it
  // ---- committed ----
  std::optional<Payout> row;
  std::vector<std::int64_t> positions;  // of its events; revision r is at index r - 1
  std::int64_t hints_told = 0;          // callbacks that were answered with "recorded"
  // ---- creates, as seen by the process ----
  int creates = 0;
  bool create_open = false;
  int calls_open = 0;           // creates and reads
  bool maybe = false;           // an earlier create may have been applied
  bool acknowledged = false;    // a 2xx or 409 answer, or a read that found something
  bool acknowledging = false;   // the last answer was such a one
  bool recorded = false;        // a decision about such an answer was committed
  bool accepted = false;        // a 201 with a matching echo
  bool refused = false;         // a 400 or 406
  bool refused_clean = false;   // a readable 406 that nothing came before
  bool rejected_clean = false;  // a 400 that nothing came before
  bool conflict_clean = false;  // a 409 that nothing came before
  bool mismatch = false;        // an answer with other values
  absl::Duration closed_at;     // the last create's end
  std::uint64_t ended_in = 0;   // the process that saw it
  std::uint64_t closed_by = 0;  // and noted it
  int resubmits = 0;            // creates after settled absence
  int claims_again = 0;         // claims for them; the answer to one may have been lost
  int granted = 0;              // further ones that operators may have allowed
  bool adopted = false;         // an operator may have said that it is ours
  // ---- reads, as seen by the process ----
  std::int64_t hints_at_read = 0;  // recorded before the last read began
  bool read_answered = false;      // 200 or 410, since the last committed change
  absl::Duration answered_at = -absl::InfiniteDuration();  // and when that was
  std::optional<PlatformStatus> last_status;  // of the last read that was answered 200 and matched
  std::array<bool, 5> reported{};             // statuses that a matching read ever reported
  std::uint64_t gone_instance = 0;
  int gone_count = 0;
  absl::Duration gone_last;  // that counted
  absl::Duration gone_seen;  // any
  absl::Duration read_sent;  // the last read
  std::optional<absl::Duration>
      absent_at;                  // absence was settled by the last read that told anything
  bool gone_interrupted = false;  // another answer came, which may not have been written
  absl::Duration
      contradicted_at;  // another terminal status was first reported after it was settled
  // ---- at the platform ----
  int payments = 0;      // accepted by the platform for us
  bool foreign = false;  // the id is taken by someone else's payment
  // ---- restores ----
  bool restored = false;                 // its row is that of a backup
  bool lost = false;                     // its row was not in a backup that was put back
  std::vector<RenderedRequest> earlier;  // bytes that were stored before, and may be on their way
  // ---- told ----
  bool told = false;  // a caller was told that it is recorded
  int told_new = 0;   // as a new one
};

class Checker {
 public:
  Checker(testing::SimulatedEnvironment& env, Trace& trace, Probes& probes, int rate,
          std::int64_t queued_max)
      : env_(env), trace_(trace), probes_(probes), rate_(rate), queued_max_(queued_max) {}

  bool failed() const { return !invariant_.empty(); }
  const std::string& invariant() const { return invariant_; }
  const std::string& violation() const { return violation_; }
  void Fail(std::string_view invariant, const std::string& text);
  void Fail(std::string_view invariant, const PayoutKey& key, std::string_view text);

  // ---- backups: what is committed now, and its being put back ----
  void OnBackup();
  void OnRestore();

  // ---- the process ----
  void OnStarted(std::uint64_t instance);
  void OnCrash();

  // ---- callers: before they ask, and what they were told ----
  void OnAsked(const Intent& intent);
  void OnCreateTold(const Intent& asked, const CreateOutcome& outcome);
  void OnRefusedAsContentDiffers(const Intent& asked);
  // Told that the request is wrong, and that nothing was stored; `recovering`: by a process that
  // knows that it may have forgotten payouts.
  void OnRefusedAsInvalid(const Intent& asked, bool recovering);
  // `revision_before`: committed when the question was asked.
  void OnGetTold(const TenantName& tenant, const PayoutKey& key, std::int64_t revision_before,
                 const std::optional<absl::Duration>& max_staleness,
                 const absl::StatusOr<Payout>& told);
  void OnListTold(const TenantName& tenant, const std::vector<Payout>& told);
  void OnCancelTold(const TenantName& tenant, const PayoutKey& key,
                    const absl::StatusOr<Payout>& told);
  void OnCallbackTold(const PayoutKey& key, bool genuine, bool accepted);

  // ---- operators ----
  void OnPaused(const MerchantName& merchant);            // from now on nothing is sent
  void OnResuming(const MerchantName& merchant);          // from now on it may be
  void OnVerdict(const PayoutKey& key, Verdict verdict);  // is about to be given

  // ---- the store: after a commit, before anybody knows ----
  void OnInserted(const Payout& row);
  void OnApplied(const Change& change, const Payout& written);
  void OnHinted(const PayoutKey& key);

  // ---- the platform, as the process calls it ----
  // A store that is slow to write claims makes creates bunch up after their permits.
  void ForgiveBunching() { judges_budget_ = false; }
  // The wall clock jumped: waits that count by it are not judged any more.
  void OnWallJump() { wall_jumped_ = true; }
  void OnRequest(const MerchantName& merchant);  // each HTTP request that leaves
  void OnCreateSent(const Payout& payout);
  void OnCreateAnswered(const PayoutKey& key, const CreateAnswer& answer);
  void OnReadSent(const PayoutKey& key);
  void OnReadAnswered(const PayoutKey& key, const ReadAnswer& answer);

  // ---- the platform's ledger ----
  void OnDelivered(const PayoutKey& key, const RenderedRequest& bytes);
  void OnPaid(const PayoutKey& key, const Money& money);
  void OnForeign(const PayoutKey& key) { cases_[key].foreign = true; }

  // ---- what is known ----
  const std::map<PayoutKey, Case>& cases() const { return cases_; }
  const Case& case_of(const PayoutKey& key) { return cases_[key]; }
  std::int64_t RevisionOf(const PayoutKey& key);
  const std::vector<Committed>& events() const { return events_; }
  // Has `payout` been committed just like this?
  bool IsCommitted(const PayoutKey& key, std::int64_t revision, const Status& status);

  void CountFault(Fault fault, const PayoutKey& key);

 private:
  void Append(Case& known, const Payout& row);
  void CheckTransition(const Case& known, const Payout& before, const Payout& after);
  void CheckProof(const Case& known, const Change& change, const Payout& before,
                  const Payout& after);
  void CheckReviews(const Case& known, const Change& change, const Payout& before,
                    const Payout& after);
  void CheckTerminal(const Payout& before, const Payout& after);
  bool AbsenceIsSettled(const Case& known) const;
  void NoteAnswered(Case& known);
  void CheckRefused(const Case& known, const Payout& after);

  testing::SimulatedEnvironment& env_;
  Trace& trace_;
  Probes& probes_;
  const int rate_;
  const std::int64_t queued_max_;
  std::map<PayoutKey, Case> cases_;
  std::vector<Committed> events_;  // position 1 first
  std::map<PayoutKey, Case> backup_cases_;
  std::size_t backup_events_ = 0;
  std::map<MerchantName, std::deque<absl::Duration>> sent_;
  std::set<MerchantName> paused_;  // empty name: all
  std::uint64_t instance_ = 0;
  bool judges_budget_ = true;
  bool wall_jumped_ = false;
  bool recovering_ = false;  // a backup was put back
  std::string invariant_;
  std::string violation_;
};

}  // namespace payout::simulation

#endif  // PAYOUT_TESTS_SIMULATION_CHECKER_H_
