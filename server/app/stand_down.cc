#include "server/app/stand_down.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/app/apply_decision.h"
#include "server/domain/decide.h"

namespace payout {
namespace {

constexpr absl::Duration kRestMin = absl::Seconds(1);

}  // namespace

Task<void> GiveBack(MerchantDesk& desk, const Payout& payout) {
  Core& core = desk.core();
  const absl::Status released = co_await core.store.Release(payout.intent.key, core.instance);
  if (absl::IsUnavailable(released)) desk.NoteUnwritten(payout.intent.key.payout_id);
}

Task<void> StandDown(MerchantDesk& desk, const Payout& payout, WorkClass work, Call call) {
  Core& core = desk.core();
  if (work == WorkClass::kCallerRead) co_return;
  if (core.draining || work == WorkClass::kCreate) {
    co_await GiveBack(desk, payout);
    co_return;
  }
  const absl::Duration now = core.env.Monotonic();
  const absl::Duration until = std::max(desk.BreakerRest(call).value_or(now), now + kRestMin);
  Decision rest = DecideRest(payout, core.env.Now() + (until - now));
  [[maybe_unused]] const absl::StatusOr<Payout> written =
      co_await ApplyDecision(desk, payout, std::move(rest), std::nullopt);
}

}  // namespace payout
