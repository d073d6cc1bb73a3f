// GET /payouts/{idPayout}: what an answer to it means (contract, section 4.5).
//
// Used by: EchelonProvider. Pure.

#ifndef PAYOUT_ADAPTERS_ECHELON_READ_CODEC_H_
#define PAYOUT_ADAPTERS_ECHELON_READ_CODEC_H_

#include <string_view>

#include "server/domain/answer.h"

namespace payout::echelon {

// Total over all statuses and bodies. Strict about what decides (the view and the status), tolerant
// about the rest: what is missing or odd there is left out. `retry_after` is not set.
ReadAnswer ParseReadAnswer(int status, std::string_view body);

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_READ_CODEC_H_
