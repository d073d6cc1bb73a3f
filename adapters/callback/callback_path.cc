#include "adapters/callback/callback_path.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace payout::callback {
namespace {

constexpr std::string_view kPrefix = "/callbacks/v1/";

constexpr std::size_t kMerchantLengthMax = 64;
constexpr std::size_t kKeyIdLengthMax = 16;
constexpr std::size_t kMacLength = 43;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsBase64Url(char c) {
  return IsDigit(c) || IsLower(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

bool IsMerchant(std::string_view segment) {
  return !segment.empty() && segment.size() <= kMerchantLengthMax &&
         std::all_of(segment.begin(), segment.end(),
                     [](char c) { return c == '.' || IsBase64Url(c); }) &&
         segment.find_first_not_of('.') != std::string_view::npos;
}

bool IsKeyId(std::string_view segment) {
  return !segment.empty() && segment.size() <= kKeyIdLengthMax &&
         std::all_of(segment.begin(), segment.end(),
                     [](char c) { return IsDigit(c) || IsLower(c); });
}

bool IsMac(std::string_view segment) {
  return segment.size() == kMacLength && std::all_of(segment.begin(), segment.end(), IsBase64Url);
}

}  // namespace

std::optional<CallbackPath> ParseCallbackPath(std::string_view path) {
  if (path.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  std::array<std::string_view, 3> segments;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t slash = path.find('/');
    if ((slash == std::string_view::npos) != (i + 1 == segments.size())) return std::nullopt;
    segments[i] = path.substr(0, slash);
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  }
  const auto& [merchant, key_id, mac] = segments;
  if (!IsMerchant(merchant) || !IsKeyId(key_id) || !IsMac(mac)) return std::nullopt;
  return CallbackPath{std::string(merchant), std::string(key_id), std::string(mac)};
}

}  // namespace payout::callback
