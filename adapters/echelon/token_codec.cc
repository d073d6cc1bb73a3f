#include "adapters/echelon/token_codec.h"

#include <algorithm>
#include <optional>

#include "adapters/echelon/json_reader.h"
#include "adapters/echelon/json_writer.h"

namespace payout::echelon {
namespace {

bool IsUsableToken(std::string_view text) {
  return !text.empty() && text.size() <= kTokenBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool HaveOneAmount(const std::vector<TokenSubject>& subjects) {
  return !subjects.empty() &&
         std::all_of(subjects.begin(), subjects.end(), [&subjects](const TokenSubject& subject) {
           return subject.money == subjects.front().money;
         });
}

SecretString ReadToken(std::string_view body) {
  const std::optional<JsonValue> json = ReadJson(body);
  const JsonValue* token = json ? json->Find("token") : nullptr;
  const std::string* text = token == nullptr ? nullptr : token->AsString();
  return text != nullptr && IsUsableToken(*text) ? SecretString(*text) : SecretString();
}

TokenAnswerKind KindOf(int status) {
  if (status >= 200 && status <= 299) return TokenAnswerKind::kUnreadable;
  if (status >= 500 && status <= 599) return TokenAnswerKind::kServerError;
  switch (status) {
    case 400:
    case 406:
    case 413:
    case 415:
    case 422:
      return TokenAnswerKind::kRefused;
    case 401:
    case 403:
      return TokenAnswerKind::kForbidden;
    case 404:
    case 405:
      return TokenAnswerKind::kRouteMissing;
    case 429:
      return TokenAnswerKind::kRateLimited;
    default:
      return TokenAnswerKind::kUnlisted;
  }
}

}  // namespace

std::string RenderTokenRequest(std::string_view merchant_code, const SecretString& secret,
                               absl::Duration validity, const std::vector<TokenSubject>& subjects) {
  JsonWriter json;
  json.StartObject();
  json.Member("merchantCode", merchant_code);
  json.Member("secret", secret.Reveal());
  json.Member("validitySecs", static_cast<int>(absl::ToInt64Seconds(validity)));
  json.StartArray("operations");
  for (const TokenSubject& subject : subjects) {
    json.Element("POST /payouts/" + subject.payout_id.value());
    json.Element("GET /payouts/" + subject.payout_id.value());
  }
  json.EndArray();
  if (HaveOneAmount(subjects)) json.Member("money", subjects.front().money);
  json.EndObject();
  return json.Take();
}

TokenAnswer ParseTokenAnswer(int status, std::string_view body) {
  TokenAnswer answer;
  answer.http_status = status;
  answer.kind = KindOf(status);
  if (answer.kind == TokenAnswerKind::kUnreadable) {
    answer.token = ReadToken(body);
    if (!answer.token.empty()) answer.kind = TokenAnswerKind::kGranted;
  }
  return answer;
}

}  // namespace payout::echelon
