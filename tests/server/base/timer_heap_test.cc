#include "server/base/timer_heap.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

std::vector<int> FireAll(TimerHeap& heap, absl::Duration now, std::vector<int>& fired) {
  while (auto fire = heap.TakeDue(now)) fire();
  return fired;
}

TEST(TimerHeapTest, FiresByTimeAndThenByTheOrderOfStarting) {
  TimerHeap heap;
  std::vector<int> fired;
  const auto note = [&fired](int what) { return [&fired, what] { fired.push_back(what); }; };
  heap.Start(absl::Seconds(2), note(20));
  heap.Start(absl::Seconds(1), note(10));
  heap.Start(absl::Seconds(2), note(21));
  heap.Start(absl::Seconds(1), note(11));
  EXPECT_EQ(heap.Next(), absl::Seconds(1));
  EXPECT_EQ(FireAll(heap, absl::Seconds(2), fired), (std::vector<int>{10, 11, 20, 21}));
  EXPECT_EQ(heap.Next(), std::nullopt);
  EXPECT_EQ(heap.size(), 0U);
}

TEST(TimerHeapTest, NothingFiresEarly) {
  TimerHeap heap;
  std::vector<int> fired;
  heap.Start(absl::Seconds(1), [&fired] { fired.push_back(1); });
  EXPECT_FALSE(heap.TakeDue(absl::Seconds(1) - absl::Nanoseconds(1)));
  EXPECT_TRUE(heap.TakeDue(absl::Seconds(1)));
  EXPECT_FALSE(heap.TakeDue(absl::Seconds(1)));
}

TEST(TimerHeapTest, ACancelledTimerDoesNotFire) {
  TimerHeap heap;
  std::vector<int> fired;
  const auto first = heap.Start(absl::Seconds(1), [&fired] { fired.push_back(1); });
  heap.Start(absl::Seconds(1), [&fired] { fired.push_back(2); });
  heap.Cancel(first);
  heap.Cancel(first);
  EXPECT_EQ(heap.size(), 1U);
  EXPECT_EQ(FireAll(heap, absl::Seconds(1), fired), std::vector<int>{2});
}

TEST(TimerHeapTest, CancellingWhatFiredOrNeverExistedChangesNothing) {
  TimerHeap heap;
  std::vector<int> fired;
  const auto gone = heap.Start(absl::Seconds(1), [&fired] { fired.push_back(1); });
  FireAll(heap, absl::Seconds(1), fired);
  heap.Start(absl::Seconds(1), [&fired] { fired.push_back(2); });
  heap.Cancel(gone);
  heap.Cancel({absl::Seconds(1), 12345});
  heap.Cancel({});
  EXPECT_EQ(FireAll(heap, absl::Seconds(1), fired), (std::vector<int>{1, 2}));
}

TEST(TimerHeapTest, ATimerMayStartAndCancelOthersWhileItFires) {
  TimerHeap heap;
  std::vector<int> fired;
  TimerId victim;
  heap.Start(absl::Seconds(1), [&] {
    fired.push_back(1);
    heap.Cancel(victim);
    heap.Start(absl::ZeroDuration(), [&fired] { fired.push_back(3); });
  });
  victim = heap.Start(absl::Seconds(1), [&fired] { fired.push_back(2); });
  EXPECT_EQ(FireAll(heap, absl::Seconds(1), fired), (std::vector<int>{1, 3}));
}

TEST(TimerHeapTest, WhatACancelledTimerHeldMayStartAndCancelOthersWhenItGoes) {
  TimerHeap heap;
  std::vector<int> fired;
  TimerId victim;
  auto owned = std::shared_ptr<int>(new int, [&](int* number) {
    delete number;
    heap.Cancel(victim);
    heap.Start(absl::Seconds(1), [&fired] { fired.push_back(2); });
  });
  const TimerId owner = heap.Start(absl::Seconds(1), [owned] {});
  victim = heap.Start(absl::Seconds(1), [&fired] { fired.push_back(1); });
  owned.reset();
  heap.Cancel(owner);
  EXPECT_EQ(FireAll(heap, absl::Seconds(1), fired), (std::vector<int>{2}));
}

TEST(TimerHeapTest, WhatIsNeverDueStaysInTheHeap) {
  TimerHeap heap;
  heap.Start(absl::InfiniteDuration(), [] {});
  EXPECT_FALSE(heap.TakeDue(absl::Hours(1'000'000)));
  EXPECT_EQ(heap.Next(), absl::InfiniteDuration());
}

TEST(TimerHeapTest, RandomStartsAndCancelsAgreeWithASortedList) {
  constexpr unsigned kSeed = 20240611;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  TimerHeap heap;
  std::vector<TimerId> expected;  // in the order of their start
  TimerId fired;
  int now = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto what = random() % 10;
    if (what < 5) {
      const int at = now + static_cast<int>(random() % 50);
      auto id = std::make_shared<TimerId>();
      *id = heap.Start(absl::Seconds(at), [&fired, id] { fired = *id; });
      ASSERT_EQ(id->at, absl::Seconds(at));
      expected.push_back(*id);
    } else if (what < 7 && !expected.empty()) {
      const auto victim =
          expected.begin() + static_cast<std::ptrdiff_t>(random() % expected.size());
      heap.Cancel(*victim);
      expected.erase(victim);
    } else {
      now += static_cast<int>(random() % 5);
      const auto next = [&expected] {
        return std::ranges::min_element(
            expected, [](const TimerId& a, const TimerId& b) { return a.at < b.at; });
      };
      while (auto fire = heap.TakeDue(absl::Seconds(now))) {
        fire();
        const auto first = next();
        ASSERT_NE(first, expected.end());
        ASSERT_EQ(first->number, fired.number);
        ASSERT_LE(first->at, absl::Seconds(now));
        expected.erase(first);
      }
      ASSERT_TRUE(expected.empty() || next()->at > absl::Seconds(now));
    }
    ASSERT_EQ(heap.size(), expected.size());
  }
}

}  // namespace
}  // namespace payout
