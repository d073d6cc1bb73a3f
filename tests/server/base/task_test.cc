#include "server/base/task.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/base/task_scope.h"
#include "tests/server/base/gate.h"

namespace payout {
namespace {

using Trace = std::vector<std::string>;

Task<int> Answer(Trace& trace) {
  trace.push_back("answer");
  co_return 42;
}

Task<int> Doubled(Trace& trace) {
  trace.push_back("doubled begins");
  const int answer = co_await Answer(trace);
  trace.push_back("doubled ends");
  co_return answer * 2;
}

Task<void> Store(Trace& trace, int& result) {
  const int value = co_await Doubled(trace);
  result = value;
}

TEST(TaskTest, NestedTasksRunInTheOrderOfTheText) {
  Trace trace;
  int result = 0;
  TaskScope scope;
  scope.Spawn(Store(trace, result));
  EXPECT_EQ(result, 84);
  EXPECT_EQ(trace, (Trace{"doubled begins", "answer", "doubled ends"}));
}

TEST(TaskTest, NothingRunsBeforeTheTaskIsAwaited) {
  Trace trace;
  { const Task<int> never = Doubled(trace); }
  EXPECT_TRUE(trace.empty());
}

Task<std::unique_ptr<std::string>> MakeText(Gate& gate) {
  co_await gate;
  co_return std::make_unique<std::string>("moved, not copied");
}

Task<void> KeepText(Gate& gate, std::unique_ptr<std::string>& kept) {
  std::unique_ptr<std::string> text = co_await MakeText(gate);
  kept = std::move(text);
}

TEST(TaskTest, MoveOnlyValuesTravelThroughASuspension) {
  Gate gate;
  std::unique_ptr<std::string> kept;
  TaskScope scope;
  scope.Spawn(KeepText(gate, kept));
  EXPECT_EQ(kept, nullptr);
  ASSERT_TRUE(gate.Open());
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(*kept, "moved, not copied");
}

Task<int> Guarded(Gate& gate, int& alive, int value) {
  const Alive here(alive);
  co_await gate;
  co_return value;
}

Task<void> AwaitTask(Task<int> task, int& result) {
  const int value = co_await task;
  result = value;
}

TEST(TaskTest, ATaskMovedBeforeItIsAwaitedRunsOnce) {
  Gate gate;
  int alive = 0;
  int result = 0;
  TaskScope scope;
  Task<int> first = Guarded(gate, alive, 7);
  Task<int> second = std::move(first);
  scope.Spawn(AwaitTask(std::move(second), result));
  EXPECT_EQ(alive, 1);
  ASSERT_TRUE(gate.Open());
  EXPECT_EQ(result, 7);
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(gate.Open());
}

TEST(TaskTest, AssignmentKeepsExactlyOneOfTheTwo) {
  Gate gate;
  int alive = 0;
  int result = 0;
  TaskScope scope;
  Task<int> task = Guarded(gate, alive, 1);
  task = Guarded(gate, alive, 2);
  scope.Spawn(AwaitTask(std::move(task), result));
  ASSERT_TRUE(gate.Open());
  EXPECT_EQ(result, 2);
  EXPECT_EQ(alive, 0);
}

Task<int> Deep(Gate& gate, int& alive, int depth) {
  const Alive here(alive);
  if (depth == 0) {
    co_await gate;
    co_return 0;
  }
  const int below = co_await Deep(gate, alive, depth - 1);
  co_return below + 1;
}

TEST(TaskTest, DestroyingTheOutermostTaskDestroysAllThatItAwaits) {
  Gate gate;
  int alive = 0;
  int result = -1;
  {
    TaskScope scope;
    scope.Spawn(AwaitTask(Deep(gate, alive, 100), result));
    EXPECT_EQ(alive, 101);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(result, -1);
}

TEST(TaskTest, ResultsClimbThroughManyLevels) {
  Gate gate;
  int alive = 0;
  int result = -1;
  TaskScope scope;
  scope.Spawn(AwaitTask(Deep(gate, alive, 1'000), result));
  ASSERT_TRUE(gate.Open());
  EXPECT_EQ(result, 1'000);
  EXPECT_EQ(alive, 0);
}

Task<void> Twice(Gate& gate, int& passed) {
  for (int i = 0; i < 2; ++i) {
    co_await gate;
    ++passed;
  }
}

Task<void> AwaitVoid(Gate& gate, int& passed, bool& done) {
  co_await Twice(gate, passed);
  done = true;
}

TEST(TaskTest, ATaskWithoutAValueMaySuspendSeveralTimes) {
  Gate gate;
  int passed = 0;
  bool done = false;
  TaskScope scope;
  scope.Spawn(AwaitVoid(gate, passed, done));
  ASSERT_TRUE(gate.Open());
  EXPECT_EQ(passed, 1);
  EXPECT_FALSE(done);
  ASSERT_TRUE(gate.Open());
  EXPECT_EQ(passed, 2);
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace payout
