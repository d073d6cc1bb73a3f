// PayoutClient: blocking calls to the gateway, with a deadline on each and safe repetition.
//
// Used by: services that create payouts, payoutctl. Thread-safe; any number of calls at once.
// Exactly one layer repeats calls, and it is this one: gRPC's own retries are off (see
// ChannelOptions).
//   * Reads and CancelPayout are repeated after UNAVAILABLE, after an attempt that timed out while
//   time
//     is left, and after RESOURCE_EXHAUSTED that says when to come back.
//   * CreatePayout is repeated with the same payout_id after everything that leaves the outcome
//   unknown.
//     When time or attempts run out the error says outcome_unknown: repeat later with the same id.
// Pauses have full jitter and are never shorter than the server's RetryInfo or its metadata
// "grpc-retry-pushback-ms"; a negative pushback ends the repetition.

#ifndef PAYOUT_CLIENT_PAYOUT_CLIENT_H_
#define PAYOUT_CLIENT_PAYOUT_CLIENT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/backoff.h"
#include "client/channel.h"
#include "client/error.h"
#include "client/interrupt.h"
#include "client/timing.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::client {

struct CallOptions {
  // For all attempts together, pauses included. Must be positive.
  absl::Duration timeout = absl::Seconds(30);
  // For one attempt, so that a dead connection leaves time for another. A CreatePayout that waits
  // (ACCEPTED, SETTLED) is not limited by it.
  absl::Duration attempt_timeout = absl::Seconds(10);
  // At least 1.
  int attempts_max = 5;
  // Ends the call early, with CANCELLED. Null: nothing does. Outlives the call.
  Interrupt* interrupt = nullptr;
};

struct ClientOptions {
  BackoffOptions backoff;
  // Null: the system's.
  std::shared_ptr<Timing> timing;
};

enum class Health { kUnknown, kServing, kNotServing, kServiceUnknown };

class PayoutClient {
 public:
  explicit PayoutClient(std::shared_ptr<const Channel> channel, ClientOptions options = {});
  ~PayoutClient();
  PayoutClient(const PayoutClient&) = delete;
  PayoutClient& operator=(const PayoutClient&) = delete;

  // Creates a payout, or tells how the one with this id stands. The caller chooses payout_id and
  // keeps it before the call. Errors: those of the service; INVALID_ARGUMENT without sending
  // anything when payout_id is empty. error().outcome_unknown: it may exist; repeat with the same
  // id.
  Result<v1::CreatePayoutResponse> CreatePayout(const v1::CreatePayoutRequest& request,
                                                const CallOptions& options = {}) const;

  Result<v1::GetPayoutResponse> GetPayout(const v1::GetPayoutRequest& request,
                                          const CallOptions& options = {}) const;

  // One page.
  Result<v1::ListPayoutsResponse> ListPayouts(const v1::ListPayoutsRequest& request,
                                              const CallOptions& options = {}) const;

  // All pages from `request` on. Each page has the timeout of its own. `visit` returns false to
  // stop. Absent: all went well.
  std::optional<CallError> ForEachPage(
      v1::ListPayoutsRequest request,
      const std::function<bool(const v1::ListPayoutsResponse&)>& visit,
      const CallOptions& options = {}) const;

  // Cancels what is still QUEUED. Idempotent.
  Result<v1::CancelPayoutResponse> CancelPayout(const v1::CancelPayoutRequest& request,
                                                const CallOptions& options = {}) const;

  // Everything that is known about a payout; for people.
  Result<v1::ExplainPayoutResponse> ExplainPayout(const v1::ExplainPayoutRequest& request,
                                                  const CallOptions& options = {}) const;

  // The standard health check. Empty service: the server as a whole. kServiceUnknown: no such
  // service. One attempt only: the caller wants to know now.
  Result<Health> CheckHealth(const std::string& service, const CallOptions& options = {}) const;

  const Channel& channel() const { return *channel_; }

 private:
  struct Stub;

  const std::shared_ptr<const Channel> channel_;
  const ClientOptions options_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_PAYOUT_CLIENT_H_
