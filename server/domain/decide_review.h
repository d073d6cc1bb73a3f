// The decision about an operator's verdict on a payout that needs review. Pure.
//
// Used by: review_payout. Nothing else ever clears a review reason.
//
//   acknowledge  clears the named reasons. One whose cause persists comes back with the next read.
//   resubmit     for RESUBMIT_NOT_ALLOWED: one more create, after absence has settled once more,
//                whatever `resubmit`, `resubmits_max` and `resubmit_window` say. Never for a payout
//                that the platform ever acknowledged, and never after submit_before.
//   adopt        for ID_USED_ELSEWHERE: the payout that the platform has is ours. Amount, currency,
//                method and segment must still match at the next read; only its age does not count.

#ifndef PAYOUT_SERVER_DOMAIN_DECIDE_REVIEW_H_
#define PAYOUT_SERVER_DOMAIN_DECIDE_REVIEW_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/domain/decide.h"

namespace payout {

enum class Verdict { kAcknowledge, kResubmit, kAdopt };
std::string_view VerdictName(Verdict verdict);  // "acknowledge"
std::optional<Verdict> ParseVerdict(std::string_view name);
std::optional<Review> ParseReview(std::string_view name);  // of ReviewName

struct ReviewOrder {
  Verdict verdict = Verdict::kAcknowledge;
  std::set<Review> reasons;  // to clear; empty: all that the verdict fits
};

// The row without the reasons, a read of it due. INVALID_ARGUMENT: the verdict does not fit the
// reasons named. FAILED_PRECONDITION: it does not fit the payout; the message says why, for people.
absl::StatusOr<Decision> DecideReview(const Payout& before, const ReviewOrder& order,
                                      const Moment& moment);

// "RESUBMIT_NOT_ALLOWED, CORRECTED", or "none".
std::string ReviewNames(const std::set<Review>& reasons);

}  // namespace payout

#endif  // PAYOUT_SERVER_DOMAIN_DECIDE_REVIEW_H_
