// Page tokens: any text under any query, tokens of ours with one character changed, and under
// another query.

#include <string>

#include "server/rpc/page_token.h"
#include "tests/fuzz/fuzz.h"

namespace payout::fuzz {
namespace {

ListQuery QueryOf(Input& input) {
  ListQuery query;
  query.tenant = TenantName(std::string(input.Line()));
  const std::uint8_t shape = input.Byte();
  for (int i = 0; i < (shape & 3); ++i) query.merchants.emplace_back(std::string(input.Line()));
  for (int i = 0; i < (shape >> 2 & 3); ++i)
    query.states.push_back(static_cast<State>(1 + input.Byte() % 8));
  if ((shape & 16) != 0)
    query.created_from = absl::FromUnixMicros(static_cast<std::int32_t>(input.Number()));
  if ((shape & 32) != 0)
    query.created_before = absl::FromUnixMicros(static_cast<std::int32_t>(input.Number()));
  query.needs_review = (shape & 64) != 0;
  return query;
}

void Check(Input input) {
  ListQuery query = QueryOf(input);
  const auto sequence = static_cast<std::int64_t>(input.Number());
  const std::size_t at = input.Byte();
  const char replacement = static_cast<char>(input.Byte());

  const std::string text = EncodePageToken(sequence, query);
  Require(DecodePageToken(text, query) == sequence, "what was encoded is decoded");
  std::string damaged = text;
  damaged[at % damaged.size()] = replacement;
  if (damaged != text)
    Require(!DecodePageToken(damaged, query), "a token with one changed character is refused");

  const std::string_view foreign = input.Rest();
  const std::optional<std::int64_t> decoded = DecodePageToken(foreign, query);
  if (decoded) Require(EncodePageToken(*decoded, query) == foreign, "a token has exactly one text");

  query.limit = 7;
  query.before_sequence = 9;
  Require(DecodePageToken(text, query) == sequence,
          "page size and position are not part of the query");
  query.needs_review = !query.needs_review;
  Require(!DecodePageToken(text, query), "a token of another query is refused");
  query.needs_review = !query.needs_review;
  query.tenant = TenantName(query.tenant.value() + "1");
  Require(!DecodePageToken(text, query), "a token of another tenant is refused");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Check(payout::fuzz::Input(data, size));
  return 0;
}
