#include "server/main/config/duration_text.h"

#include <string>

#include <gtest/gtest.h>

namespace payout {
namespace {

TEST(DurationTextTest, DurationsAreReadAndWrittenBack) {
  struct Case {
    const char* text;
    absl::Duration value;
    const char* canonical;
  };
  const Case cases[] = {
      {"0", absl::ZeroDuration(), "0s"},
      {"0s", absl::ZeroDuration(), "0s"},
      {"250ms", absl::Milliseconds(250), "250ms"},
      {"30s", absl::Seconds(30), "30s"},
      {"5m", absl::Minutes(5), "5m"},
      {"60m", absl::Hours(1), "1h"},
      {"24h", absl::Hours(24), "24h"},
      {"90s", absl::Seconds(90), "1m30s"},
      {"1m30s", absl::Seconds(90), "1m30s"},
      {"1h1ms", absl::Hours(1) + absl::Milliseconds(1), "1h1ms"},
      {"10000h", absl::Hours(10000), "10000h"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto duration = ParseDurationText(c.text);
    ASSERT_TRUE(duration.ok()) << duration.status();
    EXPECT_EQ(*duration, c.value);
    EXPECT_EQ(FormatDurationText(*duration), c.canonical);
    EXPECT_EQ(*ParseDurationText(c.canonical), c.value);
  }
}

TEST(DurationTextTest, EverythingElseIsRefused) {
  for (const char* text :
       {"", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "30s1m", "1s1s", "1d", "1S", "10001h",
        "99999999999999999999s", "1e3s", "inf", "9999h3600000s"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseDurationText(text).ok());
  }
}

TEST(DurationTextTest, ABareNumberIsAskedForItsUnit) {
  EXPECT_EQ(ParseDurationText("10").status().message(),
            "\"10\" has no unit; write for example 10s");
}

}  // namespace
}  // namespace payout
