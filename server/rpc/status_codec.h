// absl::Status of the core to grpc::Status of the wire: the only place that knows both.
//
// Used by: server/rpc. Pure.

#ifndef PAYOUT_SERVER_RPC_STATUS_CODEC_H_
#define PAYOUT_SERVER_RPC_STATUS_CODEC_H_

#include <optional>
#include <string_view>

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace payout {

// Every status but OK carries google.rpc.ErrorInfo, and BadRequest, RetryInfo, PreconditionFailure
// and ResourceInfo where they apply. A status without ErrorDetails is a bug of ours: INTERNAL, with
// its message kept out of the answer.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The metadata in which gRPC's own retries look for the same.
inline constexpr char kPushbackKey[] = "grpc-retry-pushback-ms";

// How long the caller should wait before the next try, when the status says so.
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// "OK", "INVALID_ARGUMENT" and so on.
std::string_view CodeName(grpc::StatusCode code);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_STATUS_CODEC_H_
