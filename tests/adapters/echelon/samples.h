// Intents and bodies that several tests of the platform adapter start from.
//
// Used by: tests in this folder. Pure.

#ifndef PAYOUT_TESTS_ADAPTERS_ECHELON_SAMPLES_H_
#define PAYOUT_TESTS_ADAPTERS_ECHELON_SAMPLES_H_

#include <string>
#include <string_view>

#include "server/domain/intent.h"

namespace payout::echelon {

Decimal Amount(std::string_view text);

Intent FullBankIntent();     // every field set
Intent CryptoIntent();       // every field of the method set
Intent FullWalletIntent();   // every field of the method set
Intent EmptyWalletIntent();  // only what is required

// A complete 201 body.
std::string AcceptedBody();
// A complete 200 body of a payout with this status; FAILED and REFUSED have failureReasons.
std::string DetailBody(std::string_view status);

// `text` with the first `from` replaced; the test fails when there is none.
std::string Replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace payout::echelon

#endif  // PAYOUT_TESTS_ADAPTERS_ECHELON_SAMPLES_H_
