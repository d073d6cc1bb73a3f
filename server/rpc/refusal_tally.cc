#include "server/rpc/refusal_tally.h"

namespace payout {

void RefusalTally::Count(std::string_view method, std::string_view code) {
  {
    const std::lock_guard lock(counts_->mutex);
    const bool posted = !counts_->since.empty();
    ++counts_->since[{method, code}];
    if (posted) return;
  }
  core_.env.Post([&core = core_, counts = counts_] {
    std::map<Refusal, std::int64_t> told;
    {
      const std::lock_guard lock(counts->mutex);
      told.swap(counts->since);
    }
    for (const auto& [refusal, count] : told) {
      for (std::int64_t i = 0; i < count; ++i) {
        core.observer.OnRpcStarted(refusal.first);
        core.observer.OnRpcHandled(refusal.first, refusal.second, absl::ZeroDuration());
      }
    }
  });
}

}  // namespace payout
