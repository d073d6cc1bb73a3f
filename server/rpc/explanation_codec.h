// Explanations as messages of the API: masked like every answer, and without the names of
// operators.
//
// Used by: payout_service, and server/main for the admin port. Pure.

#ifndef PAYOUT_SERVER_RPC_EXPLANATION_CODEC_H_
#define PAYOUT_SERVER_RPC_EXPLANATION_CODEC_H_

#include <string>

#include "payout/v1/explanation.pb.h"
#include "server/app/explain_payout.h"

namespace payout {

void SetExplanation(const Explanation& from, v1::ExplainPayoutResponse& to);

// The same as one JSON object, fields in lowerCamelCase.
std::string ExplanationJson(const Explanation& explanation);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_EXPLANATION_CODEC_H_
