// The way of a payout from the call to its end, as callers see it, against the platform's ledger.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

sandbox::Fault SettleAs(const std::string& id, const std::string& status,
                        const std::string& reason = "") {
  sandbox::Fault fault;
  fault.id = id;
  fault.action = sandbox::FaultAction::kSettleAs;
  fault.status = status;
  fault.failure_reason = reason;
  return fault;
}

TEST(CreateToSettledTest, RecordedAnswersBeforeThePlatformIsReached) {
  GatewayHarness harness;
  sandbox::Fault slow;
  slow.on = sandbox::Operation::kToken;
  slow.action = sandbox::FaultAction::kDelay;
  slow.delay = absl::Milliseconds(300);
  harness.AddFault(slow);
  const auto reply = harness.alpha().Create(BankPayout("p1"));
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_QUEUED);
  EXPECT_EQ(reply.value.payout().revision(), 1);
  EXPECT_FALSE(reply.value.replayed());
  EXPECT_TRUE(harness.alpha().Reaches("p1", v1::PAYOUT_STATE_SUCCEEDED));
}

TEST(CreateToSettledTest, AcceptedAnswersWhenThePlatformHasIt) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Minutes(1); }});
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED));
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_PROCESSING);
  EXPECT_NE(harness.platform().Ledger().Find("p1"), nullptr);
}

TEST(CreateToSettledTest, AWaitEndsBeforeTheDeadlineWithTheCurrentState) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Minutes(1); }});
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED), 1);
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_PROCESSING);
}

TEST(CreateToSettledTest, EveryMethodSettlesAndLedgerAndStoreAgree) {
  GatewayHarness harness;
  const std::vector<v1::CreatePayoutRequest> requests = {
      BankPayout("bank", v1::WAIT_MODE_SETTLED), CryptoPayout("crypto", v1::WAIT_MODE_SETTLED),
      WalletPayout("wallet", v1::WAIT_MODE_SETTLED)};
  for (const v1::CreatePayoutRequest& request : requests) {
    const auto reply = harness.alpha().Create(request);
    ASSERT_TRUE(reply.ok()) << reply.Outcome();
    const v1::Payout& payout = reply.value.payout();
    EXPECT_EQ(payout.state(), v1::PAYOUT_STATE_SUCCEEDED) << payout.DebugString();
    EXPECT_EQ(payout.money().amount(), request.money().amount());
    EXPECT_TRUE(payout.has_settle_time());

    const sandbox::LedgerSnapshot ledger = harness.platform().Ledger();
    const sandbox::LedgerEntry* entry = ledger.Find(request.payout_id());
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->amount, *Decimal::Parse(request.money().amount()));
    EXPECT_EQ(entry->currency, request.money().currency_code());
    EXPECT_EQ(entry->id_payment, payout.platform_reference());
    EXPECT_EQ(entry->reference, payout.transaction_reference());
    EXPECT_EQ(entry->status(), "SUCCESS");
    EXPECT_EQ(entry->creates.count, 1);
  }
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 3u);
}

TEST(CreateToSettledTest, AnswersCarryMaskedDataOnly) {
  GatewayHarness harness;
  v1::CreatePayoutRequest request = BankPayout("p1", v1::WAIT_MODE_SETTLED);
  request.mutable_bank_transfer()->set_email_address("ada.lovely@example.com");
  const auto reply = harness.alpha().Create(request);
  const std::string shown = reply.value.payout().DebugString();
  EXPECT_EQ(reply.value.payout().destination().masked_email(), "*@example.com");
  EXPECT_THAT(reply.value.payout().destination().masked_account(), ::testing::EndsWith("0000"));
  EXPECT_EQ(shown.find("DE0012345678"), std::string::npos);
  EXPECT_EQ(shown.find("ada.lovely"), std::string::npos);
}

