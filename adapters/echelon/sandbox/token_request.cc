#include "adapters/echelon/sandbox/token_request.h"

#include <re2/re2.h>

#include "adapters/echelon/sandbox/object_reader.h"

namespace payout::sandbox {
namespace {

std::optional<std::vector<std::string>> ReadOperations(ObjectReader& reader) {
  const Value* array = reader.Array("operations", Need::kOptional);
  if (array == nullptr) return std::nullopt;
  if (array->items.empty()) reader.Fail("operations", "must have at least 1 item");
  std::vector<std::string> operations;
  for (const Value& item : array->items) {
    const std::size_t length = CountCodePoints(item.text);
    if (!item.Is(Value::Kind::kString) || length < 1 || length > 1000) {
      reader.Fail("operations", "must hold strings of 1 to 1000 characters");
      return std::nullopt;
    }
    operations.push_back(item.text);
  }
  return operations;
}

}  // namespace

absl::StatusOr<TokenRequest> DecodeTokenRequest(const Value& body, bool reject_unknown) {
  absl::Status status;
  ObjectReader reader(body, "", status);
  TokenRequest request;
  request.merchant = reader.String("merchantCode", Need::kRequired, {.min = 1}).value_or("");
  request.secret = reader.String("secret", Need::kRequired, {.min = 1, .max = 1000}).value_or("");
  request.validity_seconds =
      reader.Integer("validitySecs", Need::kOptional, 60, 3600).value_or(1800);
  request.operations = ReadOperations(reader);
  if (const Value* money = reader.Object("money", Need::kOptional)) {
    ObjectReader money_reader(*money, "money", status);
    const auto amount = money_reader.PositiveNumber("amount", Need::kRequired);
    const auto currency = money_reader.String("currencyCode", Need::kRequired, {.min = 1});
    if (amount && currency) request.money = TokenMoney{*amount, *currency};
    if (reject_unknown) money_reader.RefuseUnknown();
  }
  if (reject_unknown) reader.RefuseUnknown();
  if (!status.ok()) return status;
  return request;
}

bool IsOperation(std::string_view text) {
  static const auto* const kOperation = new RE2("(?:POST|GET|PATCH|PUT|DELETE) /[^ ]+");
  return RE2::FullMatch(text, *kOperation);
}

}  // namespace payout::sandbox
