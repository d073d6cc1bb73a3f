// Which faults act, and what they do to a call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/echelon/sandbox/fault_codec.h"
#include "adapters/echelon/sandbox/fault_set.h"
#include "tests/adapters/echelon/sandbox/model_driver.h"

namespace payout::sandbox {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Fault On(Operation on, FaultAction action) {
  Fault fault;
  fault.on = on;
  fault.action = action;
  return fault;
}

bool Acts(FaultSet& faults, const std::string& id) {
  return faults.Decide({Operation::kCreate, {id}, std::nullopt}).answer.has_value();
}

TEST(MatchesGlob, StarsAndQuestionMarks) {
  EXPECT_TRUE(MatchesGlob("*", ""));
  EXPECT_TRUE(MatchesGlob("pay-*", "pay-1"));
  EXPECT_TRUE(MatchesGlob("*-a*b", "x-a-a-b"));
  EXPECT_TRUE(MatchesGlob("a?c", "abc"));
  EXPECT_FALSE(MatchesGlob("a?c", "ac"));
  EXPECT_FALSE(MatchesGlob("pay-*", "Pay-1"));
  EXPECT_FALSE(MatchesGlob("a", "ab"));
}

TEST(FaultSet, NthAndFirstCountMatchesOnly) {
  FaultSet faults(1);
  Fault second = On(Operation::kCreate, FaultAction::kDropAfterApply);
  second.id = "a*";
  second.nth = 2;
  ASSERT_TRUE(faults.Add(second).ok());
  EXPECT_FALSE(Acts(faults, "b"));
  EXPECT_FALSE(Acts(faults, "a1"));
  EXPECT_FALSE(Acts(faults, "b"));
  EXPECT_TRUE(Acts(faults, "a2"));
  EXPECT_FALSE(Acts(faults, "a3"));
  EXPECT_EQ(faults.List()[0].matched, 3);
  EXPECT_EQ(faults.List()[0].acted, 1);
}

TEST(FaultSet, PerPayoutCountsEachIdAlone) {
  FaultSet faults(1);
  Fault first = On(Operation::kCreate, FaultAction::kDropAfterApply);
  first.first = 1;
  first.per_payout = true;
  ASSERT_TRUE(faults.Add(first).ok());
  EXPECT_TRUE(Acts(faults, "a"));
  EXPECT_FALSE(Acts(faults, "a"));
  EXPECT_TRUE(Acts(faults, "b"));
}

TEST(FaultSet, ProbabilityFollowsTheSeed) {
  const auto run = [](std::uint64_t seed) {
    FaultSet faults(seed);
    Fault fault = On(Operation::kCreate, FaultAction::kDropAfterApply);
    fault.probability = 0.3;
    EXPECT_TRUE(faults.Add(fault).ok());
    std::string pattern;
    for (int i = 0; i < 1000; ++i) pattern += Acts(faults, "a") ? '1' : '0';
    return pattern;
  };
  const std::string once = run(7);
  EXPECT_EQ(once, run(7));
  EXPECT_NE(once, run(8));
  const auto acted = std::count(once.begin(), once.end(), '1');
  EXPECT_GT(acted, 200);
  EXPECT_LT(acted, 400);
}

TEST(FaultSet, TheFirstAnswerWinsAndDelaysAddUp) {
  FaultSet faults(1);
  Fault delay = On(Operation::kCreate, FaultAction::kDelay);
  delay.delay = absl::Milliseconds(5);
  ASSERT_TRUE(faults.Add(delay).ok());
  ASSERT_TRUE(faults.Add(On(Operation::kCreate, FaultAction::kDropAfterApply)).ok());
  ASSERT_TRUE(faults.Add(On(Operation::kCreate, FaultAction::kResetAfterApply)).ok());
  ASSERT_TRUE(faults.Add(delay).ok());
  const FaultDecision decision = faults.Decide({Operation::kCreate, {"a"}, std::nullopt});
  EXPECT_EQ(decision.delay, absl::Milliseconds(10));
  EXPECT_TRUE(decision.Answers(FaultAction::kDropAfterApply));
  EXPECT_EQ(decision.names, "delay,drop_after_apply,delay");
}

TEST(ValidateFault, RefusesWhatMakesNoSense) {
  Fault no_codes = On(Operation::kCreate, FaultAction::kRefuse);
  EXPECT_FALSE(ValidateFault(no_codes).ok());
  no_codes.codes = {"IP_DENIED"};
  EXPECT_TRUE(ValidateFault(no_codes).ok());
  no_codes.size = 5;
  EXPECT_FALSE(ValidateFault(no_codes).ok());
  EXPECT_FALSE(ValidateFault(On(Operation::kRead, FaultAction::kCallbackLost)).ok());
  EXPECT_FALSE(ValidateFault(On(Operation::kCallback, FaultAction::kDropAfterApply)).ok());
  Fault both = On(Operation::kCreate, FaultAction::kDropAfterApply);
  both.nth = 1;
  both.first = 1;
  EXPECT_FALSE(ValidateFault(both).ok());
  Fault amount = On(Operation::kCreate, FaultAction::kDropAfterApply);
  amount.amount = "1,5";
  EXPECT_FALSE(ValidateFault(amount).ok());
  Fault status = On(Operation::kCreate, FaultAction::kStatus);
  status.http_status = 100;
  EXPECT_FALSE(ValidateFault(status).ok());
}

TEST(FaultNames, EveryActionIsReadBackFromItsName) {
  int count = 0;
  for (int i = 0; i <= static_cast<int>(FaultAction::kCallbackForged); ++i, ++count) {
    const auto action = static_cast<FaultAction>(i);
    EXPECT_EQ(ParseFaultAction(FaultActionName(action)), action) << i;
  }
  EXPECT_EQ(count, 24);
}

TEST(FaultCodec, RoundTripsThroughJson) {
  const std::string text =
      R"({"name":"n","on":"create","id":"a*","amount":"42.05","first":3,"per_payout":true,)"
      R"("probability":0.5,"action":"settle_as","status":"FAILED","failure_reason":"SYSTEM",)"
      R"("delay":"250ms"})";
  const auto fault = DecodeFault(*ParseJson(text), "fault");
  ASSERT_TRUE(fault.ok()) << fault.status();
  JsonWriter json;
  WriteFault({*fault, 2, 1}, json);
  EXPECT_EQ(json.Text(), text.substr(0, text.size() - 1) + R"(,"matched":2,"acted":1})");
}

TEST(FaultCodec, UnknownKeysAndActionsAreErrors) {
  EXPECT_FALSE(
      DecodeFault(*ParseJson(R"({"on":"create","action":"drop_after_apply","idd":"a"})"), "f")
          .ok());
  EXPECT_FALSE(DecodeFault(*ParseJson(R"({"on":"create","action":"explode"})"), "f").ok());
  EXPECT_FALSE(DecodeFault(*ParseJson(R"({"action":"drop_after_apply"})"), "f").ok());
  EXPECT_FALSE(
      DecodeFault(*ParseJson(R"({"on":"create","action":"drop_after_apply","amount":42.05})"), "f")
          .ok());
}

// One payout is created under a fault; then the fault is cleared.
struct Outcome {
  Answer create;
  std::size_t accepted;
};

Outcome CreateUnder(const Fault& fault) {
  ModelDriver driver;
  EXPECT_TRUE(driver.model().AddFault(fault).ok());
  Outcome outcome;
  outcome.create = driver.Create("A-1");
  outcome.accepted = driver.model().Snapshot().payments.size();
  return outcome;
}

TEST(Faults, BeforeApplyLeaveNoPayment) {
  for (const FaultAction action : {FaultAction::kDropBeforeApply, FaultAction::kResetBeforeApply,
                                   FaultAction::kRateLimit, FaultAction::kExpireToken}) {
    EXPECT_EQ(CreateUnder(On(Operation::kCreate, action)).accepted, 0U) << FaultActionName(action);
  }
  for (const int status : {400, 401, 403, 404, 406, 409, 429, 500, 503, 200}) {
    Fault fault = On(Operation::kCreate, FaultAction::kStatus);
    fault.http_status = status;
    const Outcome outcome = CreateUnder(fault);
    EXPECT_EQ(outcome.create.status, status);
    EXPECT_EQ(outcome.accepted, 0U);
    EXPECT_EQ(outcome.create.body[0], status == 406 ? '[' : '{');
  }
}

TEST(Faults, AfterApplyKeepThePayment) {
  for (const FaultAction action :
       {FaultAction::kDropAfterApply, FaultAction::kResetAfterApply, FaultAction::kGarbageBody,
        FaultAction::kTruncatedBody, FaultAction::kOversizedBody, FaultAction::kWrongAmount,
        FaultAction::kWrongId}) {
    EXPECT_EQ(CreateUnder(On(Operation::kCreate, action)).accepted, 1U) << FaultActionName(action);
  }
  Fault fault = On(Operation::kCreate, FaultAction::kStatusAfterApply);
  fault.http_status = 503;
  const Outcome outcome = CreateUnder(fault);
  EXPECT_EQ(outcome.create.status, 503);
  EXPECT_EQ(outcome.accepted, 1U);
}

TEST(Faults, SpoilTheAnswerAsTheySay) {
  EXPECT_EQ(CreateUnder(On(Operation::kCreate, FaultAction::kDropAfterApply)).create.delivery,
            Delivery::kDrop);
  EXPECT_EQ(CreateUnder(On(Operation::kCreate, FaultAction::kResetAfterApply)).create.delivery,
            Delivery::kReset);
  EXPECT_EQ(CreateUnder(On(Operation::kCreate, FaultAction::kTruncatedBody)).create.delivery,
            Delivery::kTruncate);
  EXPECT_FALSE(
      ParseJson(CreateUnder(On(Operation::kCreate, FaultAction::kGarbageBody)).create.body).ok());
  EXPECT_THAT(CreateUnder(On(Operation::kCreate, FaultAction::kWrongAmount)).create.body,
              HasSubstr(R"("amount":142.05,)"));
  EXPECT_THAT(CreateUnder(On(Operation::kCreate, FaultAction::kWrongId)).create.body,
              HasSubstr(R"("idPayout":"A-1-x")"));
  Fault oversized = On(Operation::kCreate, FaultAction::kOversizedBody);
  oversized.size = 100000;
  EXPECT_EQ(CreateUnder(oversized).create.body.size(), 100000U);
}

TEST(Faults, RefuseWithTheGivenCodes) {
  Fault fault = On(Operation::kCreate, FaultAction::kRefuse);
  fault.codes = {"IP_DENIED", "SOMETHING_NEW"};
  const Outcome outcome = CreateUnder(fault);
  EXPECT_EQ(outcome.create.status, 406);
  EXPECT_THAT(outcome.create.body, HasSubstr("SOMETHING_NEW"));
  EXPECT_EQ(outcome.accepted, 0U);
}

TEST(Faults, UnknownStatusLagAndTokenExpiryOnReads) {
  ModelDriver driver;
  driver.Create("A-1");
  Fault unknown = On(Operation::kRead, FaultAction::kUnknownStatus);
  unknown.nth = 1;
  ASSERT_TRUE(driver.model().AddFault(unknown).ok());
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"ON_HOLD")"));
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"PROCESSING")"));

  driver.model().ClearFaults();
  Fault lag = On(Operation::kRead, FaultAction::kReadLag);
  lag.delay = absl::Seconds(10);
  ASSERT_TRUE(driver.model().AddFault(lag).ok());
  EXPECT_EQ(driver.Read("A-1").status, 410) << "not visible yet";
  driver.now += absl::Seconds(10);
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"PROCESSING")"))
      << "settled, but stale";
  driver.now += absl::Seconds(10);
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"SUCCESS")"));

  driver.model().ClearFaults();
  Fault expire = On(Operation::kRead, FaultAction::kExpireToken);
  expire.nth = 2;
  ASSERT_TRUE(driver.model().AddFault(expire).ok());
  const std::string token = driver.TokenFor("A-1");
  EXPECT_EQ(driver.Read("A-1", token).status, 200);
  EXPECT_EQ(driver.Read("A-1", token).status, 401);
  EXPECT_EQ(driver.Read("A-1", token).status, 401);
  EXPECT_EQ(driver.Read("A-1").status, 200);
}

