// Answers to a request for a token: a line with the status, then the body.

#include <algorithm>

#include "adapters/echelon/token_codec.h"
#include "tests/fuzz/answer_check.h"

namespace payout::fuzz {
namespace {

void Check(int status, std::string_view body) {
  const TokenAnswer answer = echelon::ParseTokenAnswer(status, body);
  const std::optional<JsonText> json = UsableJson(body);
  const Json* token = json ? json->root.Find("token") : nullptr;
  const bool text = token != nullptr && token->Is(Json::Kind::kString);
  const bool usable = text && !token->text.empty() &&
                      token->text.size() <= echelon::kTokenBytesMax &&
                      std::all_of(token->text.begin(), token->text.end(),
                                  [](char c) { return c >= '!' && c <= '~'; });
  const bool granted = status >= 200 && status <= 299 && usable;
  Require((answer.kind == TokenAnswerKind::kGranted) == granted,
          "a token is granted exactly by a 2xx with text that can be a header");
  Require(granted ? answer.token.Reveal() == token->text : answer.token.empty(),
          "the token is the one that was told, or none");
  Require(answer.http_status == status, "the status is kept");
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Input input(data, size);
  const int status = input.SmallNumber();
  payout::fuzz::Check(status, input.Rest());
  return 0;
}
