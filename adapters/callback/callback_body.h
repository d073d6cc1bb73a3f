// The body of a callback: JSON from strangers.
//
// Used by: CallbackEndpoint and its fuzzer. Pure; memory and depth are bounded.

#ifndef PAYOUT_ADAPTERS_CALLBACK_CALLBACK_BODY_H_
#define PAYOUT_ADAPTERS_CALLBACK_CALLBACK_BODY_H_

#include <optional>
#include <string>
#include <string_view>

namespace payout::callback {

// The payout id that `body` names: one JSON object (strict, UTF-8, at most 8 levels deep) with
// exactly one "idEntity", a string of 1 to 250 letters, digits, '_' and '-'. Other members are
// ignored. nullopt for anything else.
std::optional<std::string> ParseCallbackBody(std::string_view body);

}  // namespace payout::callback

#endif  // PAYOUT_ADAPTERS_CALLBACK_CALLBACK_BODY_H_
