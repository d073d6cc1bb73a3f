#include "client/backoff.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/fake_timing.h"

namespace payout::client {
namespace {

constexpr BackoffOptions kOptions{absl::Milliseconds(100), absl::Milliseconds(350)};

// Random numbers equal to the span come back as they are.
TEST(BackoffTest, TheBoundDoublesUpToTheCeiling) {
  FakeTiming timing;
  Backoff backoff(kOptions, &timing);
  timing.random = 100'000;
  EXPECT_EQ(backoff.Next({}), absl::Milliseconds(100));
  timing.random = 200'000;
  EXPECT_EQ(backoff.Next({}), absl::Milliseconds(200));
  timing.random = 350'000;
  EXPECT_EQ(backoff.Next({}), absl::Milliseconds(350));
  EXPECT_EQ(backoff.Next({}), absl::Milliseconds(350));
}

TEST(BackoffTest, JitterCoversEverythingFromZeroToTheBound) {
  const auto timing = SystemTiming();
  std::set<int64_t> quarters;
  for (int i = 0; i < 1000; ++i) {
    Backoff backoff(kOptions, timing.get());
    const absl::Duration pause = backoff.Next({});
    ASSERT_GE(pause, absl::ZeroDuration());
    ASSERT_LE(pause, absl::Milliseconds(100));
    quarters.insert(std::min<int64_t>(3, pause / absl::Milliseconds(25)));
  }
  EXPECT_EQ(quarters.size(), 4u);
}

TEST(BackoffTest, WhatTheServerAsksForIsAFloor) {
  FakeTiming timing;
  Backoff backoff(kOptions, &timing);
  EXPECT_EQ(backoff.Next(absl::Seconds(7)), absl::Seconds(7));
  timing.random = 50'000;
  EXPECT_EQ(backoff.Next(absl::Seconds(7)), absl::Seconds(7) + absl::Milliseconds(50));
}

TEST(BackoffTest, ResetStartsAnew) {
  FakeTiming timing;
  Backoff backoff(kOptions, &timing);
  backoff.Next({});
  backoff.Next({});
  backoff.Reset();
  timing.random = 100'000;
  EXPECT_EQ(backoff.Next({}), absl::Milliseconds(100));
}

}  // namespace
}  // namespace payout::client
