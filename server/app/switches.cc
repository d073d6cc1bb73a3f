#include "server/app/switches.h"

#include <utility>
#include <vector>

#include "server/app/create_payout.h"
#include "server/base/instrument.h"
#include "server/base/status_macros.h"

namespace payout {
namespace {

std::string_view Word(bool paused) { return paused ? "paused" : "running"; }

}  // namespace

Task<absl::Status> Switches::Load() {
  absl::StatusOr<std::vector<PauseSwitch>> stored = co_await core_.store.Switches();
  PAYOUT_CO_RETURN_IF_ERROR(stored.status());
  for (PauseSwitch& value : *stored) {
    const MerchantName merchant = value.merchant;
    switches_[merchant] = std::move(value);
  }
  if (!PAYOUT_BUG(pause_forgotten)) MakeEffective();
  co_return absl::OkStatus();
}

Task<absl::StatusOr<OperatorAction>> Switches::Set(Order order) {
  const bool all = order.merchant.empty();
  // A merchant that is configured no more may still have a switch, which someone may want to undo.
  if (!all && directory_.FindMerchant(order.merchant) == nullptr &&
      !switches_.contains(order.merchant)) {
    co_return absl::NotFoundError("there is no such merchant");
  }
  // Two at once could become durable in one order and effective in the other.
  if (setting_) co_return absl::AbortedError("another switch is being set; repeat");

  const absl::Time now = core_.env.Now();
  PauseSwitch value{.merchant = order.merchant,
                    .paused = order.paused,
                    .at = now,
                    .operator_name = order.operator_name,
                    .note = order.note};
  OperatorAction action{.at = now,
                        .operator_name = std::move(order.operator_name),
                        .verb = order.paused ? OperatorVerb::kPause : OperatorVerb::kResume,
                        .merchant = order.merchant,
                        .note = std::move(order.note)};
  action.details = "submission of " + (all ? "all merchants" : order.merchant.value()) + ": " +
                   std::string(Word(IsPaused(order.merchant))) + " -> " +
                   std::string(Word(order.paused));
  setting_ = true;
  absl::StatusOr<OperatorAction> written = co_await core_.store.SetSwitch(value, std::move(action));
  setting_ = false;
  if (!written.ok()) co_return StoreFailed(core_, "set_switch", written.status());
  switches_[value.merchant] = value;
  MakeEffective();
  core_.observer.OnOperatorAction(*written);
  co_return written;
}

bool Switches::IsPaused(const MerchantName& merchant) const {
  const auto found = switches_.find(merchant);
  return found != switches_.end() && found->second.paused;
}

void Switches::MakeEffective() {
  const bool all = IsPaused(MerchantName());
  for (const auto& [name, desk] : directory_.merchants()) {
    desk->SetOperatorPause(all || IsPaused(name));
  }
}

}  // namespace payout
