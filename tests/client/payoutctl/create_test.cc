#include <atomic>
#include <csignal>
#include <future>
#include <set>
#include <thread>

#include "tests/client/payoutctl/payoutctl_fixture.h"

namespace payout::client {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::Not;

class PayoutctlCreateTest : public PayoutctlTest {
 protected:
  static Arguments Bank(const Arguments& more = {}) {
    Arguments arguments = {"create",
                           "--amount",
                           "42.05",
                           "--currency",
                           "EUR",
                           "--account-name",
                           "Ada Example",
                           "--account-number",
                           "DE89370400440532013000",
                           "--operator",
                           "SEPA"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(PayoutctlCreateTest, FlagsBecomeTheRequest) {
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const auto result = Run(Bank({"--id",
                                "p-1",
                                "--merchant",
                                "main",
                                "--account-type",
                                "savings",
                                "--bank-code",
                                "BC",
                                "--bank-name",
                                "BN",
                                "--bank-branch",
                                "BB",
                                "--bank-city",
                                "BCI",
                                "--bank-province",
                                "BP",
                                "--email",
                                "a@b.example",
                                "--remark",
                                "rent",
                                "--segment",
                                "S",
                                "--exchange-to",
                                "USD",
                                "--customer-ip",
                                "10.0.0.1",
                                "--customer-id",
                                "c-1",
                                "--label",
                                "k=v",
                                "--label",
                                "team=pay",
                                "--submit-before",
                                "2030-01-01T00:00:00Z",
                                "--wait",
                                "recorded"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  ASSERT_EQ(server->create.calls(), 1u);
  const auto request = server->create.requests()[0];
  v1::CreatePayoutRequest expected = MakeCreate("p-1");
  expected.set_merchant("main");
  auto* bank = expected.mutable_bank_transfer();
  bank->set_account_type("savings");
  bank->set_bank_code("BC");
  bank->set_bank_name("BN");
  bank->set_bank_branch("BB");
  bank->set_bank_city("BCI");
  bank->set_bank_province("BP");
  bank->set_email_address("a@b.example");
  bank->set_remark("rent");
  expected.set_segment_code("S");
  expected.set_exchanged_to_currency("USD");
  expected.set_customer_ip("10.0.0.1");
  expected.set_customer_id("c-1");
  (*expected.mutable_labels())["k"] = "v";
  (*expected.mutable_labels())["team"] = "pay";
  expected.mutable_submit_before()->set_seconds(1893456000);
  expected.set_wait_mode(v1::WAIT_MODE_RECORDED);
  EXPECT_EQ(request.DebugString(), expected.DebugString());
  EXPECT_THAT(result.out, HasSubstr("QUEUED"));
  EXPECT_THAT(result.out, HasSubstr("42.05 EUR"));
  EXPECT_EQ(result.err, "");
}

TEST_F(PayoutctlCreateTest, AGeneratedIdIsPrintedSoThatTheCallCanBeRepeated) {
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const auto result = Run(Bank({"-q", "--id-prefix", "team-"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string id = server->create.requests()[0].payout_id();
  EXPECT_EQ(id.size(), 5 + 26u);
  EXPECT_EQ(id.substr(0, 5), "team-");
  EXPECT_THAT(result.err, HasSubstr("--id " + id));
}

TEST_F(PayoutctlCreateTest, TheGeneratedIdIsPrintedEvenWhenTheCallFails) {
  server->create.AlwaysFail(BareError(StatusCode::UNAVAILABLE));
  const auto result = Run(Bank({"-o", "json", "--timeout", "5s"}));
  EXPECT_EQ(result.exit_code, 7);
  const auto lines = JsonLines(result.err);
  ASSERT_EQ(lines.size(), 2u);
  const std::string id = lines[0]["payoutId"].GetString();
  EXPECT_EQ(server->create.requests()[0].payout_id(), id);
  EXPECT_EQ(lines[1]["error"]["payoutId"].GetString(), id);
  EXPECT_TRUE(lines[1]["error"]["outcomeUnknown"].GetBool());
  EXPECT_EQ(lines[1]["error"]["exitCode"].GetInt(), 7);
  EXPECT_EQ(result.out, "");
}

TEST_F(PayoutctlCreateTest, AnUnknownOutcomeSaysWhatToDo) {
  server->create.AlwaysFail(BareError(StatusCode::UNAVAILABLE));
  const auto result = Run(Bank({"--id", "p-1", "--timeout", "5s"}));
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_THAT(result.err, HasSubstr("do not pay by other means"));
  EXPECT_THAT(result.err, HasSubstr("--id p-1"));
  EXPECT_EQ(server->create.calls(), 5u);
}

TEST_F(PayoutctlCreateTest, AnUnreachableServerIsNoUnknownOutcome) {
  server.Stop();
  const auto result = Run(Bank({"--id", "p-1"}));
  EXPECT_EQ(result.exit_code, 6) << result.err;
  EXPECT_THAT(result.err, HasSubstr("nothing was sent"));
  EXPECT_THAT(result.err, HasSubstr("nothing answers at 127.0.0.1"));
  EXPECT_THAT(result.err, Not(HasSubstr("other means")));
}

TEST_F(PayoutctlCreateTest, ViolationsAreListedOnePerLine) {
  server->create.AlwaysFail(MakeError({.code = StatusCode::INVALID_ARGUMENT,
                                       .reason = "AMOUNT_PRECISION_EXCEEDED",
                                       .message = "the request is not valid",
                                       .violations = {{"money.amount", "EUR has 2 decimals"},
                                                      {"bank_transfer.remark", "is too long"}}}));
  const auto result = Run(Bank({"--id", "p-1"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(Lines(result.err),
              testing::ElementsAre(
                  "error: the request is not valid  (INVALID_ARGUMENT, AMOUNT_PRECISION_EXCEEDED)",
                  "  money.amount: EUR has 2 decimals", "  bank_transfer.remark: is too long"));
}

TEST_F(PayoutctlCreateTest, JsonIsTheResponseAsCanonicalProtobufJson) {
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const auto result = Run(Bank({"--id", "p-1", "-o", "json"}));
  const auto json = Json(result.out);
  EXPECT_STREQ(json["payout"]["payoutId"].GetString(), "p-1");
  EXPECT_STREQ(json["payout"]["state"].GetString(), "PAYOUT_STATE_QUEUED");
  EXPECT_STREQ(json["payout"]["revision"].GetString(), "1");
  EXPECT_STREQ(json["payout"]["createTime"].GetString(), "2026-01-01T00:00:00Z");
  EXPECT_FALSE(json.HasMember("replayed"));
  EXPECT_TRUE(
      Json(Run(Bank({"--id", "p-1", "-o", "json", "--emit-defaults"})).out).HasMember("replayed"));
  EXPECT_EQ(Lines(Run(Bank({"--id", "p-1", "-o", "jsonl"})).out).size(), 1u);
}

TEST_F(PayoutctlCreateTest, ErrorsWithJsonAreOneObject) {
  server->create.AlwaysFail(MakeError({.code = StatusCode::ALREADY_EXISTS,
                                       .reason = "PAYOUT_CONTENT_DIFFERS",
                                       .metadata = {{"differing_fields", "money.amount"}}}));
  const auto result = Run(Bank({"--id", "p-1", "-o", "json"}));
  EXPECT_EQ(result.exit_code, 5);
  const auto json = Json(result.err);
  EXPECT_STREQ(json["error"]["code"].GetString(), "ALREADY_EXISTS");
  EXPECT_STREQ(json["error"]["reason"].GetString(), "PAYOUT_CONTENT_DIFFERS");
  EXPECT_STREQ(json["error"]["metadata"]["differing_fields"].GetString(), "money.amount");
  EXPECT_EQ(json["error"]["exitCode"].GetInt(), 5);
}

TEST_F(PayoutctlCreateTest, WaitingTellsTheOutcomeByExitCode) {
  const std::pair<v1::PayoutState, int> cases[] = {
      {v1::PAYOUT_STATE_SUCCEEDED, 0},  {v1::PAYOUT_STATE_FAILED, 8},
      {v1::PAYOUT_STATE_REFUSED, 8},    {v1::PAYOUT_STATE_CANCELLED, 8},
      {v1::PAYOUT_STATE_PROCESSING, 9}, {v1::PAYOUT_STATE_OUTCOME_UNKNOWN, 9}};
  for (const auto& [state, code] : cases) {
    server->AnswerCreates(state);
    const auto result = Run(Bank({"--id", "p-1", "--wait", "settled"}));
    EXPECT_EQ(result.exit_code, code) << v1::PayoutState_Name(state) << result.err;
  }
  EXPECT_EQ(server->create.requests().back().wait_mode(), v1::WAIT_MODE_SETTLED);
}

TEST_F(PayoutctlCreateTest, OutcomeUnknownIsExplainedOnStandardError) {
  server->AnswerCreates(v1::PAYOUT_STATE_OUTCOME_UNKNOWN);
  const auto result = Run(Bank({"--id", "p-1", "-q"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("do not pay by other means"));
}

TEST_F(PayoutctlCreateTest, CtrlCDuringACreateLeavesTheIdAndExits130) {
  std::promise<void> called;
  server->create.Always([&called](grpc::ServerContext& context, const auto&, auto&) {
    called.set_value();
    WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  });
  Arguments arguments = Bank({"--id", "p-1", "--wait", "settled"});
  arguments.insert(arguments.begin(), {"-s", server.url()});
  Program program(PAYOUTCTL_PATH, arguments);
  called.get_future().wait();
  program.Signal(SIGINT);
  const auto result = program.Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_THAT(result.err, HasSubstr("--id p-1"));
}

TEST_F(PayoutctlCreateTest, ARequestIsReadFromAFileAndFromStandardInput) {
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const std::string json =
      "{\n \"payoutId\": \"p-1\",\n \"money\": {\"amount\": \"7\", \"currencyCode\": \"EUR\"}\n}\n";
  EXPECT_EQ(Run({"create", "-f", directory.Write("one.json", json), "--validate-only"}).exit_code,
            0);
  EXPECT_EQ(Run({"create", "-f", "-", "--wait", "accepted"}, json).exit_code, 9);
  const auto requests = server->create.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_TRUE(requests[0].validate_only());
  EXPECT_EQ(requests[1].payout_id(), "p-1");
  EXPECT_EQ(requests[1].wait_mode(), v1::WAIT_MODE_ACCEPTED);
}

TEST_F(PayoutctlCreateTest, AFileOfManyGoesOnAfterFailuresAndEndsWithTheWorstCode) {
  server->create.Always([](grpc::ServerContext&, const v1::CreatePayoutRequest& request,
                           v1::CreatePayoutResponse& response) {
    if (request.payout_id() == "bad") {
      return MakeError({.code = StatusCode::INVALID_ARGUMENT, .reason = "AMOUNT_REQUIRED"});
    }
    *response.mutable_payout() = MakePayout(request.payout_id());
    response.set_replayed(request.payout_id() == "old");
    return grpc::Status::OK;
  });
  std::string file =
      "{\"payoutId\":\"bad\"}\nnot json\n{\"merchant\":\"no-id\"}\n{\"payoutId\":\"old\"}\n";
  for (int i = 0; i < 40; ++i) file += "{\"payoutId\":\"p-" + std::to_string(i) + "\"}\n";
  const auto result = Run({"create", "-f", "-", "-o", "jsonl", "--parallel", "4"}, file);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(JsonLines(result.out).size(), 41u);
  std::set<int> failed_lines;
  std::string summary;
  for (const auto& line : JsonLines(result.err)) {
    if (line.HasMember("error")) failed_lines.insert(line["error"]["line"].GetInt());
    if (line.HasMember("note")) summary = line["note"].GetString();
  }
  EXPECT_EQ(failed_lines, (std::set<int>{1, 2, 3}));
  EXPECT_EQ(summary, "44 requests: 40 created, 1 existed before, 3 failed");
}

TEST_F(PayoutctlCreateTest, AFileOfManyAsJsonIsOneArrayAndAnUnknownOutcomeIsTheWorst) {
  server->create.Always([](grpc::ServerContext&, const v1::CreatePayoutRequest& request,
                           v1::CreatePayoutResponse& response) {
    if (request.payout_id() == "unknown") return BareError(StatusCode::PERMISSION_DENIED);
    *response.mutable_payout() = MakePayout(request.payout_id());
    return grpc::Status::OK;
  });
  const auto result =
      Run({"create", "-f", "-", "-o", "json"},
          "{\"payoutId\":\"a\"}\nbroken\n{\"payoutId\":\"unknown\"}\n{\"payoutId\":\"b\"}\n");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(Json(result.out).Size(), 2u);
  EXPECT_THAT(result.err, HasSubstr("1 with unknown outcome"));
}

TEST_F(PayoutctlCreateTest, NoMoreThanTheGivenNumberRunsAtOnce) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  server->create.Always([&](grpc::ServerContext&, const v1::CreatePayoutRequest& request,
                            v1::CreatePayoutResponse& response) {
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    *response.mutable_payout() = MakePayout(request.payout_id());
    --running;
    return grpc::Status::OK;
  });
  std::string file;
  for (int i = 0; i < 60; ++i) file += "{\"payoutId\":\"p-" + std::to_string(i) + "\"}\n";
  EXPECT_EQ(Run({"create", "-f", "-", "--parallel", "3", "-q"}, file).exit_code, 0);
  EXPECT_LE(most, 3);
  EXPECT_EQ(server->create.calls(), 60u);
}

TEST_F(PayoutctlCreateTest, WhatDoesNotGoTogetherIsRefusedWithoutACall) {
  for (const Arguments& arguments :
       {Arguments{"create", "--currency", "EUR"}, Arguments{"create", "--amount", "1"},
        Bank({"--wallet-address", "T9"}), Bank({"--label", "x"}), Bank({"--submit-before", "soon"}),
        Bank({"-f", "x.json"}), Bank({"--wait", "forever"}), Bank({"--method", "cash"}),
        Arguments{"create", "-f", "/no/such/file"}, Arguments{"create", "-f", "-"}}) {
    const auto result = Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(arguments) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("error: "));
  }
  EXPECT_EQ(server->create.calls(), 0u);
}

}  // namespace
}  // namespace payout::client
