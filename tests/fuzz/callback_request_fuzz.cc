// Callbacks: a line with the path, then the body. An id is taken only from an object that names
// exactly one, and no path opens a payout but the one that was signed for it.

#include <algorithm>
#include <string>

#include "adapters/callback/callback_body.h"
#include "adapters/callback/callback_path.h"
#include "server/app/capability.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/reference_json.h"

namespace payout::fuzz {
namespace {

bool IsPlain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

std::optional<std::string> ReferenceId(const JsonText& json) {
  if (!json.root.Is(Json::Kind::kObject) || json.depth > 8) return std::nullopt;
  std::optional<std::string> id;
  for (const auto& [name, value] : json.root.members) {
    if (name != "idEntity") continue;
    if (id || !value.Is(Json::Kind::kString)) return std::nullopt;
    id = value.text;
  }
  if (!id || id->empty() || id->size() > 250 || !std::all_of(id->begin(), id->end(), IsPlain))
    return std::nullopt;
  return id;
}

void CheckBody(std::string_view body, const std::optional<std::string>& id) {
  const std::optional<JsonText> json = ReadReferenceJson(body);
  const std::optional<std::string> expected = json ? ReferenceId(*json) : std::nullopt;
  if (id) Require(id == expected, "the id is the only one in a well-formed object");
  // The adapter's library gives up on numbers out of its range, and on some halves of pairs.
  const bool usual = json && !json->extreme_numbers && !json->lone_surrogates;
  if (expected && usual) Require(id == expected, "a well-formed callback is understood");
}

void CheckPath(std::string_view text, const std::optional<callback::CallbackPath>& path,
               const std::string& id) {
  if (!path) return;
  Require("/callbacks/v1/" + path->merchant + "/" + path->key_id + "/" + path->mac == text,
          "a path is its segments and nothing else");
  Require(path->merchant.find_first_not_of('.') != std::string::npos,
          "a merchant is no relative path");

  static const Capability& capability =
      *new Capability("https://pay.example.com",
                      {{.id = "k1", .secret = SecretString("0123456789abcdef0123456789abcdef")}});
  const PayoutKey key{MerchantName(path->merchant), PayoutId(id)};
  const bool opens = capability.Check(key, path->key_id, path->mac);
  Require(opens == (capability.Url(key) == "https://pay.example.com" + std::string(text)),
          "a payout is opened by the path that was signed for it, and by no other");
}

void Check(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const std::string_view path = input.Line();
  const std::optional<std::string> id = callback::ParseCallbackBody(input.Rest());
  CheckBody(input.Rest(), id);
  CheckPath(path, callback::ParseCallbackPath(path), id.value_or("p-1"));
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Check(data, size);
  return 0;
}
