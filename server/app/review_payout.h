// ReviewPayout: an operator's verdict on a payout that needs review. The one way in which review
// reasons are cleared.
//
// Used by: the admin port. Thread-safety: core loop only.

#ifndef PAYOUT_SERVER_APP_REVIEW_PAYOUT_H_
#define PAYOUT_SERVER_APP_REVIEW_PAYOUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/app/directory.h"
#include "server/base/task.h"
#include "server/domain/decide_review.h"

namespace payout {

class ReviewPayout {
 public:
  ReviewPayout(Core& core, const Directory& directory) : core_(core), directory_(directory) {}

  struct Order {
    PayoutKey key;
    ReviewOrder review;
    std::string operator_name;
    std::string note;
  };
  // The payout after the verdict; event and action were written in the same transaction. NOT_FOUND;
  // INVALID_ARGUMENT and FAILED_PRECONDITION as DecideReview says; UNAVAILABLE: the outcome of the
  // write is unknown, look again.
  Task<absl::StatusOr<Payout>> Run(Order order);

 private:
  Core& core_;
  const Directory& directory_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_REVIEW_PAYOUT_H_