TEST(CreateToSettledTest, AStreamByIdShowsEveryStepOnceAndEnds) {
  GatewayHarness harness({.platform = [](auto& o) { o.settle_after = absl::Milliseconds(200); }});
  sandbox::Fault slow;
  slow.on = sandbox::Operation::kToken;
  slow.action = sandbox::FaultAction::kDelay;
  slow.delay = absl::Milliseconds(300);
  harness.AddFault(slow);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());

  const auto stream = harness.alpha().Open(StreamOf({"p1"}));
  const std::vector<v1::Payout> snapshot = stream->Snapshot();
  ASSERT_EQ(snapshot.size(), 1u);
  EXPECT_EQ(snapshot[0].state(), v1::PAYOUT_STATE_QUEUED);
  std::int64_t revision = snapshot[0].revision();
  v1::PayoutState before = snapshot[0].state();
  std::vector<v1::PayoutState> states = {before};
  for (v1::StreamStatusResponse message; stream->Next(&message);) {
    if (!message.has_event()) continue;
    const v1::Payout& payout = message.event().payout();
    EXPECT_EQ(payout.revision(), ++revision);
    EXPECT_EQ(message.event().previous_state(), before);
    EXPECT_GE(harness.alpha().Stored("p1").revision(), payout.revision());
    if (payout.state() != before) states.push_back(payout.state());
    before = payout.state();
  }
  EXPECT_EQ(stream->Finish().Outcome(), "OK");
  EXPECT_THAT(states, ElementsAre(v1::PAYOUT_STATE_QUEUED, v1::PAYOUT_STATE_SUBMITTING,
                                  v1::PAYOUT_STATE_PROCESSING, v1::PAYOUT_STATE_SUCCEEDED));
}

TEST(CreateToSettledTest, ARefusalTellsThePlatformsCodes) {
  GatewayHarness harness;
  sandbox::Fault refuse;
  refuse.action = sandbox::FaultAction::kRefuse;
  refuse.codes = {"BALANCE_INSUFFICIENT", "IP_DENIED"};
  harness.AddFault(refuse);
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED));
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  const v1::Payout& payout = reply.value.payout();
  EXPECT_EQ(payout.state(), v1::PAYOUT_STATE_REFUSED);
  ASSERT_EQ(payout.reasons_size(), 2);
  EXPECT_EQ(payout.reasons(0).code(), "BALANCE_INSUFFICIENT");
  EXPECT_EQ(payout.reasons(0).category(), v1::REASON_CATEGORY_BALANCE);
  EXPECT_EQ(payout.reasons(1).code(), "IP_DENIED");
  EXPECT_TRUE(harness.platform().Ledger().payments.empty());
}

TEST(CreateToSettledTest, AFailureTellsItsReason) {
  GatewayHarness harness;
  harness.AddFault(SettleAs("p1", "FAILED", "PAYMENT_EXPIRED"));
  const auto reply = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED));
  const v1::Payout& payout = reply.value.payout();
  EXPECT_EQ(payout.state(), v1::PAYOUT_STATE_FAILED) << payout.DebugString();
  ASSERT_EQ(payout.reasons_size(), 1);
  EXPECT_EQ(payout.reasons(0).code(), "PAYMENT_EXPIRED");
}

TEST(CreateToSettledTest, ARepeatedCallAnswersWithTheSamePayout) {
  GatewayHarness harness;
  v1::CreatePayoutRequest request = BankPayout("p1", v1::WAIT_MODE_SETTLED);
  ASSERT_TRUE(harness.alpha().Create(request).ok());
  request.mutable_money()->set_amount("42.050");  // the same amount
  const auto again = harness.alpha().Create(request);
  ASSERT_TRUE(again.ok()) << again.Outcome() << again.status.error_message();
  EXPECT_TRUE(again.value.replayed());
  EXPECT_EQ(again.value.payout().state(), v1::PAYOUT_STATE_SUCCEEDED);
  EXPECT_EQ(again.value.payout().money().amount(), "42.05");
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 1);
}

