// explain: everything about a payout, as text and as JSON.

#include "tests/client/payoutctl/payoutctl_fixture.h"

namespace payout::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PayoutctlExplainTest : public PayoutctlTest {
 protected:
  static void SetTime(int64_t seconds, google::protobuf::Timestamp* time) {
    time->set_seconds(1'790'000'000 + seconds);
  }

  void AnswerExplains() {
    server->explain.Always([](auto&, const v1::ExplainPayoutRequest& request, auto& response) {
      *response.mutable_payout() =
          MakePayout(request.payout_id(), v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
      v1::HistoryEvent& created = *response.add_events();
      created.set_revision(1);
      created.set_state(v1::PAYOUT_STATE_QUEUED);
      SetTime(0, created.mutable_event_time());
      v1::HistoryEvent& lost = *response.add_events();
      lost.set_revision(3);
      lost.set_previous_state(v1::PAYOUT_STATE_SUBMITTING);
      lost.set_state(v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
      lost.add_needs_review(v1::REVIEW_REASON_RESUBMIT_NOT_ALLOWED);
      SetTime(62, lost.mutable_event_time());
      response.set_events_left_out(4);
      v1::CallAttempt& create = *response.add_attempts();
      create.set_call(v1::PLATFORM_CALL_CREATE);
      create.set_certainty(v1::CALL_CERTAINTY_MAYBE_SENT);
      create.set_rule("create.unknown");
      SetTime(2, create.mutable_start_time());
      SetTime(62, create.mutable_end_time());
      v1::CallAttempt& read = *response.add_attempts();
      read.set_call(v1::PLATFORM_CALL_READ);
      read.set_certainty(v1::CALL_CERTAINTY_ANSWERED);
      read.set_http_status(410);
      read.set_answer("GONE");
      read.set_rule("read.count_absence");
      SetTime(70, read.mutable_start_time());
      SetTime(70, read.mutable_end_time());
      response.mutable_create_call()->set_method("POST");
      response.mutable_create_call()->set_path("/payouts/p-1");
      response.mutable_create_call()->set_body(R"({"account":{"accountNumber":"***"}})");
      response.mutable_next_step()->set_action("READ");
      response.mutable_next_step()->set_why("it is asked \x1b[31m until it is known");
      response.add_marks("create calls begun: 1");
      response.add_reviews()->set_decision("acknowledge: needs_review X -> none");
      SetTime(80, response.mutable_reviews(0)->mutable_review_time());
      return grpc::Status::OK;
    });
  }
};

TEST_F(PayoutctlExplainTest, TheTimelineIsInOrderOfTime) {
  AnswerExplains();
  const auto result = Run({"explain", "p-1", "--merchant", "main"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(server->explain.requests()[0].merchant(), "main");
  const std::string& out = result.out;
  EXPECT_THAT(out, AllOf(HasSubstr("What is next"), HasSubstr("READ"),
                         HasSubstr("create calls begun: 1"), HasSubstr("POST /payouts/p-1")));
  const size_t created =
      out.find("QUEUED\n") != std::string::npos ? out.find("QUEUED\n") : out.find("revision 1");
  const size_t create = out.find("no answer after 60.000 s; perhaps sent");
  const size_t lost = out.find("SUBMITTING -> OUTCOME_UNKNOWN");
  const size_t read = out.find("410 GONE after 0.000 s");
  const size_t review = out.find("acknowledge: needs_review X -> none");
  for (const size_t place : {created, create, lost, read, review}) {
    ASSERT_NE(place, std::string::npos) << out;
  }
  EXPECT_LT(created, create);
  EXPECT_LT(create, lost);
  EXPECT_LT(lost, read);
  EXPECT_LT(read, review);
  EXPECT_THAT(out, HasSubstr("4 older changes are not shown"));
  EXPECT_THAT(out, HasSubstr("needs review: RESUBMIT_NOT_ALLOWED"));
  EXPECT_THAT(out, Not(HasSubstr("\x1b"))) << "a server cannot steer the terminal";
}

TEST_F(PayoutctlExplainTest, JsonIsTheResponse) {
  AnswerExplains();
  const auto result = Run({"explain", "p-1", "-o", "json"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_STREQ(Json(result.out)["nextStep"]["action"].GetString(), "READ");
}

TEST_F(PayoutctlExplainTest, AnUnknownPayoutHasItsExitCode) {
  server->explain.AlwaysFail(
      MakeError({.code = grpc::StatusCode::NOT_FOUND, .reason = "PAYOUT_NOT_FOUND"}));
  const auto result = Run({"explain", "p-1"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace payout::client
