#include "server/main/logging/log_line.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace payout {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string LineOf(std::string_view name, const std::string& value, LogStyle style) {
  const LogField field(name, value);
  return LogLine(LogRecord{LogLevel::kInfo, "e", &field, 1}, absl::UnixEpoch(), style);
}

TEST(LogLineTest, AnyBytesMakeOneLineOfValidJson) {
  const unsigned seed = 20260102;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string value(random() % 40, '\0');
    for (char& c : value) c = static_cast<char>(random() % 256);
    const std::string line = LineOf(value, value, LogStyle::kJson);
    ASSERT_EQ(line.find('\n'), std::string::npos);
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    ASSERT_FALSE(document.HasParseError()) << line;
    ASSERT_EQ(document.MemberCount(), 4u);
  }
}

TEST(LogLineTest, AnyBytesMakeOneLineThatSteersNoTerminal) {
  const unsigned seed = 20260103;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string value(random() % 40, '\0');
    for (char& c : value) c = static_cast<char>(random() % 256);
    const std::string line = LineOf(value, value, LogStyle::kText);
    ASSERT_TRUE(std::none_of(line.begin(), line.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    })) << line;
  }
}

TEST(LogLineTest, ValidTextIsKept) {
  rapidjson::Document document;
  const std::string value =
      "\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
  document.Parse(LineOf("f", value, LogStyle::kJson).c_str());
  EXPECT_EQ(document["f"].GetString(), value);
}

TEST(LogLineTest, BadTextIsReplacedByteByByte) {
  for (const std::string& bad : {std::string("\xC1\xBF"), std::string("\xE0\x9F\xBF"),
                                 std::string("\xED\xA0\x80"), std::string("\xF0\x8F\xBF\xBF"),
                                 std::string("\xF4\x90\x80\x80"), std::string("\xE2\x82")}) {
    rapidjson::Document document;
    document.Parse(LineOf("f", bad, LogStyle::kJson).c_str());
    std::string expected;
    for (std::size_t i = 0; i < bad.size(); ++i) expected += "\xEF\xBF\xBD";
    EXPECT_EQ(document["f"].GetString(), expected);
  }
}

TEST(LogLineTest, LongValuesAreCutBetweenCharacters) {
  rapidjson::Document document;
  document.Parse(
      LineOf("f", std::string(2047, 'a') + "\xE2\x82\xAC" + "tail", LogStyle::kJson).c_str());
  EXPECT_EQ(document["f"].GetString(), std::string(2047, 'a') + "…");
  document.Parse(LineOf("f", std::string(2048, 'a'), LogStyle::kJson).c_str());
  EXPECT_EQ(document["f"].GetString(), std::string(2048, 'a'));
  EXPECT_THAT(LineOf("f", std::string(2049, 'a'), LogStyle::kText),
              EndsWith("f=\"" + std::string(2048, 'a') + "…\""));
  EXPECT_THAT(LineOf("f", std::string(2048, 'a'), LogStyle::kText),
              EndsWith("f=" + std::string(2048, 'a')));
}

// absl::FormatTime is what the time has to agree with.
TEST(LogLineTest, AnyTimeIsToldToTheMicrosecond) {
  const unsigned seed = 20260104;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::uint64_t year_9999 = 253'402'300'800'000'000;  // its end
  for (int round = 0; round < 2000; ++round) {
    const absl::Time at = absl::FromUnixMicros(static_cast<std::int64_t>(random() % year_9999)) +
                          absl::Nanoseconds(random() % 1000);
    const LogRecord record{LogLevel::kInfo, "e", nullptr, 0};
    ASSERT_EQ(LogLine(record, at, LogStyle::kJson),
              absl::FormatTime(R"({"ts":"%Y-%m-%dT%H:%M:%E6SZ","level":"info","event":"e"})", at,
                               absl::UTCTimeZone()));
    ASSERT_EQ(LogLine(record, at, LogStyle::kText),
              absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ INFO    e", at, absl::UTCTimeZone()));
  }
}

TEST(LogLineTest, ACanaryUnderASecretNameNeverShows) {
  for (const LogStyle style : {LogStyle::kJson, LogStyle::kText, LogStyle::kColoredText}) {
    for (const char* name : {"token", "secret", "authorization", "account_number", "account_name",
                             "email_address", "phone_number", "customer_ip", "customer_id",
                             "remark", "body", "auth_token", "merchant_secret", "response_body"}) {
      SCOPED_TRACE(name);
      const std::string line = LineOf(name, "canary", style);
      EXPECT_THAT(line, Not(HasSubstr("canary")));
      EXPECT_THAT(line, HasSubstr("[redacted]"));
    }
    EXPECT_THAT(LineOf("tokens", "canary", style), HasSubstr("canary"));
    EXPECT_THAT(LineOf("antibody", "canary", style), HasSubstr("canary"));
  }
}

TEST(LogStyleTest, AutoIsTextOnATerminalOnly) {
  EXPECT_EQ(StyleOf(LogFormat::kAuto, true, false), LogStyle::kColoredText);
  EXPECT_EQ(StyleOf(LogFormat::kAuto, true, true), LogStyle::kText);
  EXPECT_EQ(StyleOf(LogFormat::kAuto, false, false), LogStyle::kJson);
  EXPECT_EQ(StyleOf(LogFormat::kJson, true, false), LogStyle::kJson);
  EXPECT_EQ(StyleOf(LogFormat::kText, false, false), LogStyle::kText);
  EXPECT_EQ(StyleOf(LogFormat::kText, true, false), LogStyle::kColoredText);
}

}  // namespace
}  // namespace payout