TEST(Faults, ATokenMayBeBornExpired) {
  ModelDriver driver;
  Fault expire = On(Operation::kToken, FaultAction::kExpireToken);
  expire.id = "A-1";
  expire.nth = 1;
  ASSERT_TRUE(driver.model().AddFault(expire).ok());
  EXPECT_EQ(driver.Create("A-1").status, 401);
  EXPECT_EQ(driver.Create("A-1").status, 201);
}

TEST(Faults, ARateLimitBurstHitsEveryCallOfTheMerchant) {
  ModelDriver driver;
  Fault burst = On(Operation::kCreate, FaultAction::kRateLimit);
  burst.nth = 1;
  burst.delay = absl::Seconds(3);
  ASSERT_TRUE(driver.model().AddFault(burst).ok());
  const std::string token = driver.TokenFor("A-1");
  EXPECT_EQ(driver.Create("A-1", BankBody(), token).status, 429);
  EXPECT_EQ(driver.Read("A-1", token).status, 429);
  driver.now += absl::Seconds(3);
  EXPECT_EQ(driver.Create("A-1", BankBody(), token).status, 201);
}

TEST(Faults, DelaysComeBeforeOrAfterTheLedger) {
  ModelDriver driver;
  Fault before = On(Operation::kCreate, FaultAction::kDelay);
  before.delay = absl::Seconds(1);
  Fault after = On(Operation::kCreate, FaultAction::kDelayAnswer);
  after.delay = absl::Seconds(4);
  ASSERT_TRUE(driver.model().AddFault(before).ok());
  ASSERT_TRUE(driver.model().AddFault(after).ok());
  const absl::Time start = driver.now;
  const Answer answer = driver.Create("A-1");
  EXPECT_EQ(answer.hold, absl::Seconds(4));
  EXPECT_EQ(driver.model().Snapshot().Find("A-1")->accepted_at, start + absl::Seconds(1));
}

TEST(Faults, MatchATokenRequestByItsPayoutsAndMoney) {
  ModelDriver driver;
  Fault fault = On(Operation::kToken, FaultAction::kStatus);
  fault.http_status = 503;
  fault.id = "A-1";
  fault.amount = "42.05";
  ASSERT_TRUE(driver.model().AddFault(fault).ok());
  EXPECT_NE(driver.TokenFor("A-1"), "");
  EXPECT_NE(driver.TokenFor("A-2", R"(,"money":{"amount":42.05,"currencyCode":"USD"})"), "");
  EXPECT_EQ(driver.TokenFor("A-1", R"(,"money":{"amount":42.05,"currencyCode":"USD"})"), "");
}

}  // namespace
}  // namespace payout::sandbox
