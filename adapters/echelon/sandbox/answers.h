// The JSON bodies that the platform sends (contract, sections 1.1, 2.1, 4.3, 4.5 and 4.7).
//
// Used by: the platform model. Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_ANSWERS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_ANSWERS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/echelon/sandbox/business_rules.h"
#include "adapters/echelon/sandbox/ledger.h"
#include "adapters/echelon/sandbox/settings.h"

namespace payout::sandbox {

// How an answer differs from the truth.
struct AnswerTwist {
  std::optional<std::string> amount;
  std::optional<std::string> id;
  std::optional<std::string> status;
};

std::string BasicErrorBody(std::string_view description);
std::string BusinessErrorsBody(const std::vector<BusinessError>& errors);
// A plausible body for any status code: an array for 406, else an object.
std::string DefaultErrorBody(int http_status);
std::string TokenBody(std::string_view token);
std::string AcceptedBody(const LedgerEntry& entry, const Undocumented& undocumented,
                         const AnswerTwist& twist);
std::string DetailBody(const LedgerEntry& entry, const StatusChange& seen,
                       const Undocumented& undocumented, const AnswerTwist& twist);
std::string CallbackBody(std::string_view id_entity);

// "2021-05-19T10:57:28.313Z"
std::string FormatTimestamp(absl::Time time);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_ANSWERS_H_
