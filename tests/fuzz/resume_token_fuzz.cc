// Resume tokens: any text, and tokens of ours with one character changed.

#include <string>

#include "server/app/stream_token.h"
#include "tests/fuzz/fuzz.h"

namespace payout::fuzz {
namespace {

void CheckForeign(std::string_view text) {
  const std::optional<StreamToken> token = DecodeToken(text);
  if (token) Require(EncodeToken(*token) == text, "a token has exactly one text");
}

void CheckOurs(Input input) {
  const std::size_t at = input.Byte();
  const char replacement = static_cast<char>(input.Byte());
  const StreamToken token{.epoch = input.Number(),
                          .position = static_cast<std::int64_t>(input.Number()),
                          .filter = input.Number(),
                          .snapshot_after = static_cast<std::int64_t>(input.Number()),
                          .snapshot_count = static_cast<std::int64_t>(input.Number())};
  const std::string text = EncodeToken(token);
  Require(DecodeToken(text) == token, "what was encoded is decoded");
  std::string damaged = text;
  damaged[at % damaged.size()] = replacement;
  if (damaged != text)
    Require(!DecodeToken(damaged), "a token with one changed character is refused");
  Require(!DecodeToken(text.substr(0, at % text.size())), "a part of a token is refused");
  Require(!DecodeToken(text + replacement), "more than a token is refused");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::CheckForeign(payout::fuzz::Input(data, size).Rest());
  payout::fuzz::CheckOurs(payout::fuzz::Input(data, size));
  return 0;
}
