// Slowing down after 429, and coming back.

#include "server/app/throttle.h"

#include <gtest/gtest.h>

namespace payout {
namespace {

constexpr absl::Duration kNow = absl::Seconds(1000);

TEST(ThrottleTest, EachRefusalHalvesTheRateDownToAnEighth) {
  Throttle throttle;
  EXPECT_EQ(throttle.PerMille(kNow), 1000);
  for (const int expected : {500, 250, 125, 125, 125}) {
    static int i = 0;
    const absl::Duration at = kNow + absl::Seconds(3 * ++i);
    throttle.OnLimited(at);
    EXPECT_EQ(throttle.PerMille(at), expected);
  }
}

TEST(ThrottleTest, RefusalsOfCallsThatWereUnderWayTogetherCountOnce) {
  Throttle throttle;
  for (int i = 0; i < 16; ++i) throttle.OnLimited(kNow + absl::Milliseconds(100 * i));
  EXPECT_EQ(throttle.PerMille(kNow + absl::Seconds(2)), 500);
}

TEST(ThrottleTest, RateComesBackATenthEveryFiveSeconds) {
  Throttle throttle;
  throttle.OnLimited(kNow);
  EXPECT_EQ(throttle.PerMille(kNow + absl::Seconds(4.9)), 500);
  EXPECT_EQ(throttle.PerMille(kNow + absl::Seconds(5)), 600);
  EXPECT_EQ(throttle.PerMille(kNow + absl::Seconds(24.9)), 900);
  EXPECT_EQ(throttle.PerMille(kNow + absl::Seconds(25)), 1000);
  EXPECT_EQ(throttle.PerMille(kNow + absl::Hours(24 * 365)), 1000);
}

TEST(ThrottleTest, FullRateIsBackWithinAMinuteHoweverSlowItWas) {
  Throttle throttle;
  for (int i = 0; i < 1000; ++i) throttle.OnLimited(kNow + absl::Seconds(i));
  const absl::Duration last = kNow + absl::Seconds(999);
  EXPECT_LE(throttle.PerMille(last), 250);
  EXPECT_EQ(throttle.PerMille(last + absl::Minutes(1)), 1000);
}

}  // namespace
}  // namespace payout
