#include "server/app/explain_payout.h"

#include <utility>

#include "server/app/create_payout.h"
#include "server/app/query_payouts.h"
#include "server/base/status_macros.h"

namespace payout {

Task<absl::StatusOr<Explanation>> ExplainPayout::ForTenant(TenantName tenant, std::string merchant,
                                                           std::string payout_id) {
  PAYOUT_CO_RETURN_IF_ERROR(CheckPayoutId(payout_id));
  PAYOUT_CO_ASSIGN_OR_RETURN(MerchantDesk * desk, directory_.Resolve(tenant, merchant, "merchant"));
  PayoutKey key{desk->name(), PayoutId(std::move(payout_id))};
  absl::StatusOr<Explanation> explanation =
      co_await Explain(std::move(key), std::optional<TenantName>(std::move(tenant)));
  co_return explanation;
}

Task<absl::StatusOr<Explanation>> ExplainPayout::ForOperator(PayoutKey key) {
  absl::StatusOr<Explanation> explanation = co_await Explain(std::move(key), std::nullopt);
  co_return explanation;
}

Task<absl::StatusOr<Explanation>> ExplainPayout::Explain(PayoutKey key,
                                                         std::optional<TenantName> tenant) {
  absl::StatusOr<std::optional<PayoutHistory>> found =
      co_await core_.store.History(key, kEventsMax);
  if (!found.ok()) co_return StoreFailed(core_, "history", found.status());
  if (!*found || (tenant && (*found)->payout.intent.tenant != *tenant)) {
    co_return PayoutNotFound(key.payout_id);
  }
  Explanation explanation;
  explanation.history = std::move(**found);
  const Payout& payout = explanation.history.payout;
  explanation.events_left_out =
      payout.revision - static_cast<std::int64_t>(explanation.history.events.size());
  explanation.request = core_.provider.Show(payout);
  Resting resting;
  if (const MerchantDesk* desk = directory_.FindMerchant(key.merchant)) {
    resting = {.by_operator = desk->operator_paused(),
               .by_credentials = desk->paused_until().has_value()};
  }
  explanation.next = NextStepOf(payout, resting, core_.env.Now());
  explanation.marks = MarksOf(payout);
  co_return explanation;
}

}  // namespace payout
