// Payouts as text for people.
//
// Used by: all commands with -o text. Pure.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_TEXT_H_
#define PAYOUT_CLIENT_PAYOUTCTL_TEXT_H_

#include <optional>
#include <string>
#include <vector>

#include "client/payoutctl/table.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::payoutctl {

bool IsSettled(v1::PayoutState state);
// FAILED, REFUSED or CANCELLED.
bool IsNotPaid(v1::PayoutState state);

// "PROCESSING"; the number for states that this version does not know.
std::string StateName(v1::PayoutState state);
Ink StateInk(v1::PayoutState state);
// One sentence for a newcomer.
std::string StateMeaning(v1::PayoutState state);

// "processing", "PROCESSING" or "PAYOUT_STATE_PROCESSING". Absent when there is no such state.
std::optional<v1::PayoutState> ParseState(const std::string& text);
// "queued, submitting, ...".
std::string StateList();

// All that is known of a payout, one line per fact.
std::string DescribePayout(const v1::Payout& payout, bool colored);

// The columns of `list`, and a payout in them.
std::vector<Cell> ListHeader();
std::vector<Cell> ListRow(const v1::Payout& payout);

// One line of `watch`, without a line break.
std::string DescribeEvent(const v1::PayoutEvent& event, bool colored);
std::string DescribeSnapshot(const v1::Payout& payout, bool colored);

// Why it was not paid, what to look at, in one line; empty when there is nothing to say.
std::string Remarks(const v1::Payout& payout);

// What to do about OUTCOME_UNKNOWN, for stderr.
extern const char kOutcomeUnknownAdvice[];

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_TEXT_H_
