#include "server/base/trigger.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace payout {
namespace {

using Woken = std::vector<std::string>;

TEST(TriggerTest, WakesEveryWaiterOnceInTheOrderOfLinking) {
  Trigger trigger;
  Woken woken;
  Trigger::Waiter a;
  Trigger::Waiter b;
  a.Link(trigger, [&woken] { woken.push_back("a"); });
  b.Link(trigger, [&woken] { woken.push_back("b"); });
  trigger.Notify();
  trigger.Notify();
  EXPECT_EQ(woken, (Woken{"a", "b"}));
  EXPECT_FALSE(a.linked());
  EXPECT_FALSE(b.linked());
}

TEST(TriggerTest, NotifyWithoutWaitersDoesNothing) {
  Trigger trigger;
  trigger.Notify();
  Woken woken;
  Trigger::Waiter late;
  late.Link(trigger, [&woken] { woken.push_back("late"); });
  EXPECT_TRUE(woken.empty()) << "a notification is not kept for those who come later";
  EXPECT_TRUE(late.linked());
}

TEST(TriggerTest, UnlinkedAndDestroyedWaitersAreNotWoken) {
  Trigger trigger;
  Woken woken;
  Trigger::Waiter left;
  Trigger::Waiter stays;
  left.Link(trigger, [&woken] { woken.push_back("left"); });
  {
    Trigger::Waiter destroyed;
    destroyed.Link(trigger, [&woken] { woken.push_back("destroyed"); });
    stays.Link(trigger, [&woken] { woken.push_back("stays"); });
  }
  left.Unlink();
  left.Unlink();
  trigger.Notify();
  EXPECT_EQ(woken, Woken{"stays"});
}

TEST(TriggerTest, WaitersDestroyedWhileNotifyingAreNotWoken) {
  Trigger trigger;
  Woken woken;
  Trigger::Waiter first;
  auto second = std::make_unique<Trigger::Waiter>();
  Trigger::Waiter third;
  first.Link(trigger, [&] {
    woken.push_back("first");
    second.reset();
  });
  second->Link(trigger, [&woken] { woken.push_back("second"); });
  third.Link(trigger, [&woken] { woken.push_back("third"); });
  trigger.Notify();
  EXPECT_EQ(woken, (Woken{"first", "third"}));
}

TEST(TriggerTest, AWaiterMayDestroyItselfWhileItIsWoken) {
  Trigger trigger;
  Woken woken;
  auto self = std::make_unique<Trigger::Waiter>();
  self->Link(trigger, [&] {
    self.reset();
    woken.push_back("self");
  });
  trigger.Notify();
  EXPECT_EQ(woken, Woken{"self"});
}

TEST(TriggerTest, ThoseWhoLinkWhileNotifyingWaitForTheNextCall) {
  Trigger trigger;
  int woken = 0;
  Trigger::Waiter again;
  std::function<void()> wake = [&] {
    ++woken;
    if (woken < 100) again.Link(trigger, wake);
  };
  again.Link(trigger, wake);
  trigger.Notify();
  EXPECT_EQ(woken, 1);
  EXPECT_TRUE(again.linked());
  trigger.Notify();
  EXPECT_EQ(woken, 2);
}

TEST(TriggerTest, NotifyInsideNotifyWakesNobodyTwice) {
  Trigger trigger;
  Woken woken;
  Trigger::Waiter first;
  Trigger::Waiter second;
  first.Link(trigger, [&] {
    woken.push_back("first");
    trigger.Notify();
  });
  second.Link(trigger, [&woken] { woken.push_back("second"); });
  trigger.Notify();
  EXPECT_EQ(woken, (Woken{"first", "second"}));
}

TEST(TriggerTest, ATriggerMayEndBeforeItsWaiters) {
  Woken woken;
  Trigger::Waiter a;
  Trigger::Waiter b;
  {
    Trigger trigger;
    a.Link(trigger, [&woken] { woken.push_back("a"); });
    b.Link(trigger, [&woken] { woken.push_back("b"); });
  }
  EXPECT_FALSE(a.linked());
  EXPECT_FALSE(b.linked());
  a.Unlink();
  EXPECT_TRUE(woken.empty());
}

TEST(TriggerTest, ATriggerMayEndWhileItNotifies) {
  std::optional<Trigger> trigger(std::in_place);
  Woken woken;
  Trigger::Waiter a;
  Trigger::Waiter b;
  a.Link(*trigger, [&] {
    woken.push_back("a");
    trigger.reset();
  });
  b.Link(*trigger, [&woken] { woken.push_back("b"); });
  trigger->Notify();
  EXPECT_EQ(woken, (Woken{"a", "b"})) << "both waited when it was notified";
  EXPECT_FALSE(b.linked());
}

TEST(TriggerTest, LinkingAnewLeavesTheFormerPlace) {
  Trigger former;
  Trigger present;
  Woken woken;
  Trigger::Waiter waiter;
  waiter.Link(former, [&woken] { woken.push_back("former"); });
  waiter.Link(present, [&woken] { woken.push_back("present"); });
  former.Notify();
  EXPECT_TRUE(woken.empty());
  present.Notify();
  EXPECT_EQ(woken, Woken{"present"});
}

}  // namespace
}  // namespace payout
