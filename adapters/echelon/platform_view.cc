#include "adapters/echelon/platform_view.h"

#include <string_view>
#include <utility>

#include "adapters/echelon/shown_text.h"

namespace payout::echelon {
namespace {

// Missing text is empty; a value of another kind is nullopt.
std::optional<std::string> OptionalText(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  if (member == nullptr) return std::string();
  const std::string* text = member->AsString();
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

}  // namespace

std::optional<Money> ReadMoney(const JsonValue* value) {
  if (value == nullptr) return std::nullopt;
  const JsonValue* amount = value->Find("amount");
  const std::string* digits = amount == nullptr ? nullptr : amount->AsNumber();
  const JsonValue* code = value->Find("currencyCode");
  const std::string* currency = code == nullptr ? nullptr : code->AsString();
  if (digits == nullptr || currency == nullptr || currency->empty()) return std::nullopt;
  const std::optional<Decimal> decimal = Decimal::ParseJsonNumber(*digits);
  if (!decimal) return std::nullopt;
  return Money{*decimal, *currency};
}

std::optional<PlatformView> ReadPlatformView(const JsonValue& answer) {
  const JsonValue* requested = answer.Find("paymentRequested");
  const JsonValue* response = answer.Find("paymentMethodResponse");
  if (requested == nullptr || response == nullptr) return std::nullopt;

  std::optional<Money> money = ReadMoney(requested->Find("money"));
  if (!money || money->amount.IsZero()) return std::nullopt;
  std::optional<std::string> payout_id = OptionalText(*response, "idPayout");
  if (!payout_id || payout_id->empty()) return std::nullopt;
  std::optional<std::string> method_code = OptionalText(*response, "paymentMethodCode");
  std::optional<std::string> segment_code = OptionalText(*requested, "segmentCode");
  if (!method_code || !segment_code) return std::nullopt;

  PlatformView view;
  view.payout_id = std::move(*payout_id);
  view.platform_reference = ShownMember(*response, "idPayment", kShownReferenceMax);
  view.transaction_reference = ShownMember(*response, "reference", kShownMessageMax);
  view.method_code = std::move(*method_code);
  view.money = std::move(*money);
  view.segment_code = std::move(*segment_code);
  return view;
}

}  // namespace payout::echelon
