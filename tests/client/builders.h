// Builders of messages and errors for the client's tests.

#ifndef PAYOUT_TESTS_CLIENT_BUILDERS_H_
#define PAYOUT_TESTS_CLIENT_BUILDERS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <grpcpp/support/status.h>

#include "absl/time/time.h"
#include "client/error.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::client {

v1::Payout MakePayout(const std::string& id, v1::PayoutState state = v1::PAYOUT_STATE_QUEUED,
                      int64_t revision = 1);
v1::CreatePayoutRequest MakeCreate(const std::string& id);

v1::StreamStatusResponse SnapshotBegin(const std::string& token);
v1::StreamStatusResponse SnapshotOf(const std::string& token, const v1::Payout& payout);
v1::StreamStatusResponse SnapshotEnd(const std::string& token, int64_t count);
v1::StreamStatusResponse EventOf(const std::string& token, const v1::Payout& payout,
                                 v1::PayoutState previous = v1::PAYOUT_STATE_UNSPECIFIED);
v1::StreamStatusResponse ProgressAt(const std::string& token);
v1::StreamStatusResponse ClosingAt(const std::string& token, int64_t retry_seconds);

// A status as the gateway's handlers make it, with google.rpc details.
struct ErrorSpec {
  grpc::StatusCode code = grpc::StatusCode::INTERNAL;
  std::string reason;
  std::string message = "message";
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> violations;
  std::optional<absl::Duration> retry_after;
  std::string domain = "payout.v1";
};
grpc::Status MakeError(const ErrorSpec& spec);
// Without details, as gRPC or a proxy makes it.
grpc::Status BareError(grpc::StatusCode code, const std::string& message = "bare");

}  // namespace payout::client

#endif  // PAYOUT_TESTS_CLIENT_BUILDERS_H_
