#include "adapters/echelon/date_time.h"

#include <string>

#include <gtest/gtest.h>

namespace payout::echelon {
namespace {

TEST(DateTime, AnyFractionAndAnyOffsetAreRead) {
  const absl::Time second = absl::FromUnixSeconds(1621421848);  // 2021-05-19T10:57:28Z
  const struct {
    const char* text;
    absl::Time time;
  } rows[] = {
      {"2021-05-19T10:57:28Z", second},
      {"2021-05-19t10:57:28z", second},
      {"2021-05-19 10:57:28Z", second},
      {"2021-05-19T10:57:28.3Z", second + absl::Milliseconds(300)},
      {"2021-05-19T10:57:28.313Z", second + absl::Milliseconds(313)},
      {"2021-05-19T10:57:28.31301Z", second + absl::Microseconds(313010)},
      {"2021-05-19T10:57:28.313014Z", second + absl::Microseconds(313014)},
      {"2021-05-19T10:57:28.313014999999999999999Z", second + absl::Microseconds(313014)},
      {"2021-05-19T12:57:28+02:00", second},
      {"2021-05-19T05:27:28.5-05:30", second + absl::Milliseconds(500)},
      {"2021-05-20T00:57:28+14:00", second},
      {"2021-05-19T10:57:28-00:00", second},
      {"2024-02-29T00:00:00Z", absl::FromUnixSeconds(1709164800)},
      {"1969-12-31T23:59:59.5Z", absl::FromUnixMillis(-500)},
  };
  for (const auto& row : rows) {
    const auto time = ReadDateTime(row.text);
    ASSERT_TRUE(time) << row.text;
    EXPECT_EQ(*time, row.time) << row.text;
  }
}

TEST(DateTime, IncompleteImpossibleAndForeignFormsAreNotRead) {
  for (const char* text : {"",
                           "2021-05-19",
                           "2021-05-19T10:57Z",
                           "2021-05-19T10:57:28",
                           "2021-02-29T00:00:00Z",
                           "2021-04-31T00:00:00Z",
                           "2021-00-10T00:00:00Z",
                           "2021-13-01T00:00:00Z",
                           "2021-05-00T00:00:00Z",
                           "2021-05-19T24:00:00Z",
                           "2021-05-19T10:60:00Z",
                           "2016-12-31T23:59:60Z",
                           "2021-05-19T10:57:28.Z",
                           "2021-05-19T10:57:28,3Z",
                           "2021-05-19T10:57:28+2:00",
                           "2021-05-19T10:57:28+0200",
                           "2021-05-19T10:57:28+24:00",
                           "2021-05-19T10:57:28+02:60",
                           " 2021-05-19T10:57:28Z",
                           "2021-05-19T10:57:28Z ",
                           "+2021-05-19T10:57:28Z",
                           "-021-05-19T10:57:28Z",
                           "12021-05-19T10:57:28Z",
                           "infinite-future",
                           "1621421848",
                           "2021-05-19T10:57:28 Z",
                           "2021-5-19T10:57:28Z"}) {
    EXPECT_FALSE(ReadDateTime(text)) << text;
  }
}

TEST(DateTime, EveryPrefixOfADateTimeIsIncomplete) {
  const std::string text = "2021-05-19T10:57:28.313+02:00";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ReadDateTime(std::string_view(text).substr(0, size))) << size;
  }
  EXPECT_TRUE(ReadDateTime(text));
}

}  // namespace
}  // namespace payout::echelon
