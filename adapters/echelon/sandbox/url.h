// Url: as much of an http URL as the callback sender needs, and the rule that the simulator only
// ever talks to this machine.
//
// Thread-safety: pure functions.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_URL_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_URL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace payout::sandbox {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"

  std::string Authority() const;  // host and port for a Host header
};

// nullopt for other schemes, user info, fragments, and hosts that are no name and no address.
std::optional<Url> ParseUrl(std::string_view text);

// 127.0.0.0/8, ::1 and localhost.
bool IsLoopbackHost(std::string_view host);

struct ListenAddress {
  std::string host;  // an IP literal
  std::uint16_t port = 0;
};

// "127.0.0.1:0", "[::1]:8080", "localhost:0" (is 127.0.0.1). nullopt for anything else,
// non-loopback addresses included.
std::optional<ListenAddress> ParseLoopbackListen(std::string_view text);

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_URL_H_
