#include "server/base/task_scope.h"

#include <coroutine>
#include <utility>

#include <gtest/gtest.h>

#include "server/base/task.h"
#include "server/base/trigger.h"
#include "tests/server/base/gate.h"

namespace payout {
namespace {

Task<void> Wait(Gate& gate, int& alive) {
  const Alive here(alive);
  co_await gate;
}

Task<void> Nothing() { co_return; }

Task<void> SpawnAnother(TaskScope& scope, Gate& gate, int& alive) {
  co_await gate;
  scope.Spawn(Wait(gate, alive));
}

TEST(TaskScopeTest, ActiveCountsWhatHasNotFinished) {
  Gate gate;
  int alive = 0;
  TaskScope scope;
  EXPECT_EQ(scope.active(), 0U);
  scope.Spawn(Nothing());
  EXPECT_EQ(scope.active(), 0U);
  scope.Spawn(Wait(gate, alive));
  scope.Spawn(Wait(gate, alive));
  EXPECT_EQ(scope.active(), 2U);
  gate.Open();
  EXPECT_EQ(scope.active(), 1U);
  gate.Open();
  EXPECT_EQ(scope.active(), 0U);
  EXPECT_EQ(alive, 0);
}

TEST(TaskScopeTest, DestructionEndsSuspendedTasksWithoutResumingThem) {
  Gate gate;
  int alive = 0;
  int idle = 0;
  {
    TaskScope scope;
    scope.OnIdle([&idle] { ++idle; });
    for (int i = 0; i < 3; ++i) scope.Spawn(Wait(gate, alive));
    EXPECT_EQ(alive, 3);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(idle, 0) << "a destroyed task did not finish";
}

TEST(TaskScopeTest, OnIdleIsCalledEachTimeTheLastTaskFinishes) {
  Gate gate;
  int alive = 0;
  int idle = 0;
  TaskScope scope;
  scope.OnIdle([&idle] { ++idle; });
  scope.Spawn(Wait(gate, alive));
  scope.Spawn(Wait(gate, alive));
  gate.Open();
  EXPECT_EQ(idle, 0);
  gate.Open();
  EXPECT_EQ(idle, 1);
  scope.Spawn(Nothing());
  EXPECT_EQ(idle, 2);
}

TEST(TaskScopeTest, OnIdleMaySpawn) {
  Gate gate;
  int alive = 0;
  TaskScope scope;
  bool again = true;
  scope.OnIdle([&] {
    if (std::exchange(again, false)) scope.Spawn(Wait(gate, alive));
  });
  scope.Spawn(Nothing());
  EXPECT_EQ(scope.active(), 1U);
  EXPECT_EQ(alive, 1);
  gate.Open();
  EXPECT_EQ(scope.active(), 0U);
}

TEST(TaskScopeTest, ATaskMaySpawnAnother) {
  Gate gate;
  int alive = 0;
  int idle = 0;
  TaskScope scope;
  scope.OnIdle([&idle] { ++idle; });
  scope.Spawn(SpawnAnother(scope, gate, alive));
  gate.Open();
  EXPECT_EQ(scope.active(), 1U);
  EXPECT_EQ(idle, 0) << "the spawning task ended while the other one ran";
  gate.Open();
  EXPECT_EQ(idle, 1);
}

// Waits as our awaiters do: on a list that the frame's destruction takes it off.
struct AwaitTrigger {
  Trigger& trigger;
  Trigger::Waiter waiter;

  explicit AwaitTrigger(Trigger& t) : trigger(t) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) {
    waiter.Link(trigger, [self] { self.resume(); });
  }
  void await_resume() const noexcept {}
};

Task<void> WaitForTrigger(Trigger& trigger, int& woken) {
  AwaitTrigger notified(trigger);
  co_await notified;
  ++woken;
}

TEST(TaskScopeTest, DestroyedTasksLeaveTheTriggersTheyWaitedOn) {
  Trigger trigger;
  int woken = 0;
  {
    TaskScope scope;
    scope.Spawn(WaitForTrigger(trigger, woken));
    scope.Spawn(WaitForTrigger(trigger, woken));
  }
  trigger.Notify();
  EXPECT_EQ(woken, 0);
}

TEST(TaskScopeTest, FinishingOutOfOrderKeepsTheOthers) {
  Gate first;
  Gate second;
  Gate third;
  int alive = 0;
  TaskScope scope;
  scope.Spawn(Wait(first, alive));
  scope.Spawn(Wait(second, alive));
  scope.Spawn(Wait(third, alive));
  second.Open();
  EXPECT_EQ(scope.active(), 2U);
  third.Open();
  first.Open();
  EXPECT_EQ(scope.active(), 0U);
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace payout
