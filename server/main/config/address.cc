#include "server/main/config/address.h"

#include <algorithm>
#include <array>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/main/config/problem.h"

namespace payout {
namespace {

// 1 to 5 digits, at most 65535.
std::optional<std::uint16_t> ParsePort(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  unsigned port = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

bool IsV4(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool IsV6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

struct HostPort {
  std::string host;
  bool brackets = false;
  std::optional<std::string> port;
};

// Splits only; nullopt when brackets do not match or an IPv6 address has none.
std::optional<HostPort> Split(std::string_view text) {
  HostPort parts;
  std::string_view rest;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parts.brackets = true;
    parts.host = std::string(text.substr(1, end - 1));
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    parts.host = std::string(text.substr(0, colon));
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  if (rest.empty()) return parts;
  if (rest.front() != ':') return std::nullopt;
  parts.port = std::string(rest.substr(1));
  return parts;
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
  });
}

absl::Status BadUrl(std::string_view why) {
  return absl::InvalidArgumentError(absl::string_view(why.data(), why.size()));
}

}  // namespace

bool IsLoopbackHost(std::string_view host) {
  const std::string text(host);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text == "localhost";
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return v6.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

bool ListenAddress::IsLoopback() const { return IsLoopbackHost(host); }

std::string ListenAddress::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return absl::StrCat(v6 ? "[" : "", host, v6 ? "]:" : ":", port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), " ", absl::string_view(why.data(), why.size())));
  };
  constexpr std::string_view kForm =
      "is no address to listen on; write HOST:PORT, such as 127.0.0.1:7450 or [::1]:7450";
  const std::optional<HostPort> parts = Split(text);
  if (!parts || !parts->port) return bad(kForm);
  const std::optional<std::uint16_t> port = ParsePort(*parts->port);
  if (!port) return bad(kForm);
  ListenAddress address;
  address.port = *port;
  address.host = parts->host == "localhost" ? "127.0.0.1" : parts->host;
  if (address.host.empty()) {
    return bad("names no address; write 0.0.0.0:PORT for all of this machine's, or 127.0.0.1:PORT");
  }
  if (parts->brackets ? IsV6(address.host) : IsV4(address.host)) return address;
  return bad(
      "needs an IP address of this machine; write for example 127.0.0.1:7450 or 0.0.0.0:7450");
}

absl::StatusOr<BaseUrl> ParseBaseUrl(std::string_view text) {
  constexpr std::string_view kForm =
      "is no URL; write https://HOST, https://HOST:PORT or with a path";
  BaseUrl url;
  std::string_view rest = text;
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  if (rest.substr(0, kHttps.size()) == kHttps) {
    url.https = true;
    rest.remove_prefix(kHttps.size());
  } else if (rest.substr(0, kHttp.size()) == kHttp) {
    rest.remove_prefix(kHttp.size());
  } else {
    return BadUrl("is no URL; it must begin with https:// or http://");
  }
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return c <= ' ' || c > '~'; })) {
    return BadUrl("is no URL; it contains blanks or characters that must be escaped");
  }
  if (rest.find('@') != std::string_view::npos) {
    return BadUrl("must not contain a user name or password");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return BadUrl("must not contain a query or a fragment");
  }
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const std::optional<HostPort> parts = Split(rest.substr(0, rest.find('/')));
  if (!parts || !(parts->brackets ? IsV6(parts->host) : IsHostName(parts->host))) {
    return BadUrl(kForm);
  }
  if (parts->port && ParsePort(*parts->port).value_or(0) == 0) return BadUrl(kForm);
  url.loopback = IsLoopbackHost(parts->host);
  url.text =
      absl::StrCat(url.https ? "https://" : "http://", absl::string_view(rest.data(), rest.size()));
  return url;
}

}  // namespace payout
