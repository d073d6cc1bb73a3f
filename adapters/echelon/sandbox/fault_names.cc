// The table of fault actions: name, where it applies, which parameters it takes.
#include <array>

#include "adapters/echelon/sandbox/faults.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {
namespace {

constexpr unsigned kT = 1, kC = 2, kR = 4, kB = 8;  // token, create, read, callback
constexpr unsigned kCodes = 1, kHttpStatus = 2, kStatusText = 4, kReason = 8, kTime = 16,
                   kBody = 32, kSize = 64, kCopies = 128, kIdEntity = 256;

struct Row {
  FaultAction action;
  std::string_view name;
  unsigned operations;
  unsigned required;
  unsigned allowed;  // besides the required ones
  bool decides_answer;
};

constexpr std::array<Row, 24> kRows = {{
    {FaultAction::kSettleAs, "settle_as", kC, kStatusText, kReason | kTime, false},
    {FaultAction::kStatusFlip, "status_flip", kC, kTime, kStatusText | kReason, false},
    {FaultAction::kDelay, "delay", kT | kC | kR, kTime, 0, false},
    {FaultAction::kDelayAnswer, "delay_answer", kT | kC | kR, kTime, 0, false},
    {FaultAction::kReadLag, "read_lag", kR, kTime, 0, false},
    {FaultAction::kRefuse, "refuse", kT | kC | kR, kCodes, 0, true},
    {FaultAction::kStatus, "status", kT | kC | kR, kHttpStatus, kBody, true},
    {FaultAction::kRateLimit, "rate_limit", kT | kC | kR, 0, kTime, true},
    {FaultAction::kExpireToken, "expire_token", kT | kC | kR, 0, 0, true},
    {FaultAction::kDropBeforeApply, "drop_before_apply", kT | kC | kR, 0, 0, true},
    {FaultAction::kResetBeforeApply, "reset_before_apply", kT | kC | kR, 0, 0, true},
    {FaultAction::kStatusAfterApply, "status_after_apply", kT | kC | kR, kHttpStatus, kBody, true},
    {FaultAction::kDropAfterApply, "drop_after_apply", kT | kC | kR, 0, 0, true},
    {FaultAction::kResetAfterApply, "reset_after_apply", kT | kC | kR, 0, 0, true},
    {FaultAction::kGarbageBody, "garbage_body", kT | kC | kR, 0, kBody, true},
    {FaultAction::kTruncatedBody, "truncated_body", kT | kC | kR, 0, 0, true},
    {FaultAction::kOversizedBody, "oversized_body", kT | kC | kR, 0, kSize, true},
    {FaultAction::kWrongAmount, "wrong_amount", kC | kR, 0, 0, true},
    {FaultAction::kWrongId, "wrong_id", kC | kR, 0, kIdEntity, true},
    {FaultAction::kUnknownStatus, "unknown_status", kR, 0, kStatusText, true},
    {FaultAction::kCallbackLost, "callback_lost", kB, 0, 0, true},
    {FaultAction::kCallbackLate, "callback_late", kB, kTime, 0, true},
    {FaultAction::kCallbackDuplicate, "callback_duplicate", kB, 0, kCopies, true},
    {FaultAction::kCallbackForged, "callback_forged", kB, 0, kIdEntity, true},
}};

const Row& RowOf(FaultAction action) {
  for (const Row& row : kRows) {
    if (row.action == action) return row;
  }
  return kRows[0];  // Unreachable: the test walks through all names.
}

unsigned Bit(Operation operation) {
  switch (operation) {
    case Operation::kToken:
      return kT;
    case Operation::kCreate:
      return kC;
    case Operation::kRead:
      return kR;
    case Operation::kCallback:
      return kB;
  }
  return 0;
}

unsigned GivenParameters(const Fault& fault) {
  unsigned given = 0;
  if (!fault.codes.empty()) given |= kCodes;
  if (fault.http_status) given |= kHttpStatus;
  if (!fault.status.empty()) given |= kStatusText;
  if (!fault.failure_reason.empty()) given |= kReason;
  if (fault.delay) given |= kTime;
  if (fault.body) given |= kBody;
  if (fault.size) given |= kSize;
  if (fault.copies) given |= kCopies;
  if (!fault.id_entity.empty()) given |= kIdEntity;
  return given;
}

std::string_view ParameterName(unsigned bit) {
  constexpr std::array<std::string_view, 9> kNames = {"codes",          "http_status", "status",
                                                      "failure_reason", "delay",       "body",
                                                      "size",           "copies",      "id_entity"};
  std::size_t i = 0;
  while (i + 1 < kNames.size() && (bit >> i) != 1) ++i;
  return kNames[i];
}

absl::Status Bad(std::string_view action, std::string_view what, std::string_view why) {
  std::string message(what);
  message += " ";
  message += why;
  message += " (action ";
  message += action;
  message += ")";
  return absl::InvalidArgumentError(message);
}

absl::Status CheckParameters(const Fault& fault, const Row& row) {
  const unsigned given = GivenParameters(fault);
  for (unsigned bit = kCodes; bit <= kIdEntity; bit <<= 1U) {
    if ((row.required & bit) != 0 && (given & bit) == 0) {
      return Bad(row.name, ParameterName(bit), "is needed");
    }
    if (((row.required | row.allowed) & bit) == 0 && (given & bit) != 0) {
      return Bad(row.name, ParameterName(bit), "has no meaning here");
    }
  }
  if (fault.http_status && (*fault.http_status < 200 || *fault.http_status > 599)) {
    return Bad(row.name, "http_status", "must be between 200 and 599");
  }
  if (fault.size && (*fault.size < 1 || *fault.size > (64 << 20))) {
    return Bad(row.name, "size", "must be between 1 and 67108864 bytes");
  }
  if (fault.copies && (*fault.copies < 1 || *fault.copies > 100)) {
    return Bad(row.name, "copies", "must be between 1 and 100");
  }
  if (fault.delay && *fault.delay < absl::ZeroDuration()) {
    return Bad(row.name, "delay", "must not be negative");
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kToken:
      return "token";
    case Operation::kCreate:
      return "create";
    case Operation::kRead:
      return "read";
    case Operation::kCallback:
      return "callback";
  }
  return "";
}

std::optional<Operation> ParseOperation(std::string_view name) {
  for (const Operation operation :
       {Operation::kToken, Operation::kCreate, Operation::kRead, Operation::kCallback}) {
    if (OperationName(operation) == name) return operation;
  }
  return std::nullopt;
}

std::string_view FaultActionName(FaultAction action) { return RowOf(action).name; }

std::optional<FaultAction> ParseFaultAction(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.action;
  }
  return std::nullopt;
}

bool DecidesAnswer(FaultAction action) { return RowOf(action).decides_answer; }

absl::Status ValidateFault(const Fault& fault) {
  const Row& row = RowOf(fault.action);
  if ((row.operations & Bit(fault.on)) == 0) {
    return Bad(row.name, "on", "names an operation that this action does not apply to");
  }
  if (!fault.amount.empty() && !Decimal::Parse(fault.amount)) {
    return Bad(row.name, "amount", "must be decimal text such as \"42.05\"");
  }
  if (fault.nth && fault.first) return Bad(row.name, "nth", "cannot be given with first");
  if ((fault.nth && *fault.nth < 1) || (fault.first && *fault.first < 1)) {
    return Bad(row.name, "nth and first", "count from 1");
  }
  if (fault.per_payout && !fault.nth && !fault.first) {
    return Bad(row.name, "per_payout", "needs nth or first");
  }
  if (fault.probability && !(*fault.probability >= 0 && *fault.probability <= 1)) {
    return Bad(row.name, "probability", "must be between 0 and 1");
  }
  return CheckParameters(fault, row);
}

}  // namespace payout::sandbox
