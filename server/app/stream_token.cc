#include "server/app/stream_token.h"

#include <algorithm>
#include <vector>

#include "server/base/digest.h"

namespace payout {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kBytes = 1 + 5 * kNumberBytes + kChecksumBytes;

void AppendNumber(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 255);
}

std::uint64_t TakeNumber(std::string_view& in) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    number = (number << 8) | static_cast<unsigned char>(in[i]);
  }
  in.remove_prefix(kNumberBytes);
  return number;
}

template <class T, class Text>
void AppendSorted(std::string& out, const std::vector<T>& list, Text text) {
  std::vector<std::string> sorted;
  for (const T& item : list) sorted.push_back(text(item));
  std::ranges::sort(sorted);
  AppendLengthPrefixed(out, std::to_string(sorted.size()));
  for (const std::string& item : sorted) AppendLengthPrefixed(out, item);
}

}  // namespace

std::uint64_t FilterHash(const StreamFilter& filter) {
  std::string input;
  AppendLengthPrefixed(input, filter.tenant.value());
  AppendSorted(input, filter.merchants, [](const MerchantName& m) { return m.value(); });
  AppendSorted(input, filter.states,
               [](State state) { return std::to_string(static_cast<int>(state)); });
  AppendSorted(input, filter.keys, [](const PayoutKey& key) {
    return key.merchant.value() + "/" + key.payout_id.value();
  });
  const std::string digest = Sha256(input);
  std::string_view bytes = digest;
  return TakeNumber(bytes);
}

std::string EncodeToken(const StreamToken& token) {
  std::string bytes(1, kVersion);
  AppendNumber(bytes, token.epoch);
  AppendNumber(bytes, static_cast<std::uint64_t>(token.position));
  AppendNumber(bytes, token.filter);
  AppendNumber(bytes, static_cast<std::uint64_t>(token.snapshot_after));
  AppendNumber(bytes, static_cast<std::uint64_t>(token.snapshot_count));
  bytes += Sha256(bytes).substr(0, kChecksumBytes);
  return Base64UrlEncode(bytes);
}

std::optional<StreamToken> DecodeToken(std::string_view text) {
  if (text.size() > 2 * kBytes) return std::nullopt;
  const std::optional<std::string> bytes = Base64UrlDecode(text);
  if (!bytes || bytes->size() != kBytes || bytes->front() != kVersion) return std::nullopt;
  std::string_view rest = *bytes;
  const std::string checksum =
      Sha256(rest.substr(0, kBytes - kChecksumBytes)).substr(0, kChecksumBytes);
  if (rest.substr(kBytes - kChecksumBytes) != checksum) return std::nullopt;
  rest.remove_prefix(1);
  StreamToken token;
  token.epoch = TakeNumber(rest);
  token.position = static_cast<std::int64_t>(TakeNumber(rest));
  token.filter = TakeNumber(rest);
  token.snapshot_after = static_cast<std::int64_t>(TakeNumber(rest));
  token.snapshot_count = static_cast<std::int64_t>(TakeNumber(rest));
  return token;
}

}  // namespace payout
