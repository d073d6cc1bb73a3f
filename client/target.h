// Target: where the gateway is, "grpc://host:port" (plaintext) or "grpcs://host:port" (TLS).
//
// Used by: Channel, payoutctl. The scheme is required so that nobody gets plaintext by forgetting a
// flag. Plain value.

#ifndef PAYOUT_CLIENT_TARGET_H_
#define PAYOUT_CLIENT_TARGET_H_

#include <string>
#include <string_view>

#include "client/error.h"

namespace payout::client {

struct Target {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  int port = 7450;

  // "host:port" or "[v6]:port", as gRPC wants it.
  std::string Address() const;
  // "grpc://host:port".
  std::string Url() const;
  // True for localhost, 127.0.0.0/8 and ::1, judged by the text: names are not resolved.
  bool IsLoopback() const;
};

// Errors: INVALID_ARGUMENT with a message that says how to write it. The port may be left out:
// 7450.
Result<Target> ParseTarget(std::string_view text);

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_TARGET_H_
