#include "server/app/create_payout.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/app/wait.h"
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

  // What is stored is looked up before anything that may have been configured differently when it
  // was stored.
  absl::StatusOr<std::optional<Payout>> stored = co_await core_.store.Find(intent.key);
  if (!stored.ok()) co_return StoreFailed(core_, "find", stored.status());
  CreateOutcome outcome;
  if (*stored) {
    absl::StatusOr<CreateOutcome> replayed = Replay(**stored, intent, fingerprint);
    PAYOUT_CO_RETURN_IF_ERROR(replayed.status());
    outcome = std::move(*replayed);
  } else {
    const absl::Time now = core_.env.Now();
    violations = BrokenRules(command);
    if (!violations.empty()) co_return InvalidArgument(std::move(violations));
    PAYOUT_CO_RETURN_IF_ERROR(Admit(**desk));

    RenderedRequest rendered = core_.provider.Render(intent, capability_.Url(intent.key));
    Payout payout = NewPayout(intent, fingerprint, std::move(rendered), now);
    if (command.validate_only) {
      payout.revision = 0;
      co_return CreateOutcome{std::move(payout), false};
    }
    PAYOUT_FAIL_POINT("create.insert.before");
    absl::StatusOr<InsertResult> inserted = co_await core_.store.Insert(std::move(payout));
    PAYOUT_FAIL_POINT("create.insert.after");
    if (!inserted.ok() && PAYOUT_BUG(acknowledge_unwritten)) {
      co_return CreateOutcome{NewPayout(intent, fingerprint, {}, now), false};
    }
    if (!inserted.ok()) co_return StoreFailed(core_, "insert", inserted.status());
    if (inserted->inserted) {
      (*desk)->Wake(WorkClass::kCreate, now);
      outcome = {std::move(inserted->payout), false};
    } else {
      absl::StatusOr<CreateOutcome> replayed = Replay(inserted->payout, intent, fingerprint);
      PAYOUT_CO_RETURN_IF_ERROR(replayed.status());
      outcome = std::move(*replayed);
    }
  }
  core_.observer.OnCreated(outcome.payout, outcome.replayed);
  if (command.validate_only || IsReached(command.wait, outcome.payout.status)) co_return outcome;

  absl::StatusOr<Payout> waited =
      co_await Wait(std::move(outcome.payout), command.wait, command.wait_until);
  PAYOUT_CO_RETURN_IF_ERROR(waited.status());
  outcome.payout = std::move(*waited);
  co_return outcome;
}

std::vector<Violation> CreatePayout::BrokenRules(const CreateCommand& command) const {
  const Tenant* tenant = directory_.FindTenant(command.tenant);
  return CheckRules(command.draft, options_.currencies, tenant == nullptr ? "" : tenant->id_prefix,
                    core_.env.Now());
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

Task<absl::StatusOr<Payout>> CreatePayout::Wait(Payout payout, WaitMode mode,
                                                absl::Duration until) {
  const PayoutKey key = payout.intent.key;
  Feed::Subscription subscription(feed_, std::vector{key});
  // The state may have changed between the write and the subscription.
  for (;;) {
    absl::StatusOr<std::optional<Payout>> now = co_await core_.store.Find(key);
    // Durable already: the caller gets what is known, even if the store fails now.
    if (now.ok() && *now) payout = std::move(**now);
    if (IsReached(mode, payout.status) || core_.draining) co_return payout;
    // Look again only when an event says that waiting is over, or when time is. The event may have
    // come while the store was asked.
    while (subscription.latest() == nullptr || !IsReached(mode, subscription.latest()->status)) {
      const bool fired = co_await WaitUntil(core_.env, &subscription.trigger(), until);
      if (fired && !core_.draining) continue;
      absl::StatusOr<std::optional<Payout>> last = co_await core_.store.Find(key);
      if (last.ok() && *last) payout = std::move(**last);
      co_return payout;
    }
  }
}

}  // namespace payout
