// The wire between gateway and platform fails once: on the token call of one payout, the create of
// another, the read of a third. All settle, and each is paid exactly once, by identical bytes.

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/http_gate.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using std::chrono::milliseconds;

int PortOf(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

// A gateway that reaches its platform through a gate.
class World {
 public:
  World()
      : harness_({.platform = {}, .config = [this](Config& config) {
                    // An answer of one call taken for that of another costs a pause.
                    config.submission.pause = absl::Seconds(1);
                    gate_ = std::make_unique<HttpGate>(PortOf(config.platform.url));
                    config.platform.url = gate_->Url();
                  }}) {}

  HttpGate& gate() { return *gate_; }
  GatewayHarness& harness() { return harness_; }

  // All succeed, though somebody may have to ask: the platform tells a change once.
  bool Settle(std::vector<std::string> open) {
    int turn = 0;
    const bool settled = Eventually(
        [&] {
          std::erase_if(open, [&](const std::string& id) {
            return harness_.alpha().Stored(id).state() == v1::PAYOUT_STATE_SUCCEEDED;
          });
          if (++turn % 100 == 0) {
            for (const std::string& id : open) harness_.alpha().Get(id, 5);
          }
          return open.empty();
        },
        30);
    for (const std::string& id : open) {
      ADD_FAILURE() << harness_.alpha().Stored(id).ShortDebugString();
    }
    return settled;
  }

  void ExpectPaidOnce(const std::string& id) {
    const v1::Payout payout = harness_.alpha().Stored(id);
    EXPECT_EQ(payout.needs_review_size(), 0) << payout.ShortDebugString();
    const sandbox::LedgerSnapshot ledger = harness_.platform().Ledger();
    const auto payments =
        std::count_if(ledger.payments.begin(), ledger.payments.end(),
                      [&](const sandbox::LedgerEntry& entry) { return entry.id == id; });
    ASSERT_EQ(payments, 1) << id;
    EXPECT_EQ(ledger.Find(id)->amount.ToString(), payout.money().amount());
    EXPECT_EQ(ledger.Find(id)->status(), "SUCCESS");
    std::vector<std::string> bodies;
    for (const std::string& request : gate_->requests()) {
      if (request.rfind("POST /payouts/" + id + " ", 0) != 0) continue;
      bodies.push_back(request.substr(request.find("\r\n\r\n")));
    }
    ASSERT_FALSE(bodies.empty());
    EXPECT_THAT(bodies, ::testing::Each(bodies.front()));
  }

 private:
  std::unique_ptr<HttpGate> gate_;
  GatewayHarness harness_;
};

// How long the faults with time in them take; the gateway waits 400 ms.
milliseconds DelayOf(WireFault fault) {
  if (fault == WireFault::kSlowDrip) return milliseconds(20);
  return milliseconds(700);
}

// One payout of each whose call the fault hits.
std::vector<std::string> ArmAll(HttpGate& gate, WireFault fault, const std::string& prefix) {
  const milliseconds delay = DelayOf(fault);
  gate.Arm({{"POST /auth-tokens", prefix + "token"}, fault, delay});
  gate.Arm({{"POST /payouts/" + prefix + "create "}, fault, delay});
  gate.Arm({{"GET /payouts/" + prefix + "read "}, fault, delay});
  return {prefix + "token", prefix + "create", prefix + "read"};
}

void ExpectAllPaidOnce(World& world, const std::vector<std::string>& ids) {
  const std::size_t before = world.harness().platform().Ledger().payments.size();
  for (const std::string& id : ids) {
    ASSERT_TRUE(world.harness().alpha().Create(BankPayout(id)).ok());
  }
  ASSERT_TRUE(world.Settle(ids));
  for (const std::string& id : ids) world.ExpectPaidOnce(id);
  EXPECT_EQ(world.gate().waiting(), 0) << "a fault did not act";
  EXPECT_EQ(world.harness().platform().Ledger().payments.size(), before + ids.size());
}

// Settled payouts are read no more, for an hour; then kept connections get an answer that nobody
// asked for, and the next payouts meet them.
void ExpectLateAnswersAreNobodys(World& world) {
  ExpectAllPaidOnce(world, ArmAll(world.gate(), WireFault::kAnswerTwiceLate, "late-"));
  if (::testing::Test::HasFatalFailure()) return;
  // Three, unless an exchange took so long that the gateway gave its connection up.
  ASSERT_GT(world.gate().late_answers(), 0);
  ASSERT_TRUE(world.gate().SendLateAnswers());
  std::vector<std::string> next;
  for (int i = 0; i < 8; ++i) next.push_back("next-" + std::to_string(i));
  ExpectAllPaidOnce(world, next);
  EXPECT_TRUE(Eventually([&] { return world.gate().late_answers() == 0; }))
      << "a connection with an answer too many was kept";
}

// Each fault in a gateway of its own; side by side, because they mostly wait.
void ExpectPaidOnceUnder(const std::vector<WireFault>& faults) {
  std::vector<std::thread> threads;
  for (const WireFault fault : faults) {
    threads.emplace_back([fault] {
      SCOPED_TRACE(WireFaultName(fault));
      World world;
      ExpectAllPaidOnce(world, ArmAll(world.gate(), fault, ""));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

const std::vector<WireFault> kNeverArrives = {WireFault::kCloseBefore, WireFault::kResetBefore,
                                              WireFault::kHalfRequest};
const std::vector<WireFault> kArrivesLateOrTwice = {WireFault::kDelayRequest,
                                                    WireFault::kRequestTwice};
const std::vector<WireFault> kAnswerIsLost = {WireFault::kCloseAfter, WireFault::kResetAfter,
                                              WireFault::kSilence, WireFault::kDelayAnswer,
                                              WireFault::kSlowDrip};
const std::vector<WireFault> kAnswerIsSpoilt = {
    WireFault::kHalfHeader,    WireFault::kHalfBody,          WireFault::kHalfBodyReset,
    WireFault::kCorruptLength, WireFault::kCorruptStatusLine, WireFault::kCorruptBody,
    WireFault::kGarbage};
const std::vector<WireFault> kConnectionIsStrange = {WireFault::kDrip, WireFault::kHalfClose,
                                                     WireFault::kAnswerTwice};

TEST(WireFaultsTest, ARequestThatNeverArrivesIsSentAgainWithTheSameBytes) {
  ExpectPaidOnceUnder(kNeverArrives);
}

TEST(WireFaultsTest, ARequestThatArrivesLateOrTwiceIsPaidOnce) {
  ExpectPaidOnceUnder(kArrivesLateOrTwice);
}

TEST(WireFaultsTest, ALostAnswerIsAskedFor) { ExpectPaidOnceUnder(kAnswerIsLost); }

TEST(WireFaultsTest, ASpoiltAnswerIsAskedFor) { ExpectPaidOnceUnder(kAnswerIsSpoilt); }

TEST(WireFaultsTest, AStrangeConnectionMixesNothingUp) {
  ExpectPaidOnceUnder(kConnectionIsStrange);
}

TEST(WireFaultsTest, ASecondAnswerThatComesLateIsNobodys) {
  World world;
  ExpectLateAnswersAreNobodys(world);
}

TEST(WireFaultsTest, AllOfThemInOneGatewayAtOnce) {
  World world;
  std::vector<std::string> ids;
  for (const auto& faults :
       {kNeverArrives, kArrivesLateOrTwice, kAnswerIsLost, kAnswerIsSpoilt, kConnectionIsStrange}) {
    for (const WireFault fault : faults) {
      const auto more = ArmAll(world.gate(), fault, std::string(WireFaultName(fault)) + "-");
      ids.insert(ids.end(), more.begin(), more.end());
    }
  }
  ExpectAllPaidOnce(world, ids);
  ExpectLateAnswersAreNobodys(world);
}

// The create was held up on its way for so long that it was sent again; then it arrives, too.
TEST(WireFaultsTest, ACreateThatArrivesAfterItWasSentAgainPaysNothing) {
  World world;
  world.gate().Arm({{"POST /payouts/late "}, WireFault::kDelayRequest, milliseconds(9'000)});
  ASSERT_TRUE(world.harness().alpha().Create(BankPayout("late")).ok());
  ASSERT_TRUE(world.Settle({"late"}));
  ASSERT_TRUE(Eventually(
      [&] { return world.harness().platform().Ledger().Find("late")->creates.count == 2; }, 15));
  world.ExpectPaidOnce("late");
  EXPECT_EQ(world.harness().platform().Ledger().Count("answers.409"), 1);
  EXPECT_EQ(world.harness().platform().Ledger().payments.size(), 1u);
}

}  // namespace
}  // namespace payout::testing
