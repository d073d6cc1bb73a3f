#include "server/rpc/page_token.h"

#include <charconv>

#include "server/base/digest.h"

namespace payout {
namespace {

constexpr std::size_t kDigestBytes = 12;

// Over the sequence and everything of the query that decides which payouts are listed.
std::string Digest(std::string_view sequence, const ListQuery& query) {
  std::string input = "page token 1";
  AppendLengthPrefixed(input, sequence);
  AppendLengthPrefixed(input, query.tenant.value());
  for (const MerchantName& merchant : query.merchants)
    AppendLengthPrefixed(input, merchant.value());
  input += '|';
  for (const State state : query.states) input += static_cast<char>('0' + static_cast<int>(state));
  const auto time = [&input](const std::optional<absl::Time>& value) {
    AppendLengthPrefixed(input, value ? std::to_string(absl::ToUnixMicros(*value)) : "");
  };
  time(query.created_from);
  time(query.created_before);
  input += query.needs_review ? '1' : '0';
  return Sha256(input).substr(0, kDigestBytes);
}

}  // namespace

std::string EncodePageToken(std::int64_t sequence, const ListQuery& query) {
  const std::string text = std::to_string(sequence);
  return Base64UrlEncode(Digest(text, query) + text);
}

std::optional<std::int64_t> DecodePageToken(std::string_view text, const ListQuery& query) {
  if (text.size() > 64) return std::nullopt;
  const std::optional<std::string> bytes = Base64UrlDecode(text);
  if (!bytes || bytes->size() <= kDigestBytes) return std::nullopt;
  const std::string_view number = std::string_view(*bytes).substr(kDigestBytes);
  if (bytes->substr(0, kDigestBytes) != Digest(number, query)) return std::nullopt;
  std::int64_t sequence = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), sequence);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return sequence;
}

}  // namespace payout
