// When calls stop, and how they start again.

#include "server/app/circuit_breaker.h"

#include <gtest/gtest.h>

namespace payout {
namespace {

using Pass = CircuitBreaker::Pass;
constexpr absl::Duration kNow = absl::Seconds(1000);

// Records `calls`, evenly over `span` from `from` on, of which every `nth` fails (the
// first is one); whether it opened.
bool Records(CircuitBreaker& breaker, absl::Duration from, absl::Duration span, int calls,
             int nth) {
  bool opened = false;
  for (int i = 0; i < calls; ++i) {
    const absl::Duration at = from + span * i / calls;
    opened = breaker.Record(at, at, i % nth == 0) || opened;
  }
  return opened;
}

CircuitBreaker Opened(absl::Duration at) {
  CircuitBreaker breaker;
  for (int i = 0; i < 20; ++i) breaker.Record(at, at, true);
  EXPECT_TRUE(breaker.open());
  return breaker;
}

TEST(CircuitBreakerTest, OpensWhenHalfOfTwentyCallsFail) {
  CircuitBreaker breaker;
  EXPECT_FALSE(Records(breaker, kNow, absl::Seconds(5), 19, 1)) << "too few to judge";
  const absl::Duration at = kNow + absl::Seconds(6);
  EXPECT_TRUE(breaker.Record(at, at, true));
  EXPECT_TRUE(breaker.open());
}

TEST(CircuitBreakerTest, StaysClosedWhileLessThanHalfFail) {
  CircuitBreaker breaker;
  EXPECT_FALSE(Records(breaker, kNow, absl::Seconds(300), 3000, 3));
  EXPECT_EQ(breaker.Ask(kNow), Pass::kFree);
}

TEST(CircuitBreakerTest, OnlyTheLastTenSecondsCount) {
  CircuitBreaker breaker;
  for (int i = 0; i < 600; ++i) {
    const absl::Duration at = kNow + absl::Seconds(i);
    ASSERT_FALSE(breaker.Record(at, at, true)) << "ten calls in ten seconds are too few";
  }
  // Nor do the many good calls of long ago hide what fails now.
  EXPECT_FALSE(Records(breaker, kNow + absl::Seconds(700), absl::Seconds(60), 6000, 6001));
  EXPECT_TRUE(Records(breaker, kNow + absl::Seconds(800), absl::Seconds(5), 20, 1));
}

TEST(CircuitBreakerTest, OneProbeEveryFiveSecondsPasses) {
  CircuitBreaker breaker = Opened(kNow);
  EXPECT_EQ(breaker.Ask(kNow + absl::Seconds(4.9)), Pass::kRest);
  EXPECT_EQ(breaker.Ask(kNow + absl::Seconds(5)), Pass::kProbe);
  EXPECT_EQ(breaker.Ask(kNow + absl::Seconds(5)), Pass::kRest);
  EXPECT_EQ(breaker.probe_at(), kNow + absl::Seconds(10));
  EXPECT_EQ(breaker.Ask(kNow + absl::Seconds(12)), Pass::kProbe) << "the first never came back";
  EXPECT_EQ(breaker.Ask(kNow + absl::Seconds(16)), Pass::kRest);
}

TEST(CircuitBreakerTest, AnsweredProbeCloses) {
  CircuitBreaker breaker = Opened(kNow);
  const absl::Duration probe = kNow + absl::Seconds(5);
  ASSERT_EQ(breaker.Ask(probe), Pass::kProbe);
  EXPECT_FALSE(breaker.Record(probe, probe + absl::Seconds(1), true));
  EXPECT_TRUE(breaker.open());
  const absl::Duration next = kNow + absl::Seconds(10);
  ASSERT_EQ(breaker.Ask(next), Pass::kProbe);
  EXPECT_TRUE(breaker.Record(next, next + absl::Seconds(1), false));
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.Ask(next + absl::Seconds(1)), Pass::kFree);
  // It starts over: what failed before does not count again.
  const absl::Duration later = next + absl::Seconds(2);
  EXPECT_FALSE(breaker.Record(later, later, true));
}

TEST(CircuitBreakerTest, AnswerToACallFromBeforeTheOpeningClosesNothing) {
  CircuitBreaker breaker = Opened(kNow);
  EXPECT_FALSE(breaker.Record(kNow - absl::Seconds(3), kNow + absl::Seconds(1), false));
  EXPECT_TRUE(breaker.open());
}

}  // namespace
}  // namespace payout
