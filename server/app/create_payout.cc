#include "server/app/create_payout.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/app/wait.h"
#include "server/app/work_loop.h"
#include "server/base/digest.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"
#include "server/domain/decide.h"
#include "server/domain/fingerprint.h"

namespace payout {
namespace {

bool IsReached(WaitMode mode, const Status& status) {
  switch (mode) {
    case WaitMode::kRecorded:
      return true;
    case WaitMode::kAccepted:
      return status.state != State::kQueued && status.state != State::kSubmitting;
    case WaitMode::kSettled:
      return IsSettled(status.state);
  }
  return true;
}

// `payout` as it was when the event was committed.
void Advance(Payout& payout, const Event& event) {
  payout.status = event.status;
  payout.revision = event.revision;
  payout.position = event.position;
  payout.updated_at = event.at;
}

}  // namespace

absl::Status StoreFailed(Core& core, std::string_view operation, const absl::Status& why) {
  core.observer.OnStoreError(operation, ToStd(why.message()));
  return MakeError(absl::StatusCode::kUnavailable,
                   "the store cannot be used now; repeat with the same payout_id",
                   {.reason = Reason::kStoreUnavailable, .retry_after = absl::Seconds(1)});
}

CreatePayout::CreatePayout(Core& core, Feed& feed, const Directory& directory,
                           const Capability& capability, Options options)
    : core_(core),
      feed_(feed),
      directory_(directory),
      capability_(capability),
      options_(std::move(options)),
      fingerprint_key_(HmacSha256(core.store.identity().secret.Reveal(), "fingerprint")) {}

Task<absl::StatusOr<CreateOutcome>> CreatePayout::Run(CreateCommand command) {
  std::vector<Violation> violations = CheckForm(command.draft);
  absl::StatusOr<MerchantDesk*> desk =
      directory_.Resolve(command.tenant, command.draft.merchant, "merchant");
  if (!desk.ok()) violations.push_back(DetailsOf(desk.status())->violations.front());
  if (!violations.empty()) {
    // Whoever has to correct the request learns everything at once.
    const std::vector<Violation> rules = BrokenRules(command);
    violations.insert(violations.end(), rules.begin(), rules.end());
    SortByField(violations);
    co_return InvalidArgument(std::move(violations));
  }

  command.draft.merchant = (*desk)->name().value();
  Intent intent = ToIntent(command.draft, command.tenant);
  const std::string fingerprint = Fingerprint(intent, fingerprint_key_);

  violations = BrokenRules(command);
  const absl::Status admitted =
      violations.empty() ? Admit(**desk) : InvalidArgument(std::move(violations));
  std::optional<Feed::Subscription> changes;  // from before the record on, so that none is missed
  if (command.wait != WaitMode::kRecorded) changes.emplace(feed_, std::vector{intent.key});

  absl::StatusOr<CreateOutcome> outcome;
  if (admitted.ok() && !command.validate_only) {
    outcome = co_await Record(**desk, intent, fingerprint);
  } else {
    // A repeat is answered whatever was configured since, and however long the backlog is.
    outcome = co_await LookUp(intent, fingerprint, admitted);
  }
  PAYOUT_CO_RETURN_IF_ERROR(outcome.status());
  core_.observer.OnCreated(outcome->payout, outcome->replayed);
  if (changes && !command.validate_only) {
    co_await Wait(outcome->payout, command.wait, command.wait_until, *changes);
  }
  co_return outcome;
}

Task<absl::StatusOr<CreateOutcome>> CreatePayout::Record(MerchantDesk& desk, const Intent& intent,
                                                         const std::string& fingerprint) {
  const absl::Time now = core_.env.Now();
  core_.clock.Note(now, core_.env.Monotonic());
  Payout payout = NewPayout(intent, fingerprint,
                            core_.provider.Render(intent, capability_.Url(intent.key)), now);
  // What tells it from the rows of a backup, however the clock was set since the restore.
  const absl::Time restored = core_.store.identity().restored_at.value_or(absl::InfinitePast());
  payout.created_at = std::max(payout.created_at, restored);
  WorkLoop* const loop = desk.creates();
  std::optional<WorkLoop::Place> place = loop == nullptr ? std::nullopt : loop->TryPlace(intent);
  std::optional<RowLease> lease;
  if (place) lease = place->lease();
  PAYOUT_FAIL_POINT("create.insert.before");
  absl::StatusOr<InsertResult> inserted =
      co_await core_.store.Insert(std::move(payout), std::move(lease));
  PAYOUT_FAIL_POINT("create.insert.after");
  if (!inserted.ok() && PAYOUT_BUG(acknowledge_unwritten)) {
    co_return CreateOutcome{NewPayout(intent, fingerprint, {}, now), false};
  }
  if (!inserted.ok()) {
    // It may have been written all the same; and what was there before can be told though nothing
    // can be written now.
    if (place) {
      std::move(*place).GiveUp(NewPayout(intent, fingerprint, {}, now));
    } else {
      desk.Wake(WorkClass::kCreate, now);
    }
    const absl::Status failed = StoreFailed(core_, "insert", inserted.status());
    absl::StatusOr<CreateOutcome> there = co_await LookUp(intent, fingerprint, failed);
    co_return there;
  }
  if (!inserted->inserted) co_return Replay(inserted->payout, intent, fingerprint);
  if (place) {
    std::move(*place).Begin(inserted->payout);
  } else {
    desk.Wake(WorkClass::kCreate, now);
  }
  co_return CreateOutcome{std::move(inserted->payout), false};
}

Task<absl::StatusOr<CreateOutcome>> CreatePayout::LookUp(const Intent& intent,
                                                         const std::string& fingerprint,
                                                         const absl::Status& otherwise) {
  absl::StatusOr<std::optional<Payout>> stored = co_await core_.store.Find(intent.key);
  if (!stored.ok()) co_return StoreFailed(core_, "find", stored.status());
  if (*stored) co_return Replay(**stored, intent, fingerprint);
  PAYOUT_CO_RETURN_IF_ERROR(otherwise);
  Payout payout =
      NewPayout(intent, fingerprint, core_.provider.Render(intent, capability_.Url(intent.key)),
                core_.env.Now());
  payout.revision = 0;
  co_return CreateOutcome{std::move(payout), false};
}

std::vector<Violation> CreatePayout::BrokenRules(const CreateCommand& command) const {
  const Tenant* tenant = directory_.FindTenant(command.tenant);
  // A restored backup may have forgotten a payout that was in time, and paid. It is taken on again,
  // never sent, and the platform is asked (DecideExpiry).
  const bool may_be_late = core_.Recovering() && !PAYOUT_BUG(late_repeat_is_refused);
  return CheckRules(command.draft, options_.currencies, tenant == nullptr ? "" : tenant->id_prefix,
                    may_be_late ? absl::InfinitePast() : core_.env.Now());
}

absl::StatusOr<CreateOutcome> CreatePayout::Replay(const Payout& stored, const Intent& intent,
                                                   const std::string& fingerprint) const {
  if (stored.intent.tenant != intent.tenant && !PAYOUT_BUG(create_across_tenants)) {
    return MakeError(absl::StatusCode::kAlreadyExists, "the payout_id is taken; use another one",
                     Reason::kPayoutIdTaken);
  }
  const std::vector<std::string> fields = DifferingFields(stored.fingerprint, fingerprint);
  if (!fields.empty() && !PAYOUT_BUG(other_content_is_a_repeat)) {
    return MakeError(absl::StatusCode::kAlreadyExists,
                     "the payout_id exists with other content; use a new one for a new payout",
                     {.reason = Reason::kPayoutContentDiffers,
                      .metadata = {{"differing_fields", absl::StrJoin(fields, ",")}}});
  }
  return CreateOutcome{stored, true};
}

absl::Status CreatePayout::Admit(const MerchantDesk& desk) const {
  if (core_.draining) {
    return MakeError(absl::StatusCode::kUnavailable, "the gateway is shutting down; repeat",
                     {.reason = Reason::kServerDraining, .retry_after = absl::Milliseconds(100)});
  }
  if (PAYOUT_BUG(unbounded_queue)) return absl::OkStatus();
  if (desk.BacklogTime() < options_.backlog_max && desk.queued() < options_.queued_max) {
    return absl::OkStatus();
  }
  return MakeError(
      absl::StatusCode::kResourceExhausted,
      "more payouts wait for the platform than the gateway takes on; nothing was stored",
      {.reason = Reason::kBacklogFull, .retry_after = desk.BacklogRetry()});
}

Task<void> CreatePayout::Wait(Payout& payout, WaitMode mode, absl::Duration until,
                              Feed::Subscription& changes) {
  bool in_time = true;
  while (true) {
    // The event may have come before anyone waited for it.
    const EventPtr& event = changes.latest();
    if (event != nullptr && event->revision > payout.revision) Advance(payout, *event);
    if (!in_time || IsReached(mode, payout.status) || core_.draining) co_return;
    in_time = co_await WaitUntil(core_.env, &changes.trigger(), until);
  }
}

}  // namespace payout
