// The part that answers to a create and to a read have in common: whose payout it is, and how much.
//
// Used by: create_codec, read_codec. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_PLATFORM_VIEW_H_
#define PAYOUT_ADAPTERS_ECHELON_PLATFORM_VIEW_H_

#include <optional>

#include "adapters/echelon/json_reader.h"
#include "server/domain/answer.h"

namespace payout::echelon {

// {"amount": number, "currencyCode": text}. nullopt for nullptr, other shapes, negative amounts, an
// empty code and amounts outside of Decimal's bounds. Zero is read.
std::optional<Money> ReadMoney(const JsonValue* value);

// From paymentRequested and paymentMethodResponse. nullopt unless it tells the amount (above zero),
// the currency and idPayout, and unless what it tells of the method and the segment is text: those
// are the values that are compared with what was asked. idPayment and reference are left empty when
// they are missing or not text.
std::optional<PlatformView> ReadPlatformView(const JsonValue& answer);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_PLATFORM_VIEW_H_
