// Operators on the real stack: payoutctl, the admin port, the store and the platform's ledger.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/digest.h"
#include "tests/client/program.h"
#include "tests/integration/gateway_harness.h"
#include "tests/integration/http_call.h"
#include "tests/integration/requests.h"
#include "tests/support/eventually.h"

namespace payout::testing {
namespace {

using client::ProgramResult;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// payoutctl on the gateway's ports, as tenant alpha.
ProgramResult Ctl(GatewayHarness& harness, std::vector<std::string> arguments) {
  const std::string token = (harness.dir() / "alpha-token").string();
  std::ofstream(token) << kAlphaToken << "\n";
  const std::map<std::string, std::string> environment = {
      {"PAYOUTCTL_SERVER", "grpc://" + harness.target()},
      {"PAYOUTCTL_TOKEN_FILE", token},
      {"PAYOUTCTL_ADMIN", "http://127.0.0.1:" + std::to_string(harness.gateway().admin_port())},
      {"PAYOUTCTL_OPERATOR", "ada"}};
  return client::Program(PAYOUTCTL_PATH, std::move(arguments), "", environment).Wait();
}

TEST(OperatorTest, APauseHoldsOverARestartUntilItIsResumed) {
  GatewayHarness harness;
  const ProgramResult paused = Ctl(harness, {"pause", "--note", "bank maintenance"});
  ASSERT_EQ(paused.exit_code, 0) << paused.err;
  EXPECT_THAT(paused.out, HasSubstr("running -> paused  (by ada, action 1)"));
  const auto created = harness.alpha().Create(BankPayout("p1", v1::WAIT_MODE_ACCEPTED), 1);
  EXPECT_EQ(created.value.payout().state(), v1::PAYOUT_STATE_QUEUED) << created.Outcome();
  EXPECT_THAT(HttpGet(harness.gateway().admin_port(), "/readyz").text,
              AllOf(HasSubstr("200"), HasSubstr("submission paused: by an operator")));
  EXPECT_THAT(harness.Metrics(),
              HasSubstr("payout_submission_paused{merchant=\"main\",reason=\"operator\"} 1"));

  harness.Restart();
  EXPECT_THAT(Ctl(harness, {"admin", "status"}).out, HasSubstr("paused: operator"));
  EXPECT_EQ(
      harness.alpha().Create(BankPayout("p2", v1::WAIT_MODE_ACCEPTED), 1).value.payout().state(),
      v1::PAYOUT_STATE_QUEUED);
  EXPECT_TRUE(harness.platform().Ledger().payments.empty());
  EXPECT_THAT(Ctl(harness, {"explain", "p1"}).out, HasSubstr("An operator has paused submission"));

  ASSERT_EQ(Ctl(harness, {"resume", "--note", "done"}).exit_code, 0);
  for (const char* id : {"p1", "p2"}) {
    EXPECT_TRUE(harness.alpha().Reaches(id, v1::PAYOUT_STATE_SUCCEEDED));
    EXPECT_EQ(harness.platform().Ledger().Find(id)->creates.count, 1);
  }
  const ProgramResult explained = Ctl(harness, {"explain", "p1"});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.out,
              AllOf(HasSubstr("create call"), HasSubstr("201 ACCEPTED"), HasSubstr("read call"),
                    HasSubstr("SUBMITTING -> PROCESSING"), HasSubstr("POST /payouts/p1")));
  EXPECT_THAT(Ctl(harness, {"admin", "actions"}).out,
              AllOf(HasSubstr("bank maintenance"), HasSubstr("done")));
}

TEST(OperatorTest, AReviewedPayoutIsPaidOnceAndItsReviewIsTold) {
  GatewayHarness harness(
      {.config = [](Config& c) { c.submission.resubmit = ResubmitMode::kManual; }});
  sandbox::Fault lost;
  lost.id = "p1";
  lost.on = sandbox::Operation::kCreate;
  lost.action = sandbox::FaultAction::kDropBeforeApply;
  lost.first = 1;
  harness.AddFault(lost);
  ASSERT_TRUE(harness.alpha().Create(BankPayout("p1")).ok());
  ASSERT_TRUE(Eventually([&] { return harness.alpha().Stored("p1").needs_review_size() == 1; }));

  const std::vector<std::string> review = {"review",    "p1",       "--merchant", "main",
                                           "--verdict", "resubmit", "--note",     "asked them"};
  const ProgramResult reviewed = Ctl(harness, review);
  ASSERT_EQ(reviewed.exit_code, 0) << reviewed.err;
  EXPECT_TRUE(harness.alpha().Reaches("p1", v1::PAYOUT_STATE_SUCCEEDED, 20));
  EXPECT_EQ(harness.platform().Ledger().payments.size(), 1u);
  EXPECT_EQ(harness.platform().Ledger().Find("p1")->creates.count, 2)
      << "the one that was lost, and the one that the verdict allowed";
  EXPECT_EQ(Ctl(harness, review).exit_code, 5) << "it does not fit any more";

  v1::ExplainPayoutRequest request;
  request.set_payout_id("p1");
  const auto own = harness.alpha().Explain(request);
  ASSERT_TRUE(own.ok()) << own.Outcome();
  ASSERT_EQ(own.value.reviews_size(), 1);
  EXPECT_THAT(own.value.reviews(0).decision(), HasSubstr("resubmit"));
  EXPECT_THAT(own.value.DebugString(), Not(HasSubstr("ada"))) << "tenants are not told who";
  EXPECT_EQ(own.value.events_size(), own.value.payout().revision());
  EXPECT_EQ(harness.beta().Explain(request).Outcome(), "NOT_FOUND PAYOUT_NOT_FOUND");
  const std::string told =
      HttpGet(harness.gateway().admin_port(), "/admin/v1/payouts/main/p1").text;
  EXPECT_THAT(told, AllOf(HasSubstr("\"operator\":\"ada\""), HasSubstr("\"tenant\":\"alpha\""),
                          HasSubstr("\"nextStep\"")));
}

TEST(OperatorTest, WithATokenFileOnlyItsHoldersGiveOrders) {
  constexpr char kToken[] = "operator-0123456789-abcdefghij";
  GatewayHarness harness({.secrets = [&](Secrets& secrets) {
    Problems problems;
    secrets.operators = TokenTable::Read(
        "[[tokens]]\noperator = \"grace\"\nsha256 = \"" + HexEncode(Sha256(kToken)) + "\"\n",
        "operators", problems, "operator");
    ASSERT_TRUE(problems.empty()) << problems[0].ToString();
  }});
  EXPECT_EQ(Ctl(harness, {"pause", "--note", "n"}).exit_code, 4);
  EXPECT_EQ(HttpGet(harness.gateway().admin_port(), "/admin/v1/status").status, 401);
  EXPECT_EQ(HttpGet(harness.gateway().admin_port(), "/livez").status, 200);
  const std::string file = (harness.dir() / "operator-token").string();
  std::ofstream(file) << kToken;
  EXPECT_EQ(Ctl(harness, {"pause", "--note", "n", "--admin-token-file", file}).exit_code, 4)
      << "the environment names another operator";
  const ProgramResult paused =
      Ctl(harness, {"pause", "--note", "n", "--operator", "grace", "--admin-token-file", file});
  EXPECT_EQ(paused.exit_code, 0) << paused.err;
  EXPECT_THAT(paused.out, HasSubstr("by grace"));
}

}  // namespace
}  // namespace payout::testing
