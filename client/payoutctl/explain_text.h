// An explanation as text: what is next, what was sent, and everything that happened in order of
// time.
//
// Used by: explain with -o text. Pure.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_EXPLAIN_TEXT_H_
#define PAYOUT_CLIENT_PAYOUTCTL_EXPLAIN_TEXT_H_

#include <string>

#include "payout/v1/explanation.pb.h"

namespace payout::payoutctl {

std::string DescribeExplanation(const v1::ExplainPayoutResponse& explanation, bool colored);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_EXPLAIN_TEXT_H_
