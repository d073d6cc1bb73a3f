// What answers of the platform have in common, read a second time.
//
// Used by: the targets of create and status answers. Pure.

#ifndef PAYOUT_TESTS_FUZZ_ANSWER_CHECK_H_
#define PAYOUT_TESTS_FUZZ_ANSWER_CHECK_H_

#include <optional>
#include <string_view>

#include "server/domain/answer.h"
#include "server/domain/decide.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/paper_number.h"
#include "tests/fuzz/reference_json.h"

namespace payout::fuzz {

// The body as JSON, if the adapter may use it at all: strict, unambiguous, within its bounds.
std::optional<JsonText> UsableJson(std::string_view body);

// Whether `root` tells what is compared with the intent, by a strict reading of the contract.
bool TellsThePayout(const Json& root);

// `view` says what `root` says.
void CheckView(const PlatformView& view, const Json& root);

// Text for people: bounded, valid UTF-8, without control characters.
void CheckShown(std::string_view text, std::size_t code_points_max);
void CheckReason(const PayoutReason& reason);

// The payout of the tests' samples, claimed and sent: what a decision is asked about.
Payout SubmittingPayout();
Moment SomeMoment();

}  // namespace payout::fuzz

#endif  // PAYOUT_TESTS_FUZZ_ANSWER_CHECK_H_