TEST(CreateToSettledTest, OtherContentUnderTheSameIdIsRefusedAndNamesTheFields) {
  GatewayHarness harness;
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  v1::CreatePayoutRequest other = BankPayout("p1");
  other.mutable_money()->set_amount("42.06");
  other.mutable_bank_transfer()->set_account_number("DE00123456780000000001");
  const auto reply = harness.alpha().Create(other);
  EXPECT_EQ(reply.Outcome(), "ALREADY_EXISTS PAYOUT_CONTENT_DIFFERS");
  const std::string fields = reply.error.metadata.count("differing_fields") == 0
                                 ? ""
                                 : reply.error.metadata.at("differing_fields");
  EXPECT_THAT(fields, HasSubstr("money.amount"));
  EXPECT_THAT(fields, HasSubstr("account_number"));
  EXPECT_EQ(harness.alpha().Stored("p1").money().amount(), "42.05");
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 1u);
}

TEST(CreateToSettledTest, AnotherTenantsPayoutDoesNotExistAndItsIdIsTaken) {
  GatewayHarness harness;
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_SETTLED)).ok());
  EXPECT_EQ(harness.beta().Get("p1").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  EXPECT_EQ(harness.beta().Cancel("p1").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  EXPECT_EQ(harness.beta().Create(BankPayout("p1")).Outcome(), "ALREADY_EXISTS PAYOUT_ID_TAKEN");
  EXPECT_EQ(harness.beta().List({}).value.payouts_size(), 0);
  EXPECT_EQ(harness.beta().Get("nobodys").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
}

TEST(CreateToSettledTest, ValidateOnlyStoresAndSendsNothing) {
  GatewayHarness harness;
  v1::CreatePayoutRequest request = BankPayout("p1");
  request.set_validate_only(true);
  const auto reply = harness.alpha().Create(request);
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().revision(), 0);
  EXPECT_EQ(harness.alpha().Get("p1").Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p2", v1::WAIT_MODE_SETTLED)).ok());
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 1);
  // It also tells conflicts of the id.
  request = BankPayout("p2");
  request.set_validate_only(true);
  EXPECT_TRUE(harness.alpha().Create(request).value.replayed());
  EXPECT_EQ(harness.beta().Create(request).Outcome(), "ALREADY_EXISTS PAYOUT_ID_TAKEN");
}

TEST(CreateToSettledTest, OnlyWhatIsQueuedCanBeCancelled) {
  GatewayHarness harness;
  sandbox::Fault down;
  down.on = sandbox::Operation::kToken;
  down.id = "queued";
  down.action = sandbox::FaultAction::kStatus;
  down.http_status = 503;
  harness.AddFault(down);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("queued")).ok());
  const auto cancelled = harness.alpha().Cancel("queued");
  ASSERT_TRUE(cancelled.ok()) << cancelled.Outcome();
  EXPECT_EQ(cancelled.value.payout().state(), v1::PAYOUT_STATE_CANCELLED);
  ASSERT_EQ(cancelled.value.payout().reasons_size(), 1);
  EXPECT_EQ(cancelled.value.payout().reasons(0).code(), "CANCELLED_BY_CALLER");
  EXPECT_EQ(harness.alpha().Cancel("queued").Outcome(), "OK");
  EXPECT_TRUE(harness.alpha().Create(BankPayout("queued")).value.replayed());

  ASSERT_TRUE(harness.alpha().Create(BankPayout("sent", v1::WAIT_MODE_SETTLED)).ok());
  const auto late = harness.alpha().Cancel("sent");
  EXPECT_EQ(late.Outcome(), "FAILED_PRECONDITION NOT_CANCELLABLE");
  EXPECT_THAT(late.error.metadata.at("state"), HasSubstr("SUCCEEDED"));
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 1);
}

