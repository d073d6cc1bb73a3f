#include "server/app/accept_callback.h"

#include <utility>

#include "server/base/instrument.h"
#include "server/base/status_macros.h"

namespace payout {

Task<CallbackVerdict> AcceptCallback::Handle(CallbackCall call) {
  const PayoutKey key{MerchantName(std::move(call.merchant)), PayoutId(std::move(call.payout_id))};
  MerchantDesk* desk = directory_.FindMerchant(key.merchant);
  const bool valid = capability_.Check(key, call.key_id, call.mac) || PAYOUT_BUG(accept_forged);
  if (desk == nullptr || !valid) {
    // The merchant is attacker's text here and must not become a label.
    core_.observer.OnCallback(MerchantName(), "wrong_capability");
    co_return CallbackVerdict::kWrongCapability;
  }
  const absl::Time now = core_.env.Now();
  if (PAYOUT_BUG(drop_hint)) co_return CallbackVerdict::kAccepted;
  PAYOUT_FAIL_POINT("callback.hint.before");
  absl::StatusOr<HintOutcome> outcome = co_await core_.store.RecordHint(key, now);
  PAYOUT_FAIL_POINT("callback.hint.after");
  if (!outcome.ok()) {
    core_.observer.OnStoreError("record_hint", ToStd(outcome.status().message()));
    core_.observer.OnCallback(key.merchant, "not_durable");
    co_return CallbackVerdict::kNotDurable;
  }
  if (*outcome == HintOutcome::kParked) {
    // We signed this URL, so we once had the payout.
    core_.observer.OnCallback(key.merchant, "parked");
    core_.observer.OnAlarm(Alarm::kLostRecord, key.merchant, &key);
    co_return CallbackVerdict::kAccepted;
  }
  core_.observer.OnCallback(key.merchant, "recorded");
  desk->NoteHint(key.payout_id);
  for (const WorkClass work : {WorkClass::kHint, WorkClass::kResolve, WorkClass::kAudit}) {
    desk->Wake(work, now);
  }
  co_return CallbackVerdict::kAccepted;
}

}  // namespace payout
