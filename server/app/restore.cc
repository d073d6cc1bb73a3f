#include "server/app/restore.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "server/app/wait.h"
#include "server/base/instrument.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/base/task_scope.h"
#include "server/domain/decide.h"

namespace payout {
namespace {

constexpr int kBatch = 256;  // rows that are written together

struct Batch {
  std::int64_t left = 0;
  std::int64_t changed = 0;
  absl::Status status;
  Trigger done;
};

// Of a merchant that is not configured any more too: it may be again.
std::optional<Decision> Decide(Core& core, const Directory& directory, const Payout& row) {
  if (const MerchantDesk* desk = directory.FindMerchant(row.intent.key.merchant)) {
    return DecideRestored(row, desk->Now(), desk->policy());
  }
  const Moment moment{.now = core.env.Now(),
                      .monotonic = core.env.Monotonic(),
                      .instance = core.instance_number,
                      .recovery = true};
  return DecideRestored(row, moment, Policy());
}

Task<void> Write(Core& core, Payout row, Decision decision, Batch& batch) {
  Change change;
  change.after = std::move(decision.after);
  change.expected_version = row.version;
  change.emits_event = decision.emits_event;
  change.at = change.hint_due_at = core.env.Now();
  absl::StatusOr<Payout> written = co_await core.store.Apply(std::move(change));
  if (written.ok()) {
    ++batch.changed;
    core.observer.OnDecided(*written, row.status.state, decision.rule);
  } else {
    core.observer.OnStoreError("restore", ToStd(written.status().message()));
    batch.status = written.status();
  }
  if (--batch.left == 0) batch.done.Notify();
}

}  // namespace

Task<absl::Status> TakeOverRestored(Core& core, const Directory& directory) {
  if (PAYOUT_BUG(restore_unnoticed)) co_return absl::OkStatus();
  if (!core.store.identity().restored_at) co_return absl::OkStatus();
  std::int64_t changed = 0;
  std::int64_t after = 0;
  for (;;) {
    absl::StatusOr<std::vector<Payout>> rows = co_await core.store.RestoredRows(after, kBatch);
    PAYOUT_CO_RETURN_IF_ERROR(rows.status());
    if (rows->empty()) break;
    after = rows->back().sequence;
    Batch batch;
    TaskScope scope;
    for (Payout& row : *rows) {
      std::optional<Decision> decision = Decide(core, directory, row);
      if (!decision) continue;
      ++batch.left;
      scope.Spawn(Write(core, std::move(row), std::move(*decision), batch));
    }
    while (batch.left > 0) {
      co_await WaitUntil(core.env, &batch.done, absl::InfiniteDuration());
    }
    PAYOUT_CO_RETURN_IF_ERROR(batch.status);
    changed += batch.changed;
  }
  absl::Status finished = co_await core.store.FinishRestore();
  PAYOUT_CO_RETURN_IF_ERROR(finished);
  if (changed > 0 || core.Recovering()) {
    Log(LogLevel::kWarning, "gateway.restored",
        {{"restored_at", absl::FormatTime(*core.store.identity().restored_at, absl::UTCTimeZone())},
         {"asked_about", changed},
         {"recovery", core.Recovering()}});
  }
  co_return absl::OkStatus();
}

}  // namespace payout