TEST(CreateToSettledTest, WhatIsNotSentInTimeIsCancelled) {
  GatewayHarness harness;
  sandbox::Fault down;
  down.on = sandbox::Operation::kToken;
  down.action = sandbox::FaultAction::kStatus;
  down.http_status = 503;
  harness.AddFault(down);
  v1::CreatePayoutRequest request = BankPayout("p1", v1::WAIT_MODE_SETTLED);
  const absl::Time limit = absl::Now() + absl::Milliseconds(300);
  request.mutable_submit_before()->set_seconds(absl::ToUnixSeconds(limit));
  request.mutable_submit_before()->set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(limit - absl::FromUnixSeconds(absl::ToUnixSeconds(limit)))));
  const auto reply = harness.alpha().Create(request);
  ASSERT_TRUE(reply.ok()) << reply.Outcome();
  EXPECT_EQ(reply.value.payout().state(), v1::PAYOUT_STATE_CANCELLED);
  ASSERT_EQ(reply.value.payout().reasons_size(), 1);
  EXPECT_EQ(reply.value.payout().reasons(0).code(), "SUBMIT_BEFORE_PASSED");
  EXPECT_EQ(harness.platform().Ledger().Count("requests.create"), 0);
}

TEST(CreateToSettledTest, ThePlatformsRequestLimitIsNeverMet) {
  // Two more than the gateway makes: what leaves in its time may arrive bunched at a busy machine.
  GatewayHarness harness({.platform = [](auto& o) { o.requests_per_second = 7; },
                          .config = [](Config& c) { c.platform.requests_per_second = 5; }});
  const std::vector<std::string> ids = {"p1", "p2", "p3", "p4"};
  for (const std::string& id : ids) ASSERT_TRUE(harness.alpha().Create(BankPayout(id)).ok());
  for (const std::string& id : ids) {
    EXPECT_TRUE(harness.alpha().Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
  }
  EXPECT_EQ(harness.platform().Ledger().Count("answers.429"), 0);
  // A create and a read each, and at least one token.
  EXPECT_GE(harness.platform().Requests().size(), 2 * ids.size() + 1);
}

TEST(CreateToSettledTest, MoreThanTheBacklogIsRefusedAndNotStored) {
  GatewayHarness harness({.config = [](Config& c) {
    c.platform.requests_per_second = 1;
    c.limits.backlog = absl::Seconds(4);
    c.drain.deadline = absl::Milliseconds(100);
  }});
  std::string refused;
  for (int i = 0; i < 20 && refused.empty(); ++i) {
    const std::string id = "p" + std::to_string(i);
    const auto reply = harness.alpha().Create(BankPayout(id));
    if (reply.ok()) continue;
    refused = id;
    EXPECT_EQ(reply.Outcome(), "RESOURCE_EXHAUSTED BACKLOG_FULL");
    EXPECT_TRUE(reply.error.retry_after.has_value());
  }
  ASSERT_FALSE(refused.empty());
  ASSERT_NE(refused, "p0");
  EXPECT_EQ(harness.alpha().Get(refused).Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  // What is known is answered all the same.
  EXPECT_TRUE(harness.alpha().Create(BankPayout("p0")).value.replayed());
}

TEST(CreateToSettledTest, ListsInPagesNewestFirstWithoutGapsOrRepeats) {
  GatewayHarness harness;
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(harness.alpha().Create(BankPayout("p" + std::to_string(i))).ok());
  }
  ASSERT_TRUE(harness.beta().Create(BankPayout("other")).ok());
  v1::ListPayoutsRequest request;
  request.set_page_size(3);
  std::vector<std::string> ids;
  std::vector<int> sizes;
  do {
    const auto page = harness.alpha().List(request);
    ASSERT_TRUE(page.ok()) << page.Outcome();
    for (const v1::Payout& payout : page.value.payouts()) ids.push_back(payout.payout_id());
    sizes.push_back(page.value.payouts_size());
    request.set_page_token(page.value.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, ElementsAre("p6", "p5", "p4", "p3", "p2", "p1", "p0"));
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
}

TEST(CreateToSettledTest, APageTokenOfAnotherQueryIsRefused) {
  GatewayHarness harness;
  for (const char* id : {"p1", "p2"}) ASSERT_TRUE(harness.alpha().Create(BankPayout(id)).ok());
  v1::ListPayoutsRequest request;
  request.set_page_size(1);
  request.set_page_token(harness.alpha().List(request).value.next_page_token());
  ASSERT_FALSE(request.page_token().empty());
  request.set_needs_review(true);
  EXPECT_EQ(harness.alpha().List(request).Outcome(), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace payout::testing
