// The platform misbehaves; every payout is settled in the end, and paid exactly once.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/gateway_harness.h"
#include "tests/integration/http_call.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using sandbox::FaultAction;
using sandbox::Operation;

sandbox::Fault First(Operation on, FaultAction action, std::optional<int> http_status = {}) {
  sandbox::Fault fault;
  fault.on = on;
  fault.action = action;
  fault.first = 1;
  fault.http_status = http_status;
  return fault;
}

// Creates with one fault in force, and expects success and a single payment.
void ExpectPaidOnce(GatewayHarness& harness, const sandbox::Fault& fault) {
  harness.AddFault(fault);
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED), 12);
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED)
      << reply.value.payout().DebugString();
  EXPECT_EQ(reply.value.payout().needs_review_size(), 0);
  ASSERT_EQ(harness.platform().Faults().size(), 1u);
  EXPECT_EQ(harness.platform().Faults()[0].acted, 1) << "the fault did not act";
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 1u);
}

std::int64_t Creates(GatewayHarness& harness) {
  const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
  return ledger.Find("p1")->creates.count;
}

TEST(FaultsTest, AnswerDroppedAfterApplying) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kCreate, FaultAction::kDropAfterApply));
  EXPECT_EQ(Creates(harness), 1);
}

// Together, because it takes a read that finds nothing and 5 s until the next one.
TEST(FaultsTest, CreatesThatNeverArrivedAreSentAgainWithTheSameBytes) {
  GatewayHarness harness;
  sandbox::Fault reset = First(Operation::kCreate, FaultAction::kResetBeforeApply);
  reset.id = "reset";
  harness.AddFault(reset);
  sandbox::Fault dropped = First(Operation::kCreate, FaultAction::kDropBeforeApply);
  dropped.id = "dropped";
  harness.AddFault(dropped);
  sandbox::Fault error = First(Operation::kCreate, FaultAction::kStatus, 503);
  error.id = "error";
  harness.AddFault(error);
  for (const char* id : {"reset", "dropped", "error"}) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout(id)).ok());
  }
  for (const char* id : {"reset", "dropped", "error"}) {
    EXPECT_TRUE(harness.alpha().Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
    const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
    ASSERT_NE(ledger.Find(id), nullptr);
    const sandbox::CreateSightings& creates = ledger.Find(id)->creates;
    ASSERT_EQ(creates.body_sha256.size(), 2u);
    EXPECT_EQ(creates.body_sha256[0], creates.body_sha256[1]);
  }
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 3u);
}

TEST(FaultsTest, Error500AfterApplying) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kCreate, FaultAction::kStatusAfterApply, 500));
  EXPECT_EQ(Creates(harness), 1);
}

TEST(FaultsTest, GarbageBody) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kCreate, FaultAction::kGarbageBody));
  EXPECT_EQ(Creates(harness), 1);
}

TEST(FaultsTest, TruncatedBody) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kCreate, FaultAction::kTruncatedBody));
  EXPECT_EQ(Creates(harness), 1);
}

TEST(FaultsTest, OversizedBody) {
  GatewayHarness harness;
  sandbox::Fault large = First(Operation::kCreate, FaultAction::kOversizedBody);
  large.size = 8 << 20;
  ExpectPaidOnce(harness, large);
  EXPECT_EQ(Creates(harness), 1);
}

// The worst case: the payout was accepted, nobody told, and the platform once denies that it knows
// it. It is sent again, the platform says that it has it, and a read shows that it is ours.
TEST(FaultsTest, AnAcceptedPayoutThatThePlatformDeniesIsNotPaidTwice) {
  GatewayHarness harness;
  harness.AddFault(First(Operation::kCreate, FaultAction::kDropAfterApply));
  harness.AddFault(First(Operation::kRead, FaultAction::kStatus, 410));
  sandbox::Fault lost = First(Operation::kCallback, FaultAction::kCallbackLost);
  lost.first.reset();
  harness.AddFault(lost);
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED), 15);
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED)
      << reply.value.payout().DebugString();
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 1u);
  EXPECT_EQ(harness.platform().Ledger().Count("answers.409"), 1);
  EXPECT_EQ(Creates(harness), 2);
}

TEST(FaultsTest, AnswerLaterThanTheTimeout) {
  GatewayHarness harness;
  sandbox::Fault late = First(Operation::kCreate, FaultAction::kDelayAnswer);
  late.delay = absl::Milliseconds(600);
  ExpectPaidOnce(harness, late);
  EXPECT_EQ(Creates(harness), 1);
}

TEST(FaultsTest, ExpiredToken) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kCreate, FaultAction::kExpireToken));
}

TEST(FaultsTest, TokenCallFails) {
  GatewayHarness harness;
  ExpectPaidOnce(harness, First(Operation::kToken, FaultAction::kStatus, 500));
}

TEST(FaultsTest, RequestLimitOfThePlatform) {
  GatewayHarness harness;
  sandbox::Fault limit = First(Operation::kCreate, FaultAction::kRateLimit);
  limit.delay = absl::Milliseconds(200);
  ExpectPaidOnce(harness, limit);
  EXPECT_GE(harness.platform().Ledger().Count("answers.429"), 1);
}

TEST(FaultsTest, AnotherAmountThanAskedForNeedsReviewAndIsNeverASuccess) {
  GatewayHarness harness;
  sandbox::Fault wrong = First(Operation::kRead, FaultAction::kWrongAmount);
  wrong.first.reset();
  harness.AddFault(wrong);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
  ASSERT_TRUE(Eventually([&] { return harness.alpha().Stored("p1").needs_review_size() == 1; }));
  const v1::Payout payout = harness.alpha().Stored("p1");
  EXPECT_EQ(payout.needs_review(0), v1::REVIEW_REASON_PLATFORM_MISMATCH);
  EXPECT_EQ(payout.state(), v1::PAYOUT_STATE_PROCESSING);
  EXPECT_EQ(payout.money().amount(), "42.05");
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 1);
}

