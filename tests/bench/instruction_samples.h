// One payout as it is common, and what the platform says about it.
//
// Used by: the paths of instruction-bench. Pure; the same number gives the same payout. A change
// here changes kept figures (instructions.json).

#ifndef PAYOUT_TESTS_BENCH_INSTRUCTION_SAMPLES_H_
#define PAYOUT_TESTS_BENCH_INSTRUCTION_SAMPLES_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "server/domain/answer.h"
#include "server/domain/decide.h"
#include "server/domain/intent.h"

namespace payout::bench {

inline constexpr absl::Time kSampleTime = absl::FromUnixSeconds(1'790'000'000);
inline constexpr std::string_view kSampleCallbackUrl =
    "https://pay.example.com/callbacks/v1/shop/k1/MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

std::string SampleId(int number);
// A bank transfer of 1250.50 EUR with most of its fields.
Intent SampleIntent(int number);
// Its row, QUEUED, as it is recorded at `now`.
Payout SamplePayout(int number, absl::Time now);

// The platform took it.
CreateAnswer SampleAccepted(const Intent& intent);
// The platform tells where it stands.
ReadAnswer SampleFound(const Intent& intent, PlatformStatus status);

// The bodies of such answers to payout number 1, as the platform writes them.
std::string SampleAcceptedBody();
std::string SampleFoundBody();

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_INSTRUCTION_SAMPLES_H_
