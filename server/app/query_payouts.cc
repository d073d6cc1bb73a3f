#include "server/app/query_payouts.h"

#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/create_payout.h"
#include "server/app/track_status.h"
#include "server/app/wait.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"
#include "server/domain/decide.h"
#include "server/domain/reason.h"
#include "server/domain/validate.h"

namespace payout {
namespace {

constexpr int kCancelTries = 5;

// Is there anything that the platform could tell, and did it answer too long ago?
bool IsStale(const Payout& payout, absl::Duration max_staleness, absl::Time now) {
  const State state = payout.status.state;
  const bool open_at_platform = state == State::kOutcomeUnknown || state == State::kProcessing;
  return open_at_platform && !WasToldWithin(payout, max_staleness, now);
}

// A payout of somebody else is as good as none.
absl::StatusOr<Payout> OnlyOwn(std::optional<Payout> found, const TenantName& tenant,
                               const PayoutKey& key) {
  const bool any_tenant = PAYOUT_BUG(get_across_tenants);
  if (!found || (found->intent.tenant != tenant && !any_tenant)) {
    return PayoutNotFound(key.payout_id);
  }
  return *std::move(found);
}

}  // namespace

absl::Status CheckPayoutId(const std::string& payout_id) {
  if (IsPayoutId(payout_id)) return absl::OkStatus();
  return InvalidArgument(
      {{"payout_id", Reason::kPayoutIdInvalid, "must have 1 to 250 letters, digits, _ or -"}});
}

absl::Status PayoutNotFound(const PayoutId& payout_id) {
  return MakeError(
      absl::StatusCode::kNotFound, "you have no payout of that id at that merchant",
      {.reason = Reason::kPayoutNotFound, .metadata = {{"payout_id", payout_id.value()}}});
}

Task<absl::StatusOr<Payout>> QueryPayouts::FindOwn(TenantName tenant, PayoutKey key) {
  absl::StatusOr<std::optional<Payout>> found = co_await core_.store.Find(key);
  if (!found.ok()) co_return StoreFailed(core_, "find", found.status());
  co_return OnlyOwn(*std::move(found), tenant, key);
}

absl::StatusOr<MerchantDesk*> QueryPayouts::Resolve(const TenantName& tenant,
                                                    const std::string& merchant,
                                                    const std::string& payout_id) const {
  PAYOUT_RETURN_IF_ERROR(CheckPayoutId(payout_id));
  return directory_.Resolve(tenant, merchant, "merchant");
}

std::optional<absl::StatusOr<Payout>> QueryPayouts::GetAtOnce(const TenantName& tenant,
                                                              const std::string& merchant,
                                                              std::string payout_id) const {
  PayoutReader* const reader = core_.store.reader();
  if (reader == nullptr) return std::nullopt;
  const absl::StatusOr<MerchantDesk*> desk = Resolve(tenant, merchant, payout_id);
  if (!desk.ok()) return desk.status();
  const PayoutKey key{(*desk)->name(), PayoutId(std::move(payout_id))};
  absl::StatusOr<std::optional<Payout>> found = reader->Find(key);
  if (!found.ok()) return std::nullopt;
  return OnlyOwn(*std::move(found), tenant, key);
}

Task<absl::StatusOr<Payout>> QueryPayouts::Get(TenantName tenant, std::string merchant,
                                               std::string payout_id,
                                               std::optional<absl::Duration> max_staleness,
                                               absl::Duration wait_until) {
  PAYOUT_CO_ASSIGN_OR_RETURN(MerchantDesk * desk, Resolve(tenant, merchant, payout_id));
  const PayoutKey key{desk->name(), PayoutId(std::move(payout_id))};
  for (;;) {
    absl::StatusOr<Payout> payout = co_await FindOwn(tenant, key);
    if (!payout.ok() || !max_staleness || !IsStale(*payout, *max_staleness, core_.env.Now())) {
      co_return payout;
    }
    if (std::optional<MerchantDesk::Hold> hold = desk->TryHold(key.payout_id)) {
      // The row may have changed while the hold was obtained; nothing suspends in between.
      const bool answered =
          co_await TrackStatus(*desk, std::move(*payout), WorkClass::kCallerRead, wait_until);
      if (answered) continue;
      break;
    }
    const std::shared_ptr<Trigger> held = desk->HeldTrigger(key.payout_id);
    const bool dropped = co_await WaitUntil(core_.env, held.get(), wait_until);
    if (!dropped) break;
  }
  co_return MakeError(absl::StatusCode::kUnavailable,
                      "the platform could not be asked; read without max_staleness",
                      {.reason = Reason::kPlatformReadFailed, .retry_after = absl::Seconds(5)});
}

Task<absl::StatusOr<std::vector<Payout>>> QueryPayouts::List(ListQuery query) {
  absl::StatusOr<std::vector<Payout>> page = co_await core_.store.List(std::move(query));
  if (!page.ok()) co_return StoreFailed(core_, "list", page.status());
  co_return page;
}

Task<absl::StatusOr<Payout>> QueryPayouts::Cancel(TenantName tenant, std::string merchant,
                                                  std::string payout_id) {
  PAYOUT_CO_ASSIGN_OR_RETURN(MerchantDesk * desk, Resolve(tenant, merchant, payout_id));
  const PayoutKey key{desk->name(), PayoutId(std::move(payout_id))};
  for (int i = 0; i < kCancelTries; ++i) {
    absl::StatusOr<Payout> payout = co_await FindOwn(tenant, key);
    if (!payout.ok() || payout->status.state == State::kCancelled) co_return payout;
    std::optional<Decision> decision = DecideCancel(*payout, desk->Now());
    if (!decision) {
      co_return MakeError(absl::StatusCode::kFailedPrecondition,
                          "the payout was sent or perhaps sent and can no longer be cancelled",
                          {.reason = Reason::kNotCancellable,
                           .metadata = {{"payout_id", key.payout_id.value()},
                                        {"state", std::string(StateName(payout->status.state))}}});
    }
    absl::StatusOr<Payout> cancelled =
        co_await ApplyDecision(*desk, *payout, std::move(*decision), std::nullopt);
    // A submitter that claimed it first wins; look again.
    if (absl::IsAborted(cancelled.status())) continue;
    if (!cancelled.ok()) co_return StoreFailed(core_, "apply", cancelled.status());
    co_return cancelled;
  }
  co_return StoreFailed(core_, "apply", absl::AbortedError("the payout kept changing"));
}

}  // namespace payout
