#include "server/main/logging/log_sink.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/main/logging/pipe.h"

namespace payout {
namespace {

using ::testing::HasSubstr;

constexpr const char* kStart = "{\"ts\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"";

class LogSinkTest : public ::testing::Test {
 protected:
  void TearDown() override { SetLogSink({}); }

  LogOptions Options() {
    LogOptions options;
    options.now = [] { return absl::UnixEpoch(); };
    options.fd = pipe_.writer();
    return options;
  }
  std::string ReadAll() {
    pipe_.CloseWriter();
    return pipe_.ReadAll();
  }

  Pipe pipe_;
};

TEST_F(LogSinkTest, WhatIsLoggedIsWrittenFromItsLevelOn) {
  {
    const auto output = InstallLogSink(Options());
    Log(LogLevel::kDebug, "no", {});
    Log(LogLevel::kInfo, "yes", {{"n", 1}});
    Log(LogLevel::kError, "also", {});
  }
  EXPECT_EQ(ReadAll(), std::string(kStart) + "info\",\"event\":\"yes\",\"n\":1}\n" + kStart +
                           "error\",\"event\":\"also\"}\n");
}

TEST_F(LogSinkTest, DebugIsWrittenWhenAskedFor) {
  LogOptions options = Options();
  options.level = LogLevel::kDebug;
  options.style = LogStyle::kText;
  {
    const auto output = InstallLogSink(options);
    Log(LogLevel::kDebug, "yes", {});
  }
  EXPECT_EQ(ReadAll(), "1970-01-01T00:00:00.000Z DEBUG   yes\n");
}

TEST_F(LogSinkTest, DroppedLinesAreTold) {
  pipe_.Fill();
  LogOptions options = Options();
  options.queue_bytes_max = 200;
  const auto output = InstallLogSink(options);
  for (int i = 0; i < 20; ++i) Log(LogLevel::kInfo, "filler", {});
  const std::uint64_t dropped = output->dropped();
  EXPECT_GT(dropped, 0u);
  std::string text;
  std::thread reader([&] { text = pipe_.ReadAll(); });
  EXPECT_TRUE(output->Flush(absl::Minutes(1)));
  Log(LogLevel::kInfo, "again", {});
  EXPECT_TRUE(output->Flush(absl::Minutes(1)));
  pipe_.CloseWriter();
  reader.join();
  EXPECT_THAT(text, HasSubstr("\"level\":\"warning\",\"event\":\"log.dropped\",\"count\":"));
  EXPECT_THAT(text, HasSubstr("\"event\":\"again\"}\n"));
}

TEST_F(LogSinkTest, LoggingAfterTheEndIsHarmless) {
  InstallLogSink(Options()).reset();
  Log(LogLevel::kError, "late", {});
  EXPECT_EQ(ReadAll(), "");
}

}  // namespace
}  // namespace payout
