// POST /payouts/{idPayout}: the body that is sent and what an answer to it means (contract,
// sections 4.2 to 4.4).
//
// Used by: EchelonProvider. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_CREATE_CODEC_H_
#define PAYOUT_ADAPTERS_ECHELON_CREATE_CODEC_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "server/domain/answer.h"
#include "server/domain/intent.h"

namespace payout::echelon {

// Reasons of a refusal that are kept; all of them are checked.
inline constexpr std::size_t kRefusalsMax = 16;

// The same intent and URL give the same bytes. Fields that are empty are left out. The intent must
// have been validated: nothing is checked here.
RenderedRequest RenderCreate(const Intent& intent, std::string_view callback_url);

// Total over all statuses and bodies. `retry_after` is not set. With kRejected, `refusals` holds
// the platform's description as REJECTED_BY_PLATFORM, when there is one; a body that is not the
// platform's error object (contract, section 1.1) makes it kRejectedUnreadable.
CreateAnswer ParseCreateAnswer(int status, std::string_view body);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_CREATE_CODEC_H_
