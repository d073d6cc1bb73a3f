#include "client/payoutctl/exit_code.h"

#include <algorithm>
#include <iterator>

namespace payout::payoutctl {

const char kExitCodeHelp[] = R"(Exit codes:
  0    ok
  1    another error
  2    bad usage, or INVALID_ARGUMENT
  3    NOT_FOUND
  4    UNAUTHENTICATED or PERMISSION_DENIED
  5    conflict: ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE
  6    server unreachable, UNAVAILABLE, RESOURCE_EXHAUSTED; nothing was created
  7    create: the outcome is unknown; repeat with the same id, do not pay by other means
  8    waited, and the payout ended FAILED, REFUSED or CANCELLED
  9    waited, and the payout is not settled yet
  130  interrupted)";

ExitCode ExitCodeOf(const client::CallError& error) {
  if (error.outcome_unknown) return kExitUnknown;
  switch (error.code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return kExitUsage;
    case grpc::StatusCode::NOT_FOUND:
      return kExitNotFound;
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return kExitDenied;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::ABORTED:
      return kExitConflict;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return kExitUnavailable;
    default:
      return kExitOther;
  }
}

ExitCode Worse(ExitCode left, ExitCode right) {
  static constexpr ExitCode kBySeverity[] = {
      kExitOk,     kExitNotSettled,  kExitNotPaid, kExitUsage,   kExitNotFound,   kExitConflict,
      kExitDenied, kExitUnavailable, kExitOther,   kExitUnknown, kExitInterrupted};
  const auto rank = [](ExitCode code) {
    return std::find(std::begin(kBySeverity), std::end(kBySeverity), code);
  };
  return rank(left) < rank(right) ? right : left;
}

}  // namespace payout::payoutctl
