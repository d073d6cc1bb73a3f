// Compares log lines with the files in golden/. To accept a change: PAYOUT_UPDATE_GOLDEN=1.
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "server/main/logging/log_line.h"

namespace payout {
namespace {

std::string Line(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
                 LogStyle style) {
  const absl::Time at = absl::FromUnixMicros(1767323045000678);  // 2026-01-02T03:04:05.000678Z
  return LogLine(LogRecord{level, event, fields.begin(), fields.size()}, at, style) + "\n";
}

std::string Transcript(LogStyle style) {
  std::string text;
  const auto log = [&](LogLevel level, std::string_view event,
                       std::initializer_list<LogField> fields) {
    text += Line(level, event, fields, style);
  };
  log(LogLevel::kInfo, "gateway.ready", {});
  log(LogLevel::kInfo, "payout.transition",
      {{"merchant", "main"}, {"payout_id", "inv_2026-0001"}, {"from", "QUEUED"}, {"revision", 2}});
  log(LogLevel::kDebug, "budget.permit",
      {{"left", std::int64_t{-9'223'372'036'854'775'807}}, {"burst", true}});
  log(LogLevel::kWarning, "platform.answer",
      {{"status", 500}, {"url", "https://api.example.com/payouts/x?y=z"}});
  log(LogLevel::kError, "store.failed",
      {{"reason", "disk \"full\"\nno\tspace \\ left"}, {"empty", ""}});
  log(LogLevel::kInfo, "text.odd",
      {{"unicode", "Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x92\xB6"},
       {"bad", "a\xFF\xC0\x80z"},
       {"nul", std::string("a\0b", 3)},
       {"escape", "\x1b[31mred\x7f"},
       {"c1",
        "\xC2\x9B"
        "31m"},
       {"bidi", "\xE2\x80\xAEreversed"}});
  log(LogLevel::kInfo, "name.clash",
      {{"ts", "x"}, {"level", "y"}, {"event", "z"}, {"odd name", 1}});
  log(LogLevel::kInfo, "redacted.all",
      {{"token", "c"},
       {"secret", "c"},
       {"authorization", "c"},
       {"account_number", "c"},
       {"account_name", "c"},
       {"email_address", "c"},
       {"phone_number", 4912345},
       {"customer_ip", "c"},
       {"customer_id", true},
       {"remark", "c"},
       {"body", "c"},
       {"platform_token", "c"},
       {"token_kind", "single"}});
  return text;
}

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path =
      std::string(PAYOUT_SOURCE_DIR) + "/tests/server/main/logging/golden/" + name;
  if (std::getenv("PAYOUT_UPDATE_GOLDEN") != nullptr)
    std::ofstream(path, std::ios::binary) << actual;
  std::ifstream file(path, std::ios::binary);
  const std::string golden((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
  EXPECT_EQ(actual, golden) << path;
}

TEST(LogGoldenTest, JsonLines) { ExpectGolden("log.jsonl", Transcript(LogStyle::kJson)); }

TEST(LogGoldenTest, TextLines) { ExpectGolden("log.txt", Transcript(LogStyle::kText)); }

TEST(LogGoldenTest, ColoredLines) { ExpectGolden("log.ansi", Transcript(LogStyle::kColoredText)); }

}  // namespace
}  // namespace payout
