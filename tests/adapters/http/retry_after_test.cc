#include "adapters/http/retry_after.h"

#include <gtest/gtest.h>

namespace payout::http {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT

TEST(RetryAfter, SecondsAreTakenAsTheyAre) {
  EXPECT_EQ(ParseRetryAfter("0", kNow), absl::ZeroDuration());
  EXPECT_EQ(ParseRetryAfter("7", kNow), absl::Seconds(7));
  EXPECT_EQ(ParseRetryAfter(" 120\t", kNow), absl::Seconds(120));
}

TEST(RetryAfter, NoServerSilencesUsForMoreThanFiveMinutes) {
  EXPECT_EQ(ParseRetryAfter("301", kNow), absl::Minutes(5));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999999999", kNow), absl::Minutes(5));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 2094 08:49:37 GMT", kNow), absl::Minutes(5));
}

TEST(RetryAfter, DatesInAllThreeFormsCountFromNow) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:50:07 GMT", kNow), absl::Seconds(30));
  EXPECT_EQ(ParseRetryAfter("Sunday, 06-Nov-94 08:50:07 GMT", kNow), absl::Seconds(30));
  EXPECT_EQ(ParseRetryAfter("Sun Nov  6 08:50:07 1994", kNow), absl::Seconds(30));
}

TEST(RetryAfter, DatesInThePastMeanNow) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:07 GMT", kNow), absl::ZeroDuration());
}

TEST(RetryAfter, OtherTextIsNoAnswer) {
  for (const char* text : {"", " ", "-1", "1.5", "soon", "1 s", "0x10", "now: soon"}) {
    EXPECT_EQ(ParseRetryAfter(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace payout::http