TEST(FaultsTest, AnotherAmountInTheCreatesAnswerNeedsReview) {
  GatewayHarness harness;
  harness.AddFault(First(Operation::kCreate, FaultAction::kWrongAmount));
  sandbox::Fault read = First(Operation::kRead, FaultAction::kWrongAmount);
  read.first.reset();
  harness.AddFault(read);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
  ASSERT_TRUE(Eventually([&] { return harness.alpha().Stored("p1").needs_review_size() == 1; }));
  EXPECT_EQ(harness.alpha().Stored("p1").needs_review(0), v1::REVIEW_REASON_PLATFORM_MISMATCH);
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 1);
}

TEST(FaultsTest, UnknownStatusIsShownAndChangesNothingUntilAKnownOneComes) {
  GatewayHarness harness;
  sandbox::Fault unknown = First(Operation::kRead, FaultAction::kUnknownStatus);
  unknown.status = "ON_HOLD";
  harness.AddFault(unknown);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
  ASSERT_TRUE(
      Eventually([&] { return harness.alpha().Stored("p1").platform_status() == "ON_HOLD"; }));
  EXPECT_EQ(harness.alpha().Stored("p1").state(), v1::PAYOUT_STATE_PROCESSING);
  // The platform tells that something changed; the next read is due 5 s after the last one.
  const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
  ASSERT_TRUE(harness.platform().SendCallback(ledger.Find("p1")->callback_url, "p1").ok());
  EXPECT_TRUE(harness.alpha().Reaches("p1", v1::PAYOUT_STATE_SUCCEEDED));
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 1u);
}

TEST(FaultsTest, LostCallbacksAreNotNeededByWhoAsks) {
  GatewayHarness harness;
  sandbox::Fault lost;
  lost.on = Operation::kCallback;
  lost.action = FaultAction::kCallbackLost;
  harness.AddFault(lost);
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED));
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  ASSERT_TRUE(
      Eventually([&] { return harness.platform().Ledger().Find("p1")->status() == "SUCCESS"; }));
  EXPECT_EQ(harness.alpha().Stored("p1").state(), v1::PAYOUT_STATE_PROCESSING);
  const auto asked = harness.alpha().Get("p1", 5);
  ASSERT_TRUE(asked.ok()) << asked.Outcome();
  EXPECT_EQ(asked.value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
}

TEST(FaultsTest, AFreshReadThatThePlatformDoesNotAnswerIsAnErrorAndChangesNothing) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Minutes(1); }});
  sandbox::Fault down = First(Operation::kRead, FaultAction::kStatus, 500);
  down.first.reset();
  harness.AddFault(down);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED)).ok());
  EXPECT_EQ(harness.alpha().Get("p1", 5).Outcome(), "UNAVAILABLE PLATFORM_READ_FAILED");
  EXPECT_EQ(harness.alpha().Stored("p1").state(), v1::PAYOUT_STATE_PROCESSING);
}

TEST(FaultsTest, DuplicatedCallbacksChangeNothing) {
  GatewayHarness harness;
  sandbox::Fault duplicate;
  duplicate.on = Operation::kCallback;
  duplicate.action = FaultAction::kCallbackDuplicate;
  duplicate.copies = 20;
  harness.AddFault(duplicate);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  // All callbacks were answered, and led to one read of the open payout and at most one afterwards.
  ASSERT_TRUE(Eventually([&] {
    const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
    const auto& sent = ledger.Find("p1")->callbacks;
    return sent.size() == 21 && std::all_of(sent.begin(), sent.end(), [](const auto& delivery) {
             return delivery.http_status == 200;
           });
  }));
  const v1::Payout payout = harness.alpha().Stored("p1");
  EXPECT_EQ(payout.state(), v1::PAYOUT_STATE_SUCCEEDED);
  EXPECT_EQ(payout.revision(), 4);
  EXPECT_LE(harness.platform().Ledger().Count("requests.read"), 2);
}

TEST(FaultsTest, ForgedCallbacksAskThePlatformNothing) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Minutes(1); }});
  for (const char* id : {"p1", "p2"}) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout(id, v1::WAIT_MODE_ACCEPTED)).ok());
  }
  const std::size_t requests = harness.platform().Requests().size();
  const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
  const std::string url = ledger.Find("p1")->callback_url;
  const std::string flipped =
      url.substr(0, url.size() - 2) + (url[url.size() - 2] == 'A' ? "BA" : "AA");
  // The URL of one payout with the id of another, a MAC that is off, another path.
  EXPECT_EQ(HttpPostJson(url, R"({"idEntity":"p2"})").status, 404);
  EXPECT_EQ(HttpPostJson(flipped, R"({"idEntity":"p1"})").status, 404);
  EXPECT_EQ(HttpPostJson(url + "/x", R"({"idEntity":"p1"})").status, 404);
  EXPECT_EQ(HttpPostJson(url, "{").status, 400);
  // The calls were answered after everything that they could have caused was under way or not; a
  // true one behind them leads to the only read.
  EXPECT_EQ(HttpPostJson(url, R"({"idEntity":"p1"})").status, 200);
  EXPECT_TRUE(Eventually([&] { return harness.platform().Requests().size() > requests; }));
  EXPECT_TRUE(Eventually([&] { return harness.platform().Ledger().Count("requests.read") == 1; }));
  EXPECT_EQ(harness.alpha().Stored("p1").state(), v1::PAYOUT_STATE_PROCESSING);
  EXPECT_EQ(harness.alpha().Stored("p2").revision(), 3);
}

}  // namespace
}  // namespace payout::testing
