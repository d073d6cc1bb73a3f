// Channel: a gRPC channel to the gateway and the credentials of its calls.
//
// Used by: PayoutClient, StatusWatch. One channel serves any number of both. Thread-safe.
// The token reaches the wire as `authorization: Bearer TOKEN`: as call credentials over TLS, which
// gRPC refuses to send in the clear, and as plain metadata on plaintext connections, which are
// limited to loopback unless allow_plaintext is set.

#ifndef PAYOUT_CLIENT_CHANNEL_H_
#define PAYOUT_CLIENT_CHANNEL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/error.h"
#include "client/service_config.h"
#include "client/target.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace payout::client {

struct ChannelOptions {
  // "grpc://host:port" or "grpcs://host:port".
  std::string target = "grpc://127.0.0.1:7450";
  // Plaintext to hosts other than loopback, the token included. For a mesh that encrypts by itself.
  bool allow_plaintext = false;
  // PEM file of the authorities to trust. Empty: those of the system. TLS only.
  std::string ca_file;
  // The bearer token, or a file that holds it. At most one. The file is read at every call, so that
  // a token that is rotated on disk needs no restart. Neither: calls carry no token.
  std::string token;
  std::string token_file;
  // HTTP/2 pings on an idle connection. Zero: none, the default: servers close connections that
  // ping more often than they allow (gRPC's default is every 5 minutes), and streams notice silence
  // by themselves.
  absl::Duration keepalive_time = absl::ZeroDuration();
  absl::Duration keepalive_timeout = absl::Seconds(20);
  std::string service_config = ServiceConfigJson();
  // Whether gRPC applies the retry policies of the service config. Off: PayoutClient repeats by
  // itself, since gRPC does not know RetryInfo and hides how earlier attempts ended; two layers
  // would multiply.
  bool transport_retries = false;
};

class Channel {
 public:
  // Connects lazily, at the first call. Errors: INVALID_ARGUMENT for options that cannot work, such
  // as plaintext to another host, an unreadable CA file or a service config that gRPC does not
  // take.
  static Result<std::shared_ptr<Channel>> Open(ChannelOptions options);

  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  const std::shared_ptr<grpc::Channel>& transport() const { return transport_; }
  const Target& target() const { return target_; }

  // Adds the token to a call. Error UNAUTHENTICATED: the token file cannot be read; nothing was
  // sent.
  std::optional<CallError> Authorize(grpc::ClientContext& context) const;

 private:
  Channel(ChannelOptions options, Target target, std::shared_ptr<grpc::Channel> transport);
  Result<std::string> Token() const;

  const ChannelOptions options_;
  const Target target_;
  const std::shared_ptr<grpc::Channel> transport_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_CHANNEL_H_
