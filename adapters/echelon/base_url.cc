#include "adapters/echelon/base_url.h"

#include <algorithm>
#include <cstddef>

namespace payout::echelon {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// 0 to `max`, one to five digits; -1 for everything else.
int SmallNumber(std::string_view text, int max) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), IsDigit)) return -1;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= max ? value : -1;
}

// Exactly four decimal numbers: "127.1" and "0127.0.0.1" (octal for many) are not addresses to us.
bool IsLoopbackV4(std::string_view host) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? host.find('.') : host.size();
    if (dot == std::string_view::npos) return false;
    const int octet = SmallNumber(host.substr(0, dot), 255);
    if (dot > 1 && host[0] == '0') return false;
    if (octet < 0 || (i == 0 && octet != 127)) return false;
    host.remove_prefix(std::min(host.size(), dot + 1));
  }
  return host.empty();
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || IsLoopbackV4(host);
}

bool IsHost(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return IsAlphanumeric(c) || c == ':' || c == '.'; });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return IsAlphanumeric(c) || c == '-' || c == '.';
  });
}

// What is wrong; empty when nothing is.
std::string_view Problem(std::string_view url) {
  const bool https = url.substr(0, kHttps.size()) == kHttps;
  if (!https && url.substr(0, kHttp.size()) != kHttp) return "it must start with https://";
  const std::string_view rest = url.substr(https ? kHttps.size() : kHttp.size());
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != std::string_view::npos) return "it must not contain credentials";
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return "it must not contain a query or a fragment";
  }
  if (!std::all_of(rest.begin(), rest.end(),
                   [](char c) { return c > ' ' && c < '\x7F' && c != '\\'; })) {
    return "it contains a character that a URL cannot contain";
  }

  // A colon inside of brackets belongs to the address.
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!IsHost(host)) return "it has no valid host";
  if (colon != std::string_view::npos && SmallNumber(authority.substr(colon + 1), 65535) < 1) {
    return "its port is not a number from 1 to 65535";
  }
  if (!https && !IsLoopback(host)) return "http is allowed for loopback hosts only; use https";
  return {};
}

}  // namespace

bool UrlIsAllowed(std::string_view base_url, std::string* why) {
  const std::string_view problem = Problem(base_url);
  if (why != nullptr) why->assign(problem);
  return problem.empty();
}

std::string_view TrimBaseUrl(std::string_view base_url) {
  while (!base_url.empty() && base_url.back() == '/') base_url.remove_suffix(1);
  return base_url;
}

}  // namespace payout::echelon
