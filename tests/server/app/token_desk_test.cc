// Tokens under backlog: one call for many, one bad member, coroutines that go away.

#include "server/app/token_desk.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string IdOf(int i) { return "P" + std::to_string(i); }

TokenDesk& DeskOf(CoreFixture& fixture) {
  return fixture.process->directory.FindMerchant(CoreFixture::kMerchant)->token_desk();
}

Payout PayoutOf(const std::string& id, const TenantName& tenant = CoreFixture::kTenant) {
  return NewPayout(ToIntent(BankDraft(id), tenant), "", {}, absl::UnixEpoch());
}

// Asks for tokens without the rest of the core.
class TokenDeskTest : public ::testing::Test {
 protected:
  void Ask(TaskScope& scope, const std::string& id, WorkClass work = WorkClass::kCreate,
           const std::string& tenant = "billing") {
    scope.Spawn([](TokenDeskTest& test, Payout payout, WorkClass w) -> Task<void> {
      const TokenOutcome outcome = co_await DeskOf(test.fixture_).Obtain(payout, w);
      const std::string& name = payout.intent.key.payout_id.value();
      if (outcome.token != nullptr) {
        test.granted_.push_back(name);
      } else {
        (outcome.rested ? test.rested_ : test.failed_).push_back(name);
      }
    }(*this, PayoutOf(id, TenantName(tenant)), work));
  }
  // Uses up the burst, so that whoever asks next has to wait together.
  void Crowd() {
    for (int i = 0; i < 3; ++i) Ask(scope_, "early-" + std::to_string(i));
    fixture_.env.RunFor(absl::Milliseconds(100));
    fixture_.platform.token_sets.clear();
    granted_.clear();
  }
  const std::vector<std::vector<std::string>>& sets() { return fixture_.platform.token_sets; }

  CoreFixture fixture_;
  std::vector<std::string> granted_, failed_, rested_;
  TaskScope scope_;
};

TEST_F(TokenDeskTest, OnePayoutGetsATokenOfItsOwn) {
  Ask(scope_, "P1");
  fixture_.env.RunFor(absl::Seconds(1));
  EXPECT_THAT(sets(), ElementsAre(ElementsAre("P1")));
  EXPECT_THAT(granted_, ElementsAre("P1"));
}

TEST_F(TokenDeskTest, ThoseThatWaitTogetherShareOneCallOfSixteen) {
  Crowd();
  for (int i = 0; i < 40; ++i) Ask(scope_, IdOf(i));
  fixture_.env.RunFor(absl::Seconds(2));
  EXPECT_THAT(sets(), ElementsAre(SizeIs(16), SizeIs(16), SizeIs(8)));
  EXPECT_THAT(granted_, SizeIs(40));
  EXPECT_EQ(DeskOf(fixture_).waiting(), 0u);
  // Nobody's place in the budget is left behind.
  EXPECT_EQ(fixture_.process->directory.FindMerchant(CoreFixture::kMerchant)->budget().waiting(),
            0);
}

TEST_F(TokenDeskTest, LongIdsMakeSmallerSetsSoThatTheRequestStaysShort) {
  Crowd();
  for (int i = 0; i < 20; ++i) Ask(scope_, std::string(247, 'x') + std::to_string(100 + i));
  fixture_.env.RunFor(absl::Seconds(3));
  EXPECT_THAT(granted_, SizeIs(20));
  for (const auto& set : sets()) EXPECT_LE(set.size() * (33 + 2 * 250), 2560u);
  EXPECT_THAT(sets(), SizeIs(5));
}

TEST_F(TokenDeskTest, OwnClassComesFirstAndTenantsTakeTurns) {
  Crowd();
  for (int i = 0; i < 20; ++i) Ask(scope_, "many-" + IdOf(i), WorkClass::kCreate, "many");
  Ask(scope_, "few", WorkClass::kCreate, "tiny");
  Ask(scope_, "poll", WorkClass::kPoll, "tiny");
  fixture_.env.RunFor(absl::Seconds(2));
  ASSERT_THAT(sets(), SizeIs(2));
  EXPECT_THAT(sets()[0], SizeIs(16));
  EXPECT_THAT(sets()[0], Contains("few"));
  EXPECT_EQ(std::ranges::count(sets()[0], "poll") + std::ranges::count(sets()[1], "poll"), 1);
}

