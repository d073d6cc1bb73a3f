#include "server/rpc/call_scope.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/status_macros.h"
#include "server/domain/reason.h"

namespace payout {
namespace {

constexpr std::string_view kScheme = "Bearer ";

absl::Status Refused(std::string_view message) {
  return MakeError(absl::StatusCode::kUnauthenticated, message, Reason::kCredentialsInvalid);
}

}  // namespace

Authenticator::Authenticator(
    std::function<std::optional<TenantName>(std::string_view token)> tenant_of,
    TenantName anonymous)
    : tenant_of_(std::move(tenant_of)), anonymous_(std::move(anonymous)) {}

absl::StatusOr<TenantName> Authenticator::Authenticate(
    const grpc::ServerContextBase& context) const {
  const auto [first, last] = context.client_metadata().equal_range("authorization");
  if (first == last) {
    if (!anonymous_.empty()) return anonymous_;
    return Refused("a bearer token is required in the authorization metadata");
  }
  const std::string_view value(first->second.data(), first->second.size());
  const bool bearer = absl::StartsWithIgnoreCase(ToAbsl(value), ToAbsl(kScheme));
  if (std::next(first) != last || !bearer || !tenant_of_) {
    return Refused("the authorization metadata must be a single bearer token");
  }
  std::optional<TenantName> tenant = tenant_of_(value.substr(kScheme.size()));
  if (!tenant) return Refused("the bearer token is not valid");
  return *std::move(tenant);
}

absl::Duration DeadlineOf(const grpc::ServerContextBase& context, Environment& env) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteDuration();
  // gRPC tells the deadline by the system clock; only the time that is left matters.
  const absl::Duration left =
      absl::FromChrono(deadline) - absl::FromChrono(std::chrono::system_clock::now());
  return left > absl::Hours(24 * 365) ? absl::InfiniteDuration() : env.Monotonic() + left;
}

absl::Duration WaitEnd(absl::Duration now, absl::Duration deadline, absl::Duration max) {
  const absl::Duration left = std::min(deadline - now, absl::Hours(24));
  const absl::Duration margin = std::max(left / 10, absl::Milliseconds(50));
  return now + std::clamp(left - margin, absl::ZeroDuration(), max);
}

}  // namespace payout
