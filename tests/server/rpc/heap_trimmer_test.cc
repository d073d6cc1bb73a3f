#include "server/rpc/heap_trimmer.h"

#include <atomic>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/simulated_environment.h"

namespace payout {
namespace {

class HeapTrimmerTest : public ::testing::Test {
 protected:
  // One stream after the other begins or ends until so many are open.
  void GoTo(int open) {
    while (open_ != open) {
      open_ += open_ < open ? 1 : -1;
      trimmer_->Note(open_);
    }
  }
  void Wait() { env_.RunFor(2 * HeapTrimmer::kDelay); }
  // Threads take time, the simulated clock none.
  bool Trimmed(int times) {
    return testing::Eventually([&] {
      Wait();
      return trims_ == times;
    });
  }

  testing::SimulatedEnvironment env_;
  int open_ = 0;
  std::atomic<int> trims_ = 0;
  std::atomic<bool> slow_ = false;
  std::unique_ptr<HeapTrimmer> trimmer_ = std::make_unique<HeapTrimmer>(env_, [this] {
    while (slow_) std::this_thread::yield();
    ++trims_;
  });
};

TEST_F(HeapTrimmerTest, OnceMostOfManyStreamsHaveEndedItTrims) {
  GoTo(10'000);
  GoTo(5'001);
  Wait();
  EXPECT_EQ(trims_, 0);
  GoTo(0);
  EXPECT_EQ(trims_, 0) << "more may be about to end";
  EXPECT_TRUE(Trimmed(1));
  GoTo(10'000);
  GoTo(0);
  EXPECT_TRUE(Trimmed(2));
}

TEST_F(HeapTrimmerTest, WhatEndsSlowlyIsTrimmedEachTimeHalfOfItIsGone) {
  GoTo(8'000);
  int times = 0;
  for (const int open : {4'000, 2'000, 1'000, 500}) {
    GoTo(open);
    ASSERT_TRUE(Trimmed(++times)) << open;
  }
  GoTo(0);
  Wait();
  trimmer_.reset();
  EXPECT_EQ(trims_, times);
}

TEST_F(HeapTrimmerTest, FewStreamsAndManyThatComeAndGoAreNotWorthIt) {
  GoTo(HeapTrimmer::kMany - 1);
  GoTo(0);
  Wait();
  for (const int open : {6'000, 5'000, 0}) {
    GoTo(10'000);
    GoTo(open);
    GoTo(10'000);
    Wait();
  }
  trimmer_.reset();
  EXPECT_EQ(trims_, 0);
}

TEST_F(HeapTrimmerTest, OneThatTakesLongHasTheNextOneWait) {
  slow_ = true;
  GoTo(8'000);
  GoTo(4'000);
  Wait();
  GoTo(0);
  Wait();
  EXPECT_EQ(trims_, 0);
  slow_ = false;
  EXPECT_TRUE(Trimmed(2));
}

TEST_F(HeapTrimmerTest, ItMayGoWhileATrimIsDue) {
  GoTo(2'000);
  GoTo(0);
  trimmer_.reset();
  Wait();
  EXPECT_EQ(trims_, 0);
}

TEST_F(HeapTrimmerTest, ItGoesOnceATrimThatIsUnderWayHasEnded) {
  GoTo(2'000);
  GoTo(0);
  Wait();
  trimmer_.reset();
  EXPECT_EQ(trims_, 1);
}

}  // namespace
}  // namespace payout
