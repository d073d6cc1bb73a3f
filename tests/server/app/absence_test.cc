// Settled absence under slow answers: what counts is when the platform was asked, not when it
// answered.

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::SizeIs;

std::vector<absl::Duration> CallsOf(const ModelPlatform& platform, Call call) {
  std::vector<absl::Duration> at;
  for (const auto& request : platform.requests) {
    if (request.call == call) at.push_back(request.at);
  }
  return at;
}

class SlowAnswerTest : public ::testing::TestWithParam<int> {};

// A platform that says 410 while a create is still on its way, and takes long to say it, would
// otherwise be sent the create again too early.
TEST_P(SlowAnswerTest, AReadThatBeganTooEarlyDoesNotSettleAbsenceHoweverLateItsAnswer) {
  CoreFixture fixture;
  fixture.platform.latency = absl::Seconds(GetParam());
  CreateAnswer lost;
  lost.kind = CreateAnswerKind::kMaybeSent;
  fixture.platform.creates.push_back({false, lost});
  fixture.Create("P1");
  ASSERT_TRUE(fixture.RunUntilState("P1", State::kSucceeded));

  const std::vector<absl::Duration> creates = CallsOf(fixture.platform, Call::kCreate);
  ASSERT_THAT(creates, SizeIs(2));
  const absl::Duration closed = creates[0] + fixture.platform.latency;
  absl::Duration last_read;
  for (const absl::Duration at : CallsOf(fixture.platform, Call::kRead)) {
    if (at < creates[1]) last_read = at;
  }
  EXPECT_GE(last_read, closed + fixture.options.policy.absence_settle);
}

INSTANTIATE_TEST_SUITE_P(Seconds, SlowAnswerTest, ::testing::Range(1, 15));

}  // namespace
}  // namespace payout::testing
