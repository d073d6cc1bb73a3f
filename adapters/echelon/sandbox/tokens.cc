#include "adapters/echelon/sandbox/tokens.h"

#include "absl/strings/numbers.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/value.h"
#include "server/base/digest.h"

namespace payout::sandbox {
namespace {

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

std::optional<std::string> StringClaim(const Value& claims, std::string_view name) {
  const Value* value = claims.Find(name);
  if (value == nullptr || !value->Is(Value::Kind::kString)) return std::nullopt;
  return value->text;
}

std::optional<std::int64_t> IntClaim(const Value& claims, std::string_view name) {
  const Value* value = claims.Find(name);
  std::int64_t number = 0;
  if (value == nullptr || !absl::SimpleAtoi(value->text, &number)) return std::nullopt;
  return number;
}

std::optional<TokenClaims> ReadClaims(const Value& json) {
  TokenClaims claims;
  const auto id = StringClaim(json, "jti");
  const auto merchant = StringClaim(json, "sub");
  const auto issued_at = IntClaim(json, "iat");
  const auto expires_at = IntClaim(json, "exp");
  if (!id || !merchant || !issued_at || !expires_at) return std::nullopt;
  claims.id = *id;
  claims.merchant = *merchant;
  claims.issued_at = *issued_at;
  claims.expires_at = *expires_at;
  if (const Value* operations = json.Find("operations")) {
    claims.operations.emplace();
    for (const Value& operation : operations->items) claims.operations->push_back(operation.text);
  }
  if (const Value* money = json.Find("money")) {
    const auto currency = StringClaim(*money, "currencyCode");
    const Value* number = money->Find("amount");
    const auto amount = number == nullptr ? std::nullopt : Decimal::Parse(number->text);
    if (!currency || !amount) return std::nullopt;
    claims.money = TokenMoney{*amount, *currency};
  }
  return claims;
}

}  // namespace

std::string TokenIssuer::Issue(const TokenClaims& claims) const {
  JsonWriter json;
  json.BeginObject();
  if (claims.operations) {
    json.Key("operations").BeginArray();
    for (const std::string& operation : *claims.operations) json.String(operation);
    json.EndArray();
  }
  if (claims.money) {
    json.Key("money").BeginObject();
    json.Key("amount").Number(claims.money->amount.ToString());
    json.Field("currencyCode", claims.money->currency).EndObject();
  }
  json.IntField("exp", claims.expires_at).Field("jti", claims.id);
  json.IntField("iat", claims.issued_at).Field("sub", claims.merchant).EndObject();

  std::string token = Base64UrlEncode(kHeader) + "." + Base64UrlEncode(json.Text());
  return token + "." + Base64UrlEncode(HmacSha256(key_, token));
}

std::optional<TokenClaims> TokenIssuer::Check(std::string_view token, absl::Time now) const {
  const std::size_t dot = token.find('.');
  const std::size_t last = token.rfind('.');
  if (dot == std::string_view::npos || dot == last) return std::nullopt;
  const auto signature = Base64UrlDecode(token.substr(last + 1));
  const auto payload = Base64UrlDecode(token.substr(dot + 1, last - dot - 1));
  if (!signature || !payload) return std::nullopt;
  if (!ConstantTimeEqual(*signature, HmacSha256(key_, token.substr(0, last)))) return std::nullopt;

  const absl::StatusOr<Value> json = ParseJson(*payload);
  if (!json.ok()) return std::nullopt;
  std::optional<TokenClaims> claims = ReadClaims(*json);
  if (!claims || now >= absl::FromUnixSeconds(claims->expires_at)) return std::nullopt;
  if (expired_by_force_.find(claims->id) != expired_by_force_.end()) return std::nullopt;
  return claims;
}

void TokenIssuer::Expire(const TokenClaims& claims, absl::Time now) {
  std::erase_if(expired_by_force_,
                [now](const auto& entry) { return absl::FromUnixSeconds(entry.second) <= now; });
  expired_by_force_[claims.id] = claims.expires_at;
}

}  // namespace payout::sandbox
