// Reads, settlement, callbacks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/adapters/echelon/sandbox/model_driver.h"

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kUrl[] = "http://127.0.0.1:9/cb";

Fault On(Operation on, FaultAction action) {
  Fault fault;
  fault.on = on;
  fault.action = action;
  return fault;
}

TEST(Read, AnUnknownIdIs410) {
  ModelDriver driver;
  const Answer answer = driver.Read("A-1");
  EXPECT_EQ(answer.status, 410);
  EXPECT_EQ(answer.body, R"({"description":"Entity not found"})");
}

TEST(Read, ShowsProcessingThenSuccess) {
  ModelDriver driver;
  driver.Create("A-1");
  EXPECT_EQ(driver.Read("A-1").body,
            R"({"paymentRequested":{"money":{"amount":42.05,"currencyCode":"USD"}},)"
            R"("process":{"status":"PROCESSING","createdAt":"2023-11-14T22:13:20.000Z",)"
            R"("isTest":true,"processorStatus":"ACCEPTED"},)"
            R"("fee":{"amount":1,"currencyCode":"USD"},)"
            R"("paymentMethodResponse":{"idPayout":"A-1","idPayment":"ECL-0000000001",)"
            R"("paymentMethodCode":"BANK_TRANSFER","reference":"REF0000000001"}})");
  driver.now += absl::Seconds(2);
  const std::string settled = driver.Read("A-1").body;
  EXPECT_THAT(settled, HasSubstr(R"("status":"SUCCESS")"));
  EXPECT_THAT(settled, HasSubstr(R"("processedAt":"2023-11-14T22:13:22.000Z")"));
  EXPECT_THAT(settled, HasSubstr(R"("processorStatus":"PROCESSED")"));
}

TEST(Read, UndocumentedFieldsFollowTheirSwitches) {
  PlatformSettings settings = TestSettings();
  settings.undocumented.omit_id_payment = true;
  settings.undocumented.omit_reference = true;
  settings.undocumented.fee = FeeStyle::kAbsent;
  ModelDriver driver(settings);
  EXPECT_THAT(driver.Create("A-1").body, Not(HasSubstr("idPayment")));
  EXPECT_THAT(driver.Read("A-1").body, Not(HasSubstr("reference")));
  EXPECT_THAT(driver.Read("A-1").body, Not(HasSubstr("fee")));
  settings.undocumented.fee = FeeStyle::kZero;
  ModelDriver zero(settings);
  zero.Create("A-1");
  EXPECT_THAT(zero.Read("A-1").body, HasSubstr(R"("fee":{"amount":0,)"));
}

TEST(Settlement, FollowsTheFaultAndGivesReasons) {
  ModelDriver driver;
  Fault fault = On(Operation::kCreate, FaultAction::kSettleAs);
  fault.id = "bad-*";
  fault.status = "FAILED";
  fault.failure_reason = "INVALID_ACCOUNT_NUMBER";
  ASSERT_TRUE(driver.model().AddFault(fault).ok());
  fault = On(Operation::kCreate, FaultAction::kSettleAs);
  fault.amount = "13";
  fault.status = "REFUSED";
  fault.delay = absl::Milliseconds(10);
  ASSERT_TRUE(driver.model().AddFault(fault).ok());
  driver.Create("bad-1");
  driver.Create("A-1", BankBody("13.00"));
  driver.Create("A-2");
  driver.now += absl::Milliseconds(10);
  EXPECT_THAT(driver.Read("A-1").body,
              HasSubstr(R"("status":"REFUSED","failureReasons":{"failedAt":)"));
  EXPECT_THAT(driver.Read("bad-1").body, HasSubstr(R"("status":"PROCESSING")"));
  driver.now += absl::Seconds(2);
  EXPECT_THAT(driver.Read("bad-1").body,
              HasSubstr(R"("failureReasonCode":"INVALID_ACCOUNT_NUMBER")"));
  EXPECT_THAT(driver.Read("A-2").body, HasSubstr(R"("status":"SUCCESS")"));
}

