// What operators are told, as JSON.
//
// Used by: operator_api. Pure. Times are RFC 3339, UTC; a merchant that is null means all.

#ifndef PAYOUT_ADAPTERS_ADMIN_OPERATOR_JSON_H_
#define PAYOUT_ADAPTERS_ADMIN_OPERATOR_JSON_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/app/directory.h"
#include "server/domain/operator_action.h"

namespace payout::admin {

// {"action": {...}}
std::string ActionJson(const OperatorAction& action);

// {"actions": [{...}, ...]}
std::string ActionsJson(const std::vector<OperatorAction>& actions);

// {"payout": {...}}: its key, state, revision and what still needs review.
std::string ReviewedJson(const Payout& payout);

// {"switches": [...], "merchants": [...]}
std::string StatusJson(const std::map<MerchantName, PauseSwitch>& switches,
                       const Directory& directory, const std::vector<MerchantCounts>& open,
                       const std::vector<ReviewCount>& review, absl::Duration monotonic);

// {"tenant": ..., "explanation": `explanation`, "actions": [...]}; `explanation` is JSON.
std::string PayoutJson(const Payout& payout, const std::string& explanation,
                       const std::vector<OperatorAction>& actions);

// {"error": message, "reason": code}
std::string ErrorJson(const absl::Status& status);

}  // namespace payout::admin

#endif  // PAYOUT_ADAPTERS_ADMIN_OPERATOR_JSON_H_