TEST_F(TokenDeskTest, OneBadMemberOfASetFailsAlone) {
  Crowd();
  fixture_.platform.unwanted_ids = {"P3"};
  for (int i = 0; i < 8; ++i) Ask(scope_, IdOf(i));
  fixture_.env.RunFor(absl::Seconds(5));
  EXPECT_THAT(granted_, SizeIs(7));
  EXPECT_THAT(failed_, ElementsAre("P3"));
  EXPECT_THAT(sets(), SizeIs(9)) << "the set, then each of them once";
}

TEST_F(TokenDeskTest, PlatformThatRefusesSetsIsAskedForSingleTokensSoon) {
  fixture_.platform.token_subjects_max = 1;
  for (int i = 0; i < 200; ++i) Ask(scope_, IdOf(i));
  fixture_.env.RunFor(absl::Minutes(2));
  EXPECT_THAT(granted_, SizeIs(200));
  EXPECT_LE(sets().size(), 205u);
}

TEST_F(TokenDeskTest, SetsComeBackAfterTheyWereRefused) {
  fixture_.platform.token_subjects_max = 1;
  for (int i = 0; i < 100; ++i) Ask(scope_, IdOf(i));
  fixture_.env.RunFor(absl::Minutes(15));
  fixture_.platform.token_subjects_max = 16;
  fixture_.platform.token_sets.clear();
  for (int i = 0; i < 200; ++i) Ask(scope_, "again-" + IdOf(i));
  fixture_.env.RunFor(absl::Minutes(5));
  EXPECT_THAT(granted_, SizeIs(300));
  EXPECT_LE(sets().size(), 30u);
}

TEST_F(TokenDeskTest, FailureOfTheMomentIsToldToAllMembers) {
  Crowd();
  fixture_.platform.limited = {Call::kToken};
  for (int i = 0; i < 8; ++i) Ask(scope_, IdOf(i));
  fixture_.env.RunFor(absl::Milliseconds(300));
  EXPECT_THAT(failed_, SizeIs(8));
  EXPECT_THAT(sets(), SizeIs(1));
}

TEST_F(TokenDeskTest, PayoutThatGoesAwayLeavesNothingBehind) {
  Crowd();
  {
    TaskScope gone;
    Ask(gone, "gone-1");
    Ask(scope_, "stays-1");
    Ask(gone, "gone-2");
  }
  fixture_.env.RunFor(absl::Seconds(1));
  EXPECT_THAT(sets(), ElementsAre(ElementsAre("stays-1")));
  auto last = std::make_unique<TaskScope>();
  for (int i = 0; i < 3; ++i) Ask(scope_, "early-again-" + IdOf(i));
  Ask(*last, "last");
  fixture_.platform.token_sets.clear();
  last.reset();
  fixture_.env.RunFor(absl::Seconds(2));
  EXPECT_EQ(DeskOf(fixture_).waiting(), 0u);
  EXPECT_EQ(fixture_.process->directory.FindMerchant(CoreFixture::kMerchant)->budget().waiting(),
            0);
}

TEST_F(TokenDeskTest, PayoutThatGoesAwayDuringTheCallDoesNotStopItForTheOthers) {
  Crowd();
  fixture_.platform.latency = absl::Seconds(2);
  auto leader = std::make_unique<TaskScope>();
  Ask(*leader, "leader");
  Ask(scope_, "other");
  fixture_.env.RunFor(absl::Seconds(1));
  ASSERT_THAT(sets(), ElementsAre(ElementsAre("leader", "other")));
  leader.reset();
  fixture_.env.RunFor(absl::Seconds(2));
  EXPECT_THAT(granted_, ElementsAre("other"));
  EXPECT_THAT(sets(), SizeIs(1));
}

TEST_F(TokenDeskTest, DistrustedSharedTokenIsReplacedByOneOfItsOwnForThatPayoutOnly) {
  Crowd();
  Ask(scope_, "P1");
  Ask(scope_, "P2");
  fixture_.env.RunFor(absl::Seconds(1));
  ASSERT_THAT(sets(), ElementsAre(SizeIs(2)));
  DeskOf(fixture_).Distrust(PayoutId("P1"), /*forbidden=*/false);
  Ask(scope_, "P1");
  Ask(scope_, "P2");
  Ask(scope_, "P3");
  fixture_.env.RunFor(absl::Seconds(1));
  EXPECT_THAT(granted_, SizeIs(5));
  EXPECT_THAT(sets(), ElementsAre(SizeIs(2), ElementsAre("P1"), ElementsAre("P3")));
}

