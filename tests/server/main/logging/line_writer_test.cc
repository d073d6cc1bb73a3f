#include "server/main/logging/line_writer.h"

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/server/main/logging/pipe.h"

namespace payout {
namespace {

TEST(LineWriterTest, WhatIsWrittenArrivesInOrder) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20);
  EXPECT_TRUE(writer.Write("one"));
  EXPECT_TRUE(writer.Write(""));
  EXPECT_TRUE(writer.Write("two"));
  EXPECT_TRUE(writer.Flush(absl::Seconds(60)));
  writer.Close(absl::Seconds(60));
  pipe.CloseWriter();
  EXPECT_EQ(pipe.ReadAll(), "one\n\ntwo\n");
  EXPECT_EQ(writer.dropped(), 0u);
}

// Gathers until something ends it: an hour is for ever.
TEST(LineWriterTest, TheFirstLineIsWrittenAtOnceAndTheNextGatherUntilOneIsUrgent) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20, absl::Hours(1));
  writer.Write("first");
  EXPECT_EQ(pipe.ReadSome(), "first\n");
  writer.Write("second");
  writer.Write("third");
  EXPECT_FALSE(pipe.Readable(20));
  writer.Write("urgent", /*urgent=*/true);
  EXPECT_EQ(pipe.ReadSome(), "second\nthird\nurgent\n");
  writer.Write("fifth");
  EXPECT_FALSE(pipe.Readable(20));
}

TEST(LineWriterTest, FlushEndsTheGathering) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20, absl::Hours(1));
  for (const char* line : {"first", "second", "third"}) {
    writer.Write(line);
    EXPECT_TRUE(writer.Flush(absl::Minutes(1)));
    EXPECT_EQ(pipe.ReadSome(), std::string(line) + "\n");
  }
  EXPECT_TRUE(writer.Flush(absl::Minutes(1)));
}

TEST(LineWriterTest, AHalfFullQueueEndsTheGathering) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1000, absl::Hours(1));
  writer.Write("first");
  EXPECT_EQ(pipe.ReadSome(), "first\n");
  const std::string line(99, 'x');
  for (int i = 0; i < 4; ++i) writer.Write(line);
  EXPECT_FALSE(pipe.Readable(20));
  writer.Write(line);
  EXPECT_EQ(pipe.ReadSome().size(), 500u);
}

TEST(LineWriterTest, CloseEndsTheGathering) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20, absl::Hours(1));
  writer.Write("first");
  EXPECT_EQ(pipe.ReadSome(), "first\n");
  writer.Write("second");
  writer.Close(absl::Minutes(1));
  EXPECT_EQ(pipe.ReadSome(), "second\n");
}

TEST(LineWriterTest, LinesThatGatherAreWrittenWithoutAnotherOne) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20);
  writer.Write("first");
  EXPECT_EQ(pipe.ReadSome(), "first\n");
  writer.Write("second");
  EXPECT_EQ(pipe.ReadSome(), "second\n");
  // And when the thread has come to rest since.
  EXPECT_FALSE(pipe.Readable(20));
  writer.Write("third");
  EXPECT_EQ(pipe.ReadSome(), "third\n");
}

TEST(LineWriterTest, LinesOfManyThreadsNeverInterleave) {
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  Pipe pipe;
  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  {
    LineWriter writer(pipe.writer(), 64 << 20);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        const std::string line(static_cast<std::size_t>(1000 + t), static_cast<char>('a' + t));
        for (int i = 0; i < kLines; ++i) writer.Write(line);
      });
    }
    for (std::thread& thread : threads) thread.join();
    writer.Close(absl::Minutes(1));
    EXPECT_EQ(writer.dropped(), 0u);
  }
  pipe.CloseWriter();
  reader.join();
  std::map<std::string, int> counts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) ++counts[line];
  ASSERT_EQ(counts.size(), static_cast<std::size_t>(kThreads));
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(counts[std::string(static_cast<std::size_t>(1000 + t), static_cast<char>('a' + t))],
              kLines);
  }
}

TEST(LineWriterTest, AStuckReaderCostsLinesAndNotTime) {
  Pipe pipe;
  const std::size_t filled = pipe.Fill();
  ASSERT_GT(filled, 0u);
  const std::string line(99, 'x');
  LineWriter writer(pipe.writer(), 1000);
  int kept = 0;
  for (int i = 0; i < 100; ++i) kept += writer.Write(line) ? 1 : 0;
  // Ten fit into the queue, ten more when the thread has taken the first batch.
  EXPECT_GE(kept, 10);
  EXPECT_LE(kept, 20);
  EXPECT_EQ(writer.dropped(), static_cast<std::uint64_t>(100 - kept));
  EXPECT_FALSE(writer.Flush(absl::Milliseconds(10)));

  // When the reader comes back, what was kept arrives.
  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  EXPECT_TRUE(writer.Flush(absl::Minutes(1)));
  writer.Close(absl::Minutes(1));
  pipe.CloseWriter();
  reader.join();
  EXPECT_EQ(text.size(), filled + static_cast<std::size_t>(kept) * 100);
}

TEST(LineWriterTest, CloseGivesUpOnAStuckReader) {
  auto pipe = std::make_unique<Pipe>();
  pipe->Fill();
  LineWriter writer(pipe->writer(), 1000);
  writer.Write("never read");
  writer.Close(absl::Milliseconds(10));
  EXPECT_FALSE(writer.Write("too late"));
  EXPECT_EQ(writer.dropped(), 1u);
  // The thread that was left behind ends when its reader is gone.
  pipe->CloseReader();
  EXPECT_TRUE(writer.Flush(absl::Minutes(1)));
  EXPECT_EQ(writer.dropped(), 2u);
}

TEST(LineWriterTest, WithoutAReaderLinesAreCountedAsDropped) {
  Pipe pipe;
  pipe.CloseReader();
  LineWriter writer(pipe.writer(), 1000);
  writer.Write("a");
  writer.Write("b");
  EXPECT_TRUE(writer.Flush(absl::Minutes(1)));
  EXPECT_EQ(writer.dropped(), 2u);
}

TEST(LineWriterTest, ANonBlockingDescriptorIsWaitedFor) {
  Pipe pipe;
  const std::size_t filled = pipe.Fill();
  fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
  LineWriter writer(pipe.writer(), 1 << 20);
  EXPECT_TRUE(writer.Write("line"));
  std::string text;
  std::thread reader([&] { text = pipe.ReadAll(); });
  writer.Close(absl::Minutes(1));
  pipe.CloseWriter();
  reader.join();
  EXPECT_EQ(text.substr(filled), "line\n");
}

}  // namespace
}  // namespace payout
