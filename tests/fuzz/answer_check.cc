#include "tests/fuzz/answer_check.h"

#include "adapters/echelon/json_reader.h"

namespace payout::fuzz {
namespace {

bool IsTextOrMissing(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr || member->Is(Json::Kind::kString);
}

std::string_view TextAt(const Json& object, std::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr || !member->Is(Json::Kind::kString) ? std::string_view() : member->text;
}

}  // namespace

std::optional<JsonText> UsableJson(std::string_view body) {
  std::optional<JsonText> text = ReadReferenceJson(body);
  const bool usable = text && !text->duplicates && !text->lone_surrogates &&
                      body.size() <= echelon::kJsonBytesMax &&
                      text->depth <= static_cast<int>(echelon::kJsonDepthMax) &&
                      text->values <= static_cast<int>(echelon::kJsonValuesMax);
  const bool read = echelon::ReadJson(body).has_value();
  Require(!read || usable, "only strict, unambiguous JSON within the bounds is read");
  // The adapter's library gives up on numbers that no amount can be.
  if (usable && !text->extreme_numbers) Require(read, "well-formed JSON is read");
  if (!read) return std::nullopt;
  return text;
}

bool TellsThePayout(const Json& root) {
  const Json* requested = root.Find("paymentRequested");
  const Json* response = root.Find("paymentMethodResponse");
  const Json* money = requested == nullptr ? nullptr : requested->Find("money");
  if (money == nullptr || response == nullptr) return false;
  const Json* amount = money->Find("amount");
  if (amount == nullptr || !amount->Is(Json::Kind::kNumber)) return false;
  const std::optional<PaperText> number = ReadPaperNumber(amount->text);
  return number && !number->number.digits.empty() && Decimal::ParseJsonNumber(amount->text) &&
         !TextAt(*money, "currencyCode").empty() && !TextAt(*response, "idPayout").empty() &&
         IsTextOrMissing(*response, "paymentMethodCode") &&
         IsTextOrMissing(*requested, "segmentCode");
}

void CheckView(const PlatformView& view, const Json& root) {
  const Json& requested = *root.Find("paymentRequested");
  const Json& response = *root.Find("paymentMethodResponse");
  const Json& money = *requested.Find("money");
  const std::optional<PaperText> told = ReadPaperNumber(money.Find("amount")->text);
  const std::optional<PaperText> read = ReadPaperNumber(view.money.amount.ToString());
  Require(told && read && told->number == read->number,
          "the amount is the one that was told, exactly");
  Require(view.money.currency == TextAt(money, "currencyCode"),
          "the currency is the one that was told");
  Require(view.payout_id == TextAt(response, "idPayout"), "the id is the one that was told");
  Require(view.method_code == TextAt(response, "paymentMethodCode"),
          "the method is the one that was told");
  Require(view.segment_code == TextAt(requested, "segmentCode"),
          "the segment is the one that was told");
  CheckShown(view.platform_reference, 250);
  CheckShown(view.transaction_reference, 500);
}

void CheckShown(std::string_view text, std::size_t code_points_max) {
  Require(IsUtf8(text), "text for people is valid UTF-8");
  Require(CodePoints(text) <= code_points_max, "text for people is bounded");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    Require(byte >= 0x20 && byte != 0x7F && !c1, "text for people has no control characters");
  }
}

void CheckReason(const PayoutReason& reason) {
  CheckShown(reason.code, 100);
  CheckShown(reason.attribute, 100);
  CheckShown(reason.message, 500);
}

Moment SomeMoment() {
  return {
      .now = absl::FromUnixSeconds(1'700'000'000), .monotonic = absl::Seconds(1000), .instance = 1};
}

Payout SubmittingPayout() {
  Intent intent;
  intent.key = {MerchantName("acct"), PayoutId("TST-1")};
  intent.tenant = TenantName("billing");
  intent.money = {*Decimal::Parse("42.05"), "USD"};
  intent.method = BankTransfer{};
  intent.segment_code = "VIP";
  const Moment moment = SomeMoment();
  const Payout queued = NewPayout(std::move(intent), "1", {.body = "{}"}, moment.now);
  return DecideClaim(queued, moment, Policy()).after;
}

}  // namespace payout::fuzz
