#include "server/app/review_payout.h"

#include <optional>
#include <utility>

#include "server/app/apply_decision.h"
#include "server/app/create_payout.h"
#include "server/app/query_payouts.h"
#include "server/base/status_macros.h"

namespace payout {
namespace {

constexpr int kTries = 5;

OperatorAction ActionOf(const ReviewPayout::Order& order, const Payout& before, const Payout& after,
                        absl::Time now) {
  return {.at = now,
          .operator_name = order.operator_name,
          .verb = OperatorVerb::kReview,
          .merchant = order.key.merchant,
          .payout_id = order.key.payout_id,
          .note = order.note,
          .details = std::string(VerdictName(order.review.verdict)) + ": needs_review " +
                     ReviewNames(before.status.needs_review) + " -> " +
                     ReviewNames(after.status.needs_review) + "; " +
                     std::string(StateName(before.status.state))};
}

}  // namespace

Task<absl::StatusOr<Payout>> ReviewPayout::Run(Order order) {
  MerchantDesk* desk = directory_.FindMerchant(order.key.merchant);
  if (desk == nullptr) {
    co_return absl::NotFoundError("there is no such merchant");
  }
  for (int i = 0; i < kTries; ++i) {
    absl::StatusOr<std::optional<Payout>> found = co_await core_.store.Find(order.key);
    if (!found.ok()) co_return StoreFailed(core_, "find", found.status());
    if (!*found) co_return absl::NotFoundError("that merchant has no payout of that id");
    const Payout before = std::move(**found);
    absl::StatusOr<Decision> decision = DecideReview(before, order.review, desk->Now());
    PAYOUT_CO_RETURN_IF_ERROR(decision.status());
    OperatorAction action = ActionOf(order, before, decision->after, core_.env.Now());
    absl::StatusOr<Payout> written =
        co_await ApplyDecision(*desk, before, *std::move(decision), std::nullopt, action);
    // A call that was under way ended meanwhile; what it found may change the verdict's place.
    if (absl::IsAborted(written.status())) continue;
    if (!written.ok()) co_return StoreFailed(core_, "apply", written.status());
    core_.observer.OnOperatorAction(action);
    co_return written;
  }
  co_return StoreFailed(core_, "apply", absl::AbortedError("the payout kept changing"));
}

}  // namespace payout
