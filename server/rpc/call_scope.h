// CallScope: who calls, and until when.
//
// Used by: payout_service, stream_status; made once per call, before the request is looked at. The
// tenant comes from credentials only. More ways to authenticate (certificates) would be added here
// and nowhere else.

#ifndef PAYOUT_SERVER_RPC_CALL_SCOPE_H_
#define PAYOUT_SERVER_RPC_CALL_SCOPE_H_

#include <functional>
#include <optional>
#include <string_view>

#include <grpcpp/server_context.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/app/ports/environment.h"
#include "server/domain/ids.h"

namespace payout {

struct CallScope {
  TenantName tenant;
  absl::Duration deadline;  // monotonic; infinite when the caller set none
  bool may_wait = true;     // false: too many calls wait already; answer with what is known
};

class Authenticator {
 public:
  // `tenant_of` maps a bearer token to its tenant; thread-safe. `anonymous` is who calls without a
  // token; empty: nobody may.
  Authenticator(std::function<std::optional<TenantName>(std::string_view token)> tenant_of,
                TenantName anonymous);

  // UNAUTHENTICATED with CREDENTIALS_INVALID. Exactly one `authorization` entry with the scheme
  // Bearer is looked at; a wrong token is refused even where anonymous calls are allowed.
  // Thread-safe.
  absl::StatusOr<TenantName> Authenticate(const grpc::ServerContextBase& context) const;

 private:
  std::function<std::optional<TenantName>(std::string_view)> tenant_of_;
  TenantName anonymous_;
};

// The call's deadline on the monotonic clock.
absl::Duration DeadlineOf(const grpc::ServerContextBase& context, Environment& env);

// When a wait that belongs to the call ends: a tenth of the remaining time, but at least 50 ms,
// before the deadline, and after `max` at the latest.
absl::Duration WaitEnd(absl::Duration now, absl::Duration deadline, absl::Duration max);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_CALL_SCOPE_H_