TEST_F(TokenDeskTest, ComingsAndGoingsAtRandomLeaveNobodyWithoutATokenAndNothingBehind) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SimulatedEnvironment& env = fixture_.env;
    std::mt19937_64 random(seed);
    fixture_.platform.latency = absl::Milliseconds(static_cast<std::int64_t>(random() % 900));
    fixture_.platform.token_sets.clear();
    granted_.clear();
    std::map<std::string, std::unique_ptr<TaskScope>> here;
    for (int step = 0; step < 120; ++step) {
      const std::string id = std::to_string(seed) + "-" + std::to_string(step);
      const WorkClass work = kAllWorkClasses[random() % 6];
      here[id] = std::make_unique<TaskScope>();
      Ask(*here[id], id, work, random() % 3 == 0 ? "small" : "big");
      if (random() % 3 == 0) {
        const auto leaves = std::next(here.begin(), static_cast<long>(random() % here.size()));
        here.erase(leaves);
      }
      if (random() % 2 == 0)
        env.RunFor(absl::Milliseconds(static_cast<std::int64_t>(random() % 300)));
    }
    env.RunFor(absl::Minutes(2));
    EXPECT_EQ(DeskOf(fixture_).waiting(), 0u);
    EXPECT_EQ(fixture_.process->directory.FindMerchant(CoreFixture::kMerchant)->budget().waiting(),
              0);
    const std::set<std::string> with_token(granted_.begin(), granted_.end());
    for (const auto& [id, scope] : here) EXPECT_TRUE(with_token.contains(id)) << id;
    std::map<std::string, int> named;
    for (const auto& set : sets()) {
      EXPECT_LE(set.size(), 16u);
      for (const std::string& id : set) EXPECT_EQ(++named[id], 1) << id << " was asked for twice";
    }
  }
}

// ---- in the whole core ----

TEST(SharedTokensTest, RefusedSetDoesNotPauseTheMerchantButARefusedSingleTokenDoes) {
  CoreFixture fixture;
  fixture.platform.unwanted_ids = {"P20"};
  for (int i = 0; i < 40; ++i) fixture.Create(IdOf(i));
  fixture.env.RunFor(absl::Hours(3));
  for (int i = 0; i < 40; ++i) {
    const State state = fixture.Get(IdOf(i)).status.state;
    EXPECT_EQ(state, i == 20 ? State::kQueued : State::kSucceeded) << i;
  }
}

TEST(SharedTokensTest, SharedTokenThatIsNotAcceptedCostsOneMoreTokenAndPausesNothing) {
  for (const CreateAnswerKind kind :
       {CreateAnswerKind::kUnauthenticated, CreateAnswerKind::kForbidden}) {
    CoreFixture fixture;
    for (int i = 0; i < 40; ++i) fixture.Create(IdOf(i));
    // The first three have tokens of their own.
    ASSERT_TRUE(fixture.env.RunUntil([&] { return fixture.platform.ledger.size() >= 6; },
                                     absl::Minutes(1)));
    fixture.platform.creates.push_back({false, CreateAnswer{.kind = kind}});
    fixture.env.RunFor(absl::Seconds(30));
    EXPECT_FALSE(fixture.process->directory.FindMerchant(CoreFixture::kMerchant)->paused_until());
    fixture.env.RunFor(absl::Minutes(5));
    for (int i = 0; i < 40; ++i) {
      EXPECT_EQ(fixture.Get(IdOf(i)).status.state, State::kSucceeded) << i;
    }
    EXPECT_LE(fixture.platform.Count(Call::kToken), 3 + 3 + 1);
  }
}

TEST(SharedTokensTest, RestartInTheMiddleOfASharedCallLosesNobody) {
  for (int moment = 0; moment < 30; ++moment) {
    CoreFixture fixture;
    fixture.platform.latency = absl::Milliseconds(150);
    for (int i = 0; i < 20; ++i) fixture.Create(IdOf(i));
    fixture.env.RunFor(absl::Milliseconds(41 * moment));
    fixture.Restart();
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(fixture.RunUntilState(IdOf(i), State::kSucceeded)) << moment;
      ASSERT_EQ(fixture.platform.ledger[IdOf(i)].accepted, 1) << moment;
    }
  }
}

}  // namespace
}  // namespace payout::testing
