#include "tests/simulation/checker.h"

#include <algorithm>

#include "server/domain/reason.h"

namespace payout::simulation {

void Checker::Fail(std::string_view invariant, const std::string& text) {
  if (failed()) return;
  invariant_ = invariant;
  violation_ = text;
  trace_.Add(env_.Monotonic(), "VIOLATION", invariant, text);
}

void Checker::Fail(std::string_view invariant, const PayoutKey& key, std::string_view text) {
  Fail(invariant, key.merchant.value() + "/" + key.payout_id.value() + ": " + std::string(text));
}

void Checker::OnStarted(std::uint64_t instance) {
  instance_ = instance;
  sent_.clear();  // Another process has its own budget; it does not know what went before.
}

void Checker::OnCrash() {
  for (auto& [key, known] : cases_) {
    if (known.create_open) {
      known.maybe = true;
      known.closed_at = env_.Monotonic();
      known.ended_in = known.closed_by = 0;
      known.gone_count = 0;
    }
    // An answer that nobody wrote down died with the process.
    if (!known.recorded) known.acknowledged = false;
    known.create_open = false;
    known.calls_open = 0;
    CountFault(Fault::kCrash, key);
  }
}

void Checker::OnBackup() {
  backup_cases_ = cases_;
  backup_events_ = events_.size();
}

// The gateway forgets everything since the backup; the platform, and who was paid, do not.
void Checker::OnRestore() {
  for (auto& [key, now] : cases_) {
    Case then;
    const auto found = backup_cases_.find(key);
    if (found != backup_cases_.end()) then = found->second;
    then.asked = now.asked;
    then.payments = now.payments;
    then.foreign = now.foreign;
    then.reported = now.reported;
    then.mismatch = now.mismatch;
    then.granted = now.granted;
    then.adopted = now.adopted;
    then.earlier = now.earlier;
    if (now.row) then.earlier.push_back(now.row->rendered);
    then.restored = then.row.has_value();
    then.lost = now.lost || (now.row && !then.row);
    // Whatever is not confirmed may have been sent since, as late as a moment ago.
    if (then.row && !IsSettled(then.row->status.state)) {
      then.maybe = then.maybe || !then.accepted;
      then.closed_at = env_.Monotonic();
    }
    then.create_open = false;
    then.calls_open = then.gone_count = 0;
    then.absent_at.reset();
    now = std::move(then);
  }
  recovering_ = true;
  events_.resize(backup_events_);
  paused_.clear();
}

void Checker::CountFault(Fault fault, const PayoutKey& key) {
  const auto found = cases_.find(key);
  if (found == cases_.end() || !found->second.row) return;
  probes_.CountFault(fault, found->second.row->status.state);
}

std::int64_t Checker::RevisionOf(const PayoutKey& key) {
  const Case& known = cases_[key];
  return known.row ? known.row->revision : 0;
}

bool Checker::IsCommitted(const PayoutKey& key, std::int64_t revision, const Status& status) {
  const Case& known = cases_[key];
  if (revision < 1 || revision > static_cast<std::int64_t>(known.positions.size())) return false;
  const std::int64_t position = known.positions[static_cast<std::size_t>(revision - 1)];
  return events_[static_cast<std::size_t>(position - 1)].status == status;
}

void Checker::OnAsked(const Intent& intent) {
  std::vector<Intent>& asked = cases_[intent.key].asked;
  if (std::ranges::find(asked, intent) == asked.end()) asked.push_back(intent);
}

void Checker::OnCreateTold(const Intent& asked, const CreateOutcome& outcome) {
  Case& known = cases_[asked.key];
  const Payout& told = outcome.payout;
  if (!known.row) {
    return Fail("acknowledged-means-durable", asked.key, "told OK, and the store does not have it");
  }
  const Intent& stored = known.row->intent;
  if (told.intent.key != asked.key || told.intent.tenant != asked.tenant ||
      stored.tenant != asked.tenant) {
    Fail("tenants-isolated", asked.key, "told of a payout of another tenant");
  }
  // Labels and submit_before may differ in a repetition; what is paid may not.
  if (stored.money != asked.money || stored.method != asked.method ||
      stored.segment_code != asked.segment_code) {
    Fail("other-content-is-refused", asked.key, "told OK for something else than is stored");
  }
  if (!IsCommitted(asked.key, told.revision, told.status)) {
    Fail("commit-before-show", asked.key, "told a status that was never committed");
  }
  if (!outcome.replayed && ++known.told_new > 1) {
    Fail("one-intent-one-id", asked.key, "two callers were told that it is new");
  }
  known.told = true;
}

void Checker::OnRefusedAsContentDiffers(const Intent& asked) {
  const Case& known = cases_[asked.key];
  if (!known.row) return Fail("other-content-is-refused", asked.key, "differs from nothing");
  const Intent& stored = known.row->intent;
  if (stored.tenant == asked.tenant && stored.money == asked.money &&
      stored.method == asked.method && stored.segment_code == asked.segment_code) {
    Fail("other-content-is-refused", asked.key, "the same content was refused as other content");
  }
}

void Checker::OnRefusedAsInvalid(const Intent& asked, bool recovering) {
  const Case& known = cases_[asked.key];
  const bool same = !known.asked.empty() && known.asked.front().tenant == asked.tenant &&
                    known.asked.front().money == asked.money &&
                    known.asked.front().method == asked.method;
  if (recovering && same && known.payments > 0 && !known.foreign) {
    Fail("acknowledged-means-durable", asked.key,
         "refused as if it had never been, and it is paid");
  }
}

void Checker::OnGetTold(const TenantName& tenant, const PayoutKey& key,
                        std::int64_t revision_before,
                        const std::optional<absl::Duration>& max_staleness,
                        const absl::StatusOr<Payout>& told) {
  const Case& known = cases_[key];
  const bool own = known.row && known.row->intent.tenant == tenant;
  if (!told.ok()) {
    if (absl::IsNotFound(told.status()) && own && revision_before > 0) {
      Fail("acknowledged-means-durable", key, "a stored payout was not found");
    }
    return;
  }
  if (!own) return Fail("tenants-isolated", key, "shown to another tenant");
  if (told->revision < revision_before) {
    Fail("reads-are-current", key, "an older revision than was committed before the question");
  }
  if (!IsCommitted(key, told->revision, told->status)) {
    Fail("commit-before-show", key, "shown a status that was never committed");
  }
  const State state = told->status.state;
  const bool open_there = state == State::kOutcomeUnknown || state == State::kProcessing;
  // The wall clock says how old an answer is; it may run slower than the monotonic one.
  if (max_staleness && open_there && !wall_jumped_ &&
      env_.Monotonic() - known.answered_at > *max_staleness * 1.06) {
    Fail("reads-are-current", key, "the platform's last answer is older than the caller allowed");
  }
}

void Checker::OnListTold(const TenantName& tenant, const std::vector<Payout>& told) {
  for (const Payout& payout : told) {
    const PayoutKey& key = payout.intent.key;
    if (payout.intent.tenant != tenant) Fail("tenants-isolated", key, "listed for another tenant");
    if (!IsCommitted(key, payout.revision, payout.status)) {
      Fail("commit-before-show", key, "listed with a status that was never committed");
    }
  }
}

void Checker::OnCancelTold(const TenantName& tenant, const PayoutKey& key,
                           const absl::StatusOr<Payout>& told) {
  const Case& known = cases_[key];
  if (!told.ok()) return;
  if (!known.row || known.row->intent.tenant != tenant) {
    return Fail("tenants-isolated", key, "cancelled by another tenant");
  }
  if (known.row->status.state != State::kCancelled) {
    Fail("acknowledged-means-durable", key, "told CANCELLED, and it is not");
  }
}

void Checker::OnPaused(const MerchantName& merchant) { paused_.insert(merchant); }

void Checker::OnResuming(const MerchantName& merchant) { paused_.erase(merchant); }

void Checker::OnVerdict(const PayoutKey& key, Verdict verdict) {
  Case& known = cases_[key];
  if (verdict == Verdict::kResubmit) ++known.granted;
  if (verdict == Verdict::kAdopt) known.adopted = true;
}

void Checker::OnCallbackTold(const PayoutKey& key, bool genuine, bool accepted) {
  if (!genuine && accepted) Fail("callbacks-need-a-capability", key, "a forged one was accepted");
  Case& known = cases_[key];
  if (known.lost) return;  // Callbacks were parked while there was no row.
  if (genuine && accepted) ++known.hints_told;
  if (known.row && known.row->hint_seq < known.hints_told) {
    Fail("hints-kept", key, "a callback was answered with 200 and is not recorded");
  }
}

}  // namespace payout::simulation
