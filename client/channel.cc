#include "client/channel.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/validate_service_config.h>

namespace payout::client {
namespace {

// Reconnect quickly at first; the default of 1 s up to 2 min outlives most restarts of a gateway.
constexpr int kFirstReconnectMs = 200;
constexpr int kLastReconnectMs = 10'000;

CallError Bad(std::string message) {
  return LocalError(grpc::StatusCode::INVALID_ARGUMENT, std::move(message));
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return std::nullopt;
  return text;
}

std::string Trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Visible ASCII only: gRPC aborts on metadata values with other characters.
bool IsSendable(const std::string& token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), 1 << 30));
}

grpc::ChannelArguments Arguments(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetUserAgentPrefix("payout-client");
  arguments.SetServiceConfigJSON(options.service_config);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, options.transport_retries ? 1 : 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLastReconnectMs);
  // Configuration comes from us; a TXT record of the host must not change how money is retried.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // A proxy from the environment is never wanted on the way to an internal gateway.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (options.keepalive_time > absl::ZeroDuration()) {
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  }
  return arguments;
}

}  // namespace

Channel::Channel(ChannelOptions options, Target target, std::shared_ptr<grpc::Channel> transport)
    : options_(std::move(options)), target_(std::move(target)), transport_(std::move(transport)) {}

Result<std::shared_ptr<Channel>> Channel::Open(ChannelOptions options) {
  Result<Target> target = ParseTarget(options.target);
  if (!target.ok()) return target.error();
  if (!options.token.empty() && !options.token_file.empty()) {
    return Bad("give the token or a file with it, not both");
  }
  if (!options.token.empty() && !IsSendable(options.token)) {
    return Bad("the token has characters that cannot be sent");
  }
  const std::string config_error =
      grpc::experimental::ValidateServiceConfigJSON(options.service_config);
  if (!config_error.empty()) return Bad("service config: " + config_error);

  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (target->tls) {
    grpc::SslCredentialsOptions ssl;
    if (!options.ca_file.empty()) {
      const std::optional<std::string> pem = ReadFile(options.ca_file);
      if (!pem || pem->find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
        return Bad("CA file \"" + options.ca_file + "\" cannot be read or holds no certificate");
      }
      ssl.pem_root_certs = *pem;
    }
    credentials = grpc::SslCredentials(ssl);
  } else {
    if (!options.ca_file.empty()) {
      return Bad("a CA file needs TLS: write grpcs:// instead of grpc://");
    }
    if (!target->IsLoopback() && !options.allow_plaintext) {
      return Bad("plaintext to " + target->host + " is refused: use grpcs://, or allow plaintext");
    }
    credentials = grpc::InsecureChannelCredentials();
  }
  auto transport = grpc::CreateCustomChannel(target->Address(), credentials, Arguments(options));
  return std::shared_ptr<Channel>(
      new Channel(std::move(options), std::move(target).value(), std::move(transport)));
}

Result<std::string> Channel::Token() const {
  if (options_.token_file.empty()) return options_.token;
  const std::optional<std::string> text = ReadFile(options_.token_file);
  const std::string token = Trim(text.value_or(""));
  if (!IsSendable(token)) {
    return LocalError(grpc::StatusCode::UNAUTHENTICATED,
                      "token file \"" + options_.token_file + "\" " +
                          (!text           ? "cannot be read"
                           : token.empty() ? "is empty"
                                           : "has characters that cannot be sent"));
  }
  return token;
}

std::optional<CallError> Channel::Authorize(grpc::ClientContext& context) const {
  if (options_.token.empty() && options_.token_file.empty()) return std::nullopt;
  Result<std::string> token = Token();
  if (!token.ok()) return token.error();
  if (target_.tls) {
    context.set_credentials(grpc::AccessTokenCredentials(*token));
  } else {
    context.AddMetadata("authorization", "Bearer " + *token);
  }
  return std::nullopt;
}

}  // namespace payout::client
