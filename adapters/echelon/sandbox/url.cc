#include "adapters/echelon/sandbox/url.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include "absl/strings/numbers.h"

namespace payout::sandbox {
namespace {

bool ParsePort(const std::string& text, std::uint16_t* port) {
  int number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < 0 || number > 65535) return false;
  *port = static_cast<std::uint16_t>(number);
  return true;
}

}  // namespace

std::string Url::Authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Url> ParseUrl(std::string_view text) {
  static const auto* const kUrl = new RE2(
      R"((?i:(https?))://(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::([0-9]{1,5}))?((?:[/?][!-"$-~]*)?))");
  Url url;
  std::string v6, name, port;
  if (!RE2::FullMatch(text, *kUrl, &url.scheme, &v6, &name, &port, &url.target)) {
    return std::nullopt;
  }
  for (char& c : url.scheme) c = static_cast<char>(c | 0x20);
  if (!v6.empty()) {
    in6_addr address;
    if (inet_pton(AF_INET6, v6.c_str(), &address) != 1) return std::nullopt;
  }
  url.host = v6.empty() ? name : v6;
  url.port = url.scheme == "https" ? 443 : 80;
  if (!port.empty() && !ParsePort(port, &url.port)) return std::nullopt;
  if (url.target.empty() || url.target[0] != '/') url.target.insert(0, 1, '/');
  return url;
}

bool IsLoopbackHost(std::string_view host) {
  const std::string text(host);
  if (text == "localhost") return true;
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::optional<ListenAddress> ParseLoopbackListen(std::string_view text) {
  static const auto* const kListen =
      new RE2(R"((?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.]+)):([0-9]{1,5}))");
  std::string v6, host, port;
  ListenAddress address;
  if (!RE2::FullMatch(text, *kListen, &v6, &host, &port)) return std::nullopt;
  address.host = v6.empty() ? host : v6;
  if (!IsLoopbackHost(address.host) || !ParsePort(port, &address.port)) return std::nullopt;
  if (address.host == "localhost") address.host = "127.0.0.1";
  return address;
}

}  // namespace payout::sandbox
