#include "adapters/http/request_check.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "server/base/status_macros.h"

namespace payout::http {
namespace {

bool IsTokenCharacter(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool IsValueCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

bool IsUrlCharacter(char c) { return c > ' ' && c < 0x7f; }

bool BelongsToTheClient(std::string_view name) {
  for (const std::string_view ours :
       {"content-length", "transfer-encoding", "connection", "expect", "te", "upgrade"}) {
    if (absl::EqualsIgnoreCase(ToAbsl(name), ToAbsl(ours))) return true;
  }
  return false;
}

// Length of "http://" or "https://"; 0 for other schemes.
std::size_t SchemeLength(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (absl::StartsWithIgnoreCase(ToAbsl(url), ToAbsl(scheme))) return scheme.size();
  }
  return 0;
}

std::optional<std::string> WhyUrlUnsendable(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), IsUrlCharacter)) {
    return "the URL contains a character that must be percent-encoded";
  }
  const std::size_t scheme = SchemeLength(url);
  if (scheme == 0) return "the URL is neither http nor https";
  const std::string_view authority = OriginOf(url).substr(scheme);
  if (authority.empty()) return "the URL has no host";
  // libcurl would turn them into an Authorization header.
  if (authority.find('@') != std::string_view::npos) return "the URL contains credentials";
  if (url.find('#') != std::string_view::npos) return "the URL contains a fragment";
  return std::nullopt;
}

}  // namespace

std::string_view OriginOf(std::string_view url) {
  return url.substr(0, url.find_first_of("/?#", SchemeLength(url)));
}

std::optional<std::string> WhyUnsendable(const HttpRequest& request) {
  if (!IsToken(request.method)) return "the method is not a token";
  if (std::optional<std::string> problem = WhyUrlUnsendable(request.url)) return problem;
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) return "a header name is not a token";
    if (BelongsToTheClient(name)) return "a header is reserved to the HTTP client";
    if (!std::all_of(value.begin(), value.end(), IsValueCharacter)) {
      return "a header value contains a control character";
    }
  }
  return std::nullopt;
}

}  // namespace payout::http
