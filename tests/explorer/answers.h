// Answers of the platform in a world: what it may truthfully say, and as the adapter would hand it
// on.
//
// Used by: moves.cc. Pure.

#ifndef PAYOUT_TESTS_EXPLORER_ANSWERS_H_
#define PAYOUT_TESTS_EXPLORER_ANSWERS_H_

#include <span>

#include "server/domain/answer.h"
#include "tests/explorer/world.h"

namespace payout::explorer {

// Answers to a create that prove that it was not applied and will not be.
std::span<const CreateAnswerKind> ProofsOfNothing();
// Answers that say nothing about whether it was applied or will be.
std::span<const CreateAnswerKind> NoProofs();
// Answers to a read that say nothing about the payout.
std::span<const ReadAnswerKind> EmptyAnswers();

CreateAnswer AnswerOf(CreateAnswerKind kind);

// A read's answer in one byte: its kind and, with kFound, a status.
std::uint8_t Packed(ReadAnswerKind kind, PlatformStatus status = PlatformStatus::kProcessing);
// About the payout that the platform has.
ReadAnswer AnswerOf(std::uint8_t packed, Thing thing);

}  // namespace payout::explorer

#endif  // PAYOUT_TESTS_EXPLORER_ANSWERS_H_
