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
  absl::StatusOr<std::optional<Schedule>> schedule = co_await core_.store.RecordHint(key, now);
  PAYOUT_FAIL_POINT("callback.hint.after");
  if (!schedule.ok()) {
    core_.observer.OnStoreError("record_hint", ToStd(schedule.status().message()));
    core_.observer.OnCallback(key.merchant, "not_durable");
    co_return CallbackVerdict::kNotDurable;
  }
  if (!*schedule) {
    // We signed this URL, so we once had the payout.
    core_.observer.OnCallback(key.merchant, "parked");
    core_.observer.OnAlarm(Alarm::kLostRecord, key.merchant, &key);
    co_return CallbackVerdict::kAccepted;
  }
  core_.observer.OnCallback(key.merchant, "recorded");
  desk->NoteHint(key.payout_id);
  // What waits for its create is not read; the create itself is not hastened.
  const bool reads = (*schedule)->work != WorkClass::kCreate && (*schedule)->due_at;
  if (reads) desk->Wake((*schedule)->work, *(*schedule)->due_at);
  co_return CallbackVerdict::kAccepted;
}

}  // namespace payout
