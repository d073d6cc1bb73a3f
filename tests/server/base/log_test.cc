#include "server/base/log.h"

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

using Value = std::variant<std::string, std::int64_t, bool>;

Value Copy(const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return std::string(*text);
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return *number;
  return std::get<bool>(field.value);
}

struct Line {
  LogLevel level;
  std::string event;
  std::vector<std::pair<std::string, Value>> fields;
};

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetLogSink([this](const LogRecord& record) {
      Line line{record.level, std::string(record.event), {}};
      for (std::size_t i = 0; i < record.field_count; ++i) {
        line.fields.emplace_back(record.fields[i].name, Copy(record.fields[i]));
      }
      lines_.push_back(std::move(line));
    });
  }
  void TearDown() override { SetLogSink({}); }

  std::vector<Line> lines_;
};

TEST_F(LogTest, TheSinkSeesLevelEventAndFieldsInOrder) {
  Log(LogLevel::kWarning, "payout.transition",
      {{"payout_id", std::string("p-1")}, {"count", 3}, {"settled", true}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].level, LogLevel::kWarning);
  EXPECT_EQ(lines_[0].event, "payout.transition");
  ASSERT_EQ(lines_[0].fields.size(), 3U);
  EXPECT_EQ(lines_[0].fields[0], std::pair(std::string("payout_id"), Value(std::string("p-1"))));
  EXPECT_EQ(lines_[0].fields[1], std::pair(std::string("count"), Value(std::int64_t{3})));
  EXPECT_EQ(lines_[0].fields[2], std::pair(std::string("settled"), Value(true)));
}

TEST_F(LogTest, LiteralsAndViewsAreTextNotTruthValues) {
  const std::string_view view = "view";
  Log(LogLevel::kInfo, "e", {{"literal", "text"}, {"view", view}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].fields[0].second, Value(std::string("text")));
  EXPECT_EQ(lines_[0].fields[1].second, Value(std::string("view")));
}

TEST_F(LogTest, EveryIntegerTypeIsANumber) {
  Log(LogLevel::kInfo, "e",
      {{"least", std::numeric_limits<std::int64_t>::min()}, {"size", std::size_t{7}}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].fields[0].second, Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(lines_[0].fields[1].second, Value(std::int64_t{7}));
}

TEST_F(LogTest, WithoutASinkLinesAreDropped) {
  SetLogSink({});
  Log(LogLevel::kError, "nobody.listens", {{"n", 1}});
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, TheLatestSinkReplacesTheFormer) {
  int others = 0;
  SetLogSink([&others](const LogRecord&) { ++others; });
  Log(LogLevel::kInfo, "e");
  EXPECT_EQ(others, 1);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, LevelsHaveNames) {
  EXPECT_EQ(LogLevelName(LogLevel::kDebug), "debug");
  EXPECT_EQ(LogLevelName(LogLevel::kInfo), "info");
  EXPECT_EQ(LogLevelName(LogLevel::kWarning), "warning");
  EXPECT_EQ(LogLevelName(LogLevel::kError), "error");
}

}  // namespace
}  // namespace payout
