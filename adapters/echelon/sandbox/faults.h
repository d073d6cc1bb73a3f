// Fault: one planned misbehaviour, "when a request looks like this, do that".
//
// Used by: scenario files, the admin API, tests. README.md beside this file lists actions and
// parameters; fault_names.cc holds the table that decides which go together.
// Thread-safety: values.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULTS_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace payout::sandbox {

enum class Operation { kToken, kCreate, kRead, kCallback };

enum class FaultAction {
  // Change the way of a payout; combine with everything.
  kSettleAs,
  kStatusFlip,
  // Time; combine with everything and add up.
  kDelay,
  kDelayAnswer,
  kReadLag,
  // Instead of applying the request.
  kRefuse,
  kStatus,
  kRateLimit,
  kExpireToken,
  kDropBeforeApply,
  kResetBeforeApply,
  // The request is applied, the answer is spoilt.
  kStatusAfterApply,
  kDropAfterApply,
  kResetAfterApply,
  kGarbageBody,
  kTruncatedBody,
  kOversizedBody,
  kWrongAmount,
  kWrongId,
  kUnknownStatus,
  // Callbacks.
  kCallbackLost,
  kCallbackLate,
  kCallbackDuplicate,
  kCallbackForged,
};

struct Fault {
  // Matcher: all given conditions hold.
  Operation on = Operation::kCreate;
  std::string id = "*";               // glob over the payout id: * and ?
  std::string amount;                 // decimal text, compared by value; empty = any
  std::optional<std::int64_t> nth;    // only the nth match, from 1
  std::optional<std::int64_t> first;  // only the first N matches
  bool per_payout = false;            // nth and first count each payout on its own
  std::optional<double> probability;  // of acting on a match; drawn from the seed

  FaultAction action = FaultAction::kStatus;

  // Parameters; which are allowed and needed depends on the action.
  std::vector<std::string> codes;       // refuse
  std::optional<int> http_status;       // status, status_after_apply
  std::string status;                   // settle_as, status_flip, unknown_status
  std::string failure_reason;           // settle_as, status_flip
  std::optional<absl::Duration> delay;  // delays, lags, bursts
  std::optional<std::string> body;      // status, status_after_apply, garbage_body
  std::optional<std::int64_t> size;     // oversized_body, bytes
  std::optional<std::int64_t> copies;   // callback_duplicate: extra ones
  std::string id_entity;                // wrong_id, callback_forged
  std::string name;                     // for people; shown in logs beside the action
};

std::string_view OperationName(Operation operation);
std::optional<Operation> ParseOperation(std::string_view name);
std::string_view FaultActionName(FaultAction action);
std::optional<FaultAction> ParseFaultAction(std::string_view name);

// Spoils or replaces the answer: at most one of these acts on a request, the first that matches.
bool DecidesAnswer(FaultAction action);

// InvalidArgument when operation, action and parameters do not go together.
absl::Status ValidateFault(const Fault& fault);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_FAULTS_H_
