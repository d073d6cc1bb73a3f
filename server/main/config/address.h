// Addresses: where we listen, and URLs that are called.
//
// Used by: config. Pure; names are never resolved: "loopback" is judged by the text.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_ADDRESS_H_
#define PAYOUT_SERVER_MAIN_CONFIG_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace payout {

struct ListenAddress {
  std::string host = "127.0.0.1";  // an IP address, IPv6 without brackets
  std::uint16_t port = 0;          // 0: any free one

  bool IsLoopback() const;
  std::string ToString() const;  // "127.0.0.1:7450", "[::1]:7450"

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// "HOST:PORT" with an IP address (IPv6 in brackets) or "localhost", which is 127.0.0.1.
// INVALID_ARGUMENT: the message quotes the text and says what to write.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

// 127.0.0.0/8, ::1 and the former inside IPv6.
bool IsLoopbackHost(std::string_view host);

struct BaseUrl {
  bool https = false;
  bool loopback = false;
  std::string text;  // without a slash at the end
};

// "http(s)://host[:port][/path]". INVALID_ARGUMENT for everything else, user names and passwords,
// query and fragment included. The message never quotes the text: it might hold a password.
absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view text);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_ADDRESS_H_
