#include "server/app/gateway.h"

#include <algorithm>
#include <utility>

#include "server/app/restore.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"

namespace payout {

Task<absl::Status> Gateway::Start() {
  absl::StatusOr<int> recovered = co_await core_.store.Recover(core_.instance, core_.env.Now());
  PAYOUT_CO_RETURN_IF_ERROR(recovered.status());
  PAYOUT_FAIL_POINT("gateway.recovered");
  absl::Status switched = co_await switches_.Load();
  PAYOUT_CO_RETURN_IF_ERROR(switched);
  // Before anything is sent, told or taken.
  absl::Status taken_over = co_await TakeOverRestored(core_, directory_);
  PAYOUT_CO_RETURN_IF_ERROR(taken_over);
  absl::Status fed = co_await feed_.Start();
  PAYOUT_CO_RETURN_IF_ERROR(fed);

  absl::StatusOr<std::vector<MerchantCounts>> open = co_await core_.store.CountOpen();
  PAYOUT_CO_RETURN_IF_ERROR(open.status());
  std::int64_t open_count = 0;
  for (const MerchantCounts& counts : *open) {
    open_count += counts.count;
    MerchantDesk* desk = directory_.FindMerchant(counts.merchant);
    if (desk == nullptr) {
      Log(LogLevel::kError, "merchant.unconfigured",
          {{"merchant", counts.merchant.value()},
           {"state", StateName(counts.state)},
           {"payouts", counts.count}});
      continue;
    }
    if (counts.state == State::kQueued) desk->CountQueued(counts.count);
  }
  Log(LogLevel::kInfo, "gateway.recovered",
      {{"leases_ended", *recovered}, {"open_payouts", open_count}});
  feed_.OnEvent([this](const Event& event) { Count(event); });

  for (const auto& [name, desk] : directory_.merchants()) {
    for (const WorkClass work : kAllWorkClasses) {
      if (work == WorkClass::kCallerRead) continue;  // Callers bring their own.
      loops_.push_back(std::make_unique<WorkLoop>(*desk, work));
      scope_.Spawn(loops_.back()->Run());
    }
  }
  co_return absl::OkStatus();
}

void Gateway::Count(const Event& event) {
  MerchantDesk* desk = directory_.FindMerchant(event.key.merchant);
  if (desk == nullptr) return;
  const int was = event.previous_state == State::kQueued ? 1 : 0;
  const int is = event.status.state == State::kQueued ? 1 : 0;
  if (is != was) desk->CountQueued(is - was);
}

void Gateway::Drain() {
  core_.draining = true;
  for (const std::unique_ptr<WorkLoop>& loop : loops_) loop->StopTaking();
  feed_.WakeAll();
}

bool Gateway::idle() const {
  return std::ranges::all_of(directory_.merchants(),
                             [](const auto& merchant) { return merchant.second->busy() == 0; });
}

}  // namespace payout
