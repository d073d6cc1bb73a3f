#include "client/target.h"

#include <charconv>

#include <arpa/inet.h>

namespace payout::client {
namespace {

CallError Bad(std::string_view text, std::string_view why) {
  return LocalError(grpc::StatusCode::INVALID_ARGUMENT,
                    "server \"" + std::string(text) + "\": " + std::string(why) +
                        "; write grpc://HOST:PORT (plaintext) or grpcs://HOST:PORT (TLS)");
}

bool ParsePort(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool IsV6(const std::string& host) { return host.find(':') != std::string::npos; }

}  // namespace

std::string Target::Address() const {
  return (IsV6(host) ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Target::Url() const { return (tls ? "grpcs://" : "grpc://") + Address(); }

bool Target::IsLoopback() const {
  if (host == "localhost" || host == "::1") return true;
  in_addr address{};
  // "127.0.0.1.example.com" is no address and no loopback.
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

Result<Target> ParseTarget(std::string_view text) {
  Target target;
  std::string_view rest = text;
  if (rest.substr(0, 7) == "grpc://") {
    rest.remove_prefix(7);
  } else if (rest.substr(0, 8) == "grpcs://") {
    target.tls = true;
    rest.remove_prefix(8);
  } else if (rest.find("://") != std::string_view::npos) {
    return Bad(text, "the scheme is neither grpc nor grpcs");
  } else {
    return Bad(text, "the scheme is missing");
  }
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  std::string_view port;
  if (!rest.empty() && rest.front() == '[') {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return Bad(text, "the ] is missing");
    target.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    in6_addr address{};
    if (inet_pton(AF_INET6, target.host.c_str(), &address) != 1) {
      return Bad(text, "not an IPv6 address");
    }
    if (!rest.empty() && rest.front() != ':') return Bad(text, "unexpected text after the ]");
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return Bad(text, "the port is empty");
  } else {
    const size_t colon = rest.find(':');
    target.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) return Bad(text, "the port is empty");
      if (port.find(':') != std::string_view::npos) {
        return Bad(text, "an IPv6 address needs brackets, as in [::1]");
      }
    }
  }
  if (target.host.empty()) return Bad(text, "the host is missing");
  if (target.host.find_first_of("/@ \t\r\n?#") != std::string::npos) {
    return Bad(text, "only a host and a port belong there");
  }
  if (!port.empty() && !ParsePort(port, target.port)) {
    return Bad(text, "the port is not a number from 1 to 65535");
  }
  return target;
}

}  // namespace payout::client