TEST(Settlement, ByHandComesFirstAndOnlyOnce) {
  ModelDriver driver;
  driver.Create("A-1");
  EXPECT_EQ(driver.model().Settle("", "B", "FAILED", "", driver.now).code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(driver.model().Settle("demo", "A-1", "FAILED", "SYSTEM", driver.now).ok());
  driver.Advance(absl::Minutes(1));
  EXPECT_EQ(driver.model().Snapshot().Find("A-1")->status(), "FAILED");
  EXPECT_THAT(driver.model().Snapshot().Find("A-1")->history, SizeIs(2));
}

TEST(Settlement, FlipsLaterWhenAskedTo) {
  ModelDriver driver;
  Fault fault = On(Operation::kCreate, FaultAction::kStatusFlip);
  fault.delay = absl::Minutes(5);
  ASSERT_TRUE(driver.model().AddFault(fault).ok());
  driver.Create("A-1");
  driver.Advance(absl::Minutes(1));
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"SUCCESS")"));
  driver.Advance(absl::Minutes(5));
  EXPECT_THAT(driver.Read("A-1").body, HasSubstr(R"("status":"FAILED")"));
}

TEST(Settlement, MayNeverCome) {
  ModelDriver driver;
  Fault fault = On(Operation::kCreate, FaultAction::kSettleAs);
  fault.status = "PROCESSING";
  ASSERT_TRUE(driver.model().AddFault(fault).ok());
  driver.Create("A-1");
  EXPECT_EQ(driver.model().NextDue(), absl::InfiniteFuture());
}

TEST(Callback, IsSentOnceWhenThePayoutSettles) {
  ModelDriver driver;
  driver.Create("A-1", WithCallback(kUrl));
  EXPECT_THAT(driver.Advance(absl::Seconds(1)), IsEmpty());
  EXPECT_EQ(driver.model().NextDue(), driver.now + absl::Seconds(1));
  const std::vector<CallbackSend> sent = driver.Advance(absl::Seconds(1));
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].url, kUrl);
  EXPECT_EQ(sent[0].body, R"({"idEntity":"A-1"})");
  driver.model().ReportCallback(sent[0].id, 200, driver.now);
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
  const LedgerSnapshot ledger = driver.model().Snapshot();
  ASSERT_THAT(ledger.Find("A-1")->callbacks, SizeIs(1));
  EXPECT_EQ(ledger.Find("A-1")->callbacks[0].result, "delivered");
}

TEST(Callback, ThatComesDueInsideOfACallIsNotLost) {
  ModelDriver driver;
  driver.Create("A-1", WithCallback(kUrl));
  driver.now += absl::Seconds(3);
  driver.Read("A-1");
  EXPECT_LE(driver.model().NextDue(), driver.now);
  EXPECT_THAT(driver.Advance(absl::ZeroDuration()), SizeIs(1));
}

TEST(Callback, IsRepeatedFourTimesAtTheIntervalUnless200) {
  ModelDriver driver;
  driver.Create("A-1", WithCallback(kUrl));
  driver.now += absl::Seconds(2);
  int tries = 0;
  for (const int answer : {500, 0, 201, 302, 404}) {
    const std::vector<CallbackSend> sent = driver.Advance(absl::ZeroDuration());
    ASSERT_THAT(sent, SizeIs(1)) << tries;
    ++tries;
    driver.model().ReportCallback(sent[0].id, answer, driver.now);
    EXPECT_THAT(driver.Advance(absl::Seconds(119)), IsEmpty());
    driver.now += absl::Seconds(1);
  }
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
  EXPECT_EQ(driver.model().Snapshot().Count("callbacks.failed"), 5);
}

TEST(Callback, StopsRepeatingAfterA200) {
  ModelDriver driver;
  driver.Create("A-1", WithCallback(kUrl));
  std::vector<CallbackSend> sent = driver.Advance(absl::Seconds(2));
  driver.model().ReportCallback(sent.at(0).id, 503, driver.now);
  sent = driver.Advance(absl::Minutes(2));
  driver.model().ReportCallback(sent.at(0).id, 200, driver.now);
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
}

