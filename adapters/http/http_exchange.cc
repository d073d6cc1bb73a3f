#include "adapters/http/http_exchange.h"

#include "absl/strings/match.h"
#include "server/base/status_macros.h"

namespace payout::http {

std::optional<std::string_view> Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(ToAbsl(key), ToAbsl(name))) return value;
  }
  return std::nullopt;
}

}  // namespace payout::http
