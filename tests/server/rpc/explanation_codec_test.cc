// Explanations on the wire: complete, masked, and silent about who the operators are.

#include "server/rpc/explanation_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kAt = absl::FromUnixSeconds(1'790'000'000);

Explanation SomeExplanation() {
  Explanation explanation;
  Payout& payout = explanation.history.payout;
  payout.intent.key = {MerchantName("main"), PayoutId("p-1")};
  payout.intent.money = {*Decimal::Parse("42.50"), "EUR"};
  payout.intent.method =
      BankTransfer{.account_name = "Ada Example", .account_number = "DE00123456780000000000"};
  payout.status.state = State::kOutcomeUnknown;
  payout.status.reasons = {{.code = "X", .message = "unknown account DE00123456780000000000"}};
  Event event;
  event.revision = 7;
  event.at = kAt;
  event.previous_state = State::kSubmitting;
  event.status = payout.status;
  event.status.needs_review = {Review::kResubmitNotAllowed};
  event.status.platform_status = "ON_HOLD";
  explanation.history.events = {event};
  explanation.events_left_out = 6;
  explanation.history.attempts = {{Call::kRead, kAt, kAt + absl::Milliseconds(40),
                                   Certainty::kAnswered, 410, "GONE", "read.count_absence"},
                                  {.call = Call::kCreate, .started_at = kAt}};
  explanation.history.attempts_dropped = 3;
  explanation.history.actions = {{.number = 1,
                                  .at = kAt,
                                  .operator_name = "grace",
                                  .verb = OperatorVerb::kReview,
                                  .note = "ticket 4711",
                                  .details = "acknowledge: needs_review X -> none"}};
  explanation.request = {"POST", "/payouts/p-1", "{}"};
  explanation.next = {"READ", kAt + absl::Minutes(1), "it is asked"};
  explanation.marks = {"create calls begun: 1"};
  return explanation;
}

TEST(ExplanationCodecTest, EverythingIsTold) {
  v1::ExplainPayoutResponse to;
  SetExplanation(SomeExplanation(), to);
  EXPECT_EQ(to.payout().payout_id(), "p-1");
  ASSERT_EQ(to.events_size(), 1);
  EXPECT_EQ(to.events(0).revision(), 7);
  EXPECT_EQ(to.events(0).event_time().seconds(), 1'790'000'000);
  EXPECT_EQ(to.events(0).previous_state(), v1::PAYOUT_STATE_SUBMITTING);
  EXPECT_EQ(to.events(0).state(), v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
  EXPECT_EQ(to.events(0).needs_review(0), v1::REVIEW_REASON_RESUBMIT_NOT_ALLOWED);
  EXPECT_EQ(to.events(0).platform_status(), "ON_HOLD");
  EXPECT_EQ(to.events_left_out(), 6);
  ASSERT_EQ(to.attempts_size(), 2);
  EXPECT_EQ(to.attempts(0).call(), v1::PLATFORM_CALL_READ);
  EXPECT_EQ(to.attempts(0).end_time().nanos(), 40'000'000);
  EXPECT_EQ(to.attempts(0).certainty(), v1::CALL_CERTAINTY_ANSWERED);
  EXPECT_EQ(to.attempts(0).http_status(), 410);
  EXPECT_EQ(to.attempts(0).answer(), "GONE");
  EXPECT_EQ(to.attempts(0).rule(), "read.count_absence");
  EXPECT_EQ(to.attempts(1).certainty(), v1::CALL_CERTAINTY_UNSPECIFIED);
  EXPECT_FALSE(to.attempts(1).has_end_time());
  EXPECT_EQ(to.attempts_left_out(), 3);
  EXPECT_EQ(to.create_call().path(), "/payouts/p-1");
  EXPECT_EQ(to.next_step().action(), "READ");
  EXPECT_EQ(to.next_step().due_time().seconds(), 1'790'000'060);
  EXPECT_EQ(to.marks(0), "create calls begun: 1");
  EXPECT_EQ(to.reviews(0).decision(), "acknowledge: needs_review X -> none");
}

TEST(ExplanationCodecTest, NeitherOperatorsNorAccountsAreNamed) {
  v1::ExplainPayoutResponse to;
  SetExplanation(SomeExplanation(), to);
  const std::string json = ExplanationJson(SomeExplanation());
  EXPECT_THAT(json, HasSubstr("\"nextStep\""));
  for (const std::string& text : {to.DebugString(), json}) {
    EXPECT_THAT(text, Not(HasSubstr("grace")));
    EXPECT_THAT(text, Not(HasSubstr("4711")));
    EXPECT_THAT(text, Not(HasSubstr("DE0012345678")));
    EXPECT_THAT(text, Not(HasSubstr("Ada")));
  }
}

// Stored numbers are those of the API.
TEST(ExplanationCodecTest, NumbersOfCallsAndCertaintiesAreThoseOfTheApi) {
  EXPECT_EQ(static_cast<int>(Call::kToken), v1::PLATFORM_CALL_TOKEN);
  EXPECT_EQ(static_cast<int>(Call::kCreate), v1::PLATFORM_CALL_CREATE);
  EXPECT_EQ(static_cast<int>(Call::kRead), v1::PLATFORM_CALL_READ);
  EXPECT_EQ(static_cast<int>(Certainty::kSurelyNotSent), v1::CALL_CERTAINTY_SURELY_NOT_SENT);
  EXPECT_EQ(static_cast<int>(Certainty::kMaybeSent), v1::CALL_CERTAINTY_MAYBE_SENT);
  EXPECT_EQ(static_cast<int>(Certainty::kAnswered), v1::CALL_CERTAINTY_ANSWERED);
}

}  // namespace
}  // namespace payout