TEST(Callback, GoesNowhereButToThisMachine) {
  ModelDriver driver;
  for (const char* url : {"http://192.0.2.1/cb", "http://example.com/cb", "https://127.0.0.1/cb"}) {
    const std::string id = absl::StrCat("A-", driver.model().Snapshot().payments.size());
    EXPECT_EQ(driver.Create(id, WithCallback(url)).status, 201) << url;
  }
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
  EXPECT_EQ(driver.model().Snapshot().Count("callbacks.refused"), 3);
  EXPECT_FALSE(driver.model().SendCallback("http://example.com/", "A-1", driver.now).ok());
}

TEST(Callback, OnEveryChangeStartsWithTheAcceptance) {
  PlatformSettings settings = TestSettings();
  settings.undocumented.callback_on_every_change = true;
  ModelDriver driver(settings);
  driver.Create("A-1", WithCallback(kUrl));
  EXPECT_THAT(driver.Advance(absl::ZeroDuration()), SizeIs(1));
  EXPECT_THAT(driver.Advance(absl::Seconds(2)), SizeIs(1));
}

TEST(Callback, MayBeLostLateDoubledOrForged) {
  ModelDriver driver;
  Fault lost = On(Operation::kCallback, FaultAction::kCallbackLost);
  lost.id = "lost";
  Fault late = On(Operation::kCallback, FaultAction::kCallbackLate);
  late.id = "late";
  late.delay = absl::Minutes(1);
  Fault twice = On(Operation::kCallback, FaultAction::kCallbackDuplicate);
  twice.id = "twice";
  twice.copies = 2;
  Fault forged = On(Operation::kCallback, FaultAction::kCallbackForged);
  forged.id = "forged";
  forged.id_entity = "somebody-else";
  for (const Fault& fault : {lost, late, twice, forged}) {
    ASSERT_TRUE(driver.model().AddFault(fault).ok());
    driver.Create(fault.id, WithCallback(kUrl));
  }
  const std::vector<CallbackSend> sent = driver.Advance(absl::Seconds(2));
  std::vector<std::string> bodies;
  for (const CallbackSend& send : sent) {
    bodies.push_back(send.body);
    driver.model().ReportCallback(send.id, 200, driver.now);
  }
  EXPECT_THAT(bodies,
              ::testing::ElementsAre(R"({"idEntity":"twice"})", R"({"idEntity":"twice"})",
                                     R"({"idEntity":"twice"})", R"({"idEntity":"somebody-else"})"));
  const std::vector<CallbackSend> later = driver.Advance(absl::Minutes(1));
  ASSERT_THAT(later, SizeIs(1));
  EXPECT_EQ(later[0].body, R"({"idEntity":"late"})");
  driver.model().ReportCallback(later[0].id, 200, driver.now);
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
  EXPECT_EQ(driver.model().Snapshot().Count("callbacks.lost"), 1);
}

TEST(Callback, SentByHandIsReportedAndNeverRepeated) {
  ModelDriver driver;
  ASSERT_TRUE(driver.model().SendCallback(kUrl, "made up", driver.now).ok());
  const std::vector<CallbackSend> sent = driver.Advance(absl::ZeroDuration());
  ASSERT_THAT(sent, SizeIs(1));
  driver.model().ReportCallback(sent[0].id, 404, driver.now);
  EXPECT_EQ(driver.model().Snapshot().sent_by_hand.at(0).http_status, 404);
  EXPECT_THAT(driver.Advance(absl::Hours(1)), IsEmpty());
}

TEST(Reset, ForgetsPaymentsFaultsAndPlans) {
  ModelDriver driver;
  ASSERT_TRUE(driver.model().AddFault(On(Operation::kRead, FaultAction::kDropAfterApply)).ok());
  driver.Create("A-1", WithCallback(kUrl));
  const std::vector<CallbackSend> sent = driver.Advance(absl::Seconds(2));
  driver.model().Reset();
  driver.model().ReportCallback(sent.at(0).id, 500, driver.now);
  EXPECT_EQ(driver.model().NextDue(), absl::InfiniteFuture());
  EXPECT_EQ(driver.Read("A-1").status, 410);
  EXPECT_THAT(driver.model().Faults(), IsEmpty());
  EXPECT_EQ(driver.Create("A-1").status, 201);
}

}  // namespace
}  // namespace payout::sandbox
