// The JSON of the admin API's answers.
//
// Used by: admin.cc. Amounts are strings with decimal text, times RFC 3339 in UTC.
// Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_JSON_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_JSON_H_

#include <string>
#include <vector>

#include "adapters/echelon/sandbox/fault_set.h"
#include "adapters/echelon/sandbox/ledger.h"
#include "adapters/echelon/sandbox/request_log.h"

namespace payout::sandbox {

std::string LedgerJson(const LedgerSnapshot& ledger);
std::string RequestsJson(const RequestLog& log);
std::string SummaryJson(const Ledger& ledger, const RequestLog& log);
std::string FaultsJson(const std::vector<FaultState>& faults);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_ADMIN_JSON_H_
