#include "tests/client/payoutctl/payoutctl_fixture.h"
#include "tests/client/tls.h"

namespace payout::client {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::StartsWith;

class PayoutctlReadTest : public PayoutctlTest {
 protected:
  void AnswerGets(v1::PayoutState state) {
    server->get.Always([state](auto&, const v1::GetPayoutRequest& request, auto& response) {
      *response.mutable_payout() = MakePayout(request.payout_id(), state);
      return grpc::Status::OK;
    });
  }
  // Pages of two payouts each.
  void AnswerLists(int pages) {
    server->list.Always([pages](auto&, const v1::ListPayoutsRequest& request, auto& response) {
      const int page = request.page_token().empty() ? 0 : std::stoi(request.page_token());
      *response.add_payouts() = MakePayout("p-" + std::to_string(page * 2));
      *response.add_payouts() =
          MakePayout("p-" + std::to_string(page * 2 + 1), v1::PAYOUT_STATE_SUCCEEDED);
      if (page + 1 < pages) response.set_next_page_token(std::to_string(page + 1));
      return grpc::Status::OK;
    });
  }
};

TEST_F(PayoutctlReadTest, GetShowsAPayout) {
  AnswerGets(v1::PAYOUT_STATE_PROCESSING);
  const auto result = Run({"get", "p-1", "--merchant", "main", "--max-staleness", "5s"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("PROCESSING: accepted by the platform, not finished"));
  EXPECT_THAT(result.out, HasSubstr("bank ****3000 via SEPA"));
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(server->get.requests()[0].max_staleness().seconds(), 5);
  EXPECT_EQ(server->get.requests()[0].merchant(), "main");
}

TEST_F(PayoutctlReadTest, GetAsJsonIsTheResponse) {
  AnswerGets(v1::PAYOUT_STATE_SUCCEEDED);
  const auto result = Run({"get", "p-1", "-o", "json"});
  EXPECT_STREQ(Json(result.out)["payout"]["state"].GetString(), "PAYOUT_STATE_SUCCEEDED");
  EXPECT_EQ(result.err, "");
}

TEST_F(PayoutctlReadTest, ErrorsHaveTheirExitCodes) {
  const std::pair<ErrorSpec, int> cases[] = {
      {{.code = StatusCode::NOT_FOUND, .reason = "PAYOUT_NOT_FOUND"}, 3},
      {{.code = StatusCode::UNAUTHENTICATED, .reason = "CREDENTIALS_INVALID"}, 4},
      {{.code = StatusCode::PERMISSION_DENIED, .reason = "X"}, 4},
      {{.code = StatusCode::FAILED_PRECONDITION, .reason = "NOT_CANCELLABLE"}, 5},
      {{.code = StatusCode::RESOURCE_EXHAUSTED, .reason = "OVERLOADED"}, 6},
      {{.code = StatusCode::UNAVAILABLE, .reason = "PLATFORM_READ_FAILED"}, 6},
      {{.code = StatusCode::INVALID_ARGUMENT, .reason = "PAYOUT_ID_INVALID"}, 2},
      {{.code = StatusCode::INTERNAL, .reason = "INTERNAL"}, 1}};
  for (const auto& [spec, code] : cases) {
    server->get.AlwaysFail(MakeError(spec));
    for (const char* output : {"text", "json", "jsonl"}) {
      const auto result = Run({"get", "p-1", "-o", output});
      EXPECT_EQ(result.exit_code, code) << spec.reason;
      EXPECT_EQ(result.out, "");
      EXPECT_THAT(result.err, HasSubstr(spec.reason));
      if (std::string(output) != "text") {
        EXPECT_EQ(Json(result.err)["error"]["exitCode"].GetInt(), code);
      }
    }
  }
}

TEST_F(PayoutctlReadTest, ListIsAnAlignedTableUpToTheLimit) {
  AnswerLists(3);
  const auto result = Run({"list", "--limit", "3"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto lines = Lines(result.out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], StartsWith("PAYOUT  STATE"));
  EXPECT_EQ(lines[1].find("QUEUED"), lines[2].find("SUCCEEDED"));
  EXPECT_EQ(lines[1].find("42.05"), lines[2].find("42.05"));
  EXPECT_THAT(result.err, HasSubstr("there are more"));
}

TEST_F(PayoutctlReadTest, ListAsJsonIsOneArrayAndAsJsonlOneObjectPerLine) {
  AnswerLists(3);
  EXPECT_EQ(Json(Run({"list", "--all", "-o", "json"}).out).Size(), 6u);
  const auto lines = JsonLines(Run({"list", "--all", "-o", "jsonl"}).out);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_STREQ(lines[5]["payoutId"].GetString(), "p-5");
  server->list.Always([](auto&, const auto&, auto&) { return grpc::Status::OK; });
  const auto empty = Run({"list", "-o", "json"});
  EXPECT_EQ(Json(empty.out).Size(), 0u);
  EXPECT_EQ(empty.err, "");
}

TEST_F(PayoutctlReadTest, ListThatFailsHalfWayIsStillAnArray) {
  AnswerLists(2);
  server->list.Then([](auto&, const auto&, auto& response) {
    *response.add_payouts() = MakePayout("p-0");
    response.set_next_page_token("1");
    return grpc::Status::OK;
  });
  server->list.ThenFail(MakeError({.code = StatusCode::INTERNAL, .reason = "INTERNAL"}));
  const auto result = Run({"list", "--all", "-o", "json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json(result.out).Size(), 1u);
  EXPECT_EQ(Json(result.err)["error"]["exitCode"].GetInt(), 1);
}

TEST_F(PayoutctlReadTest, ListFiltersReachTheServer) {
  AnswerLists(1);
  const auto result =
      Run({"list", "--state", "queued,outcome_unknown", "--state", "PROCESSING", "--merchant",
           "main", "--since", "2026-01-01T00:00:00Z", "--until", "1h", "--needs-review"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto request = server->list.requests()[0];
  EXPECT_THAT(request.states(), testing::ElementsAre(1, 3, 4));
  EXPECT_EQ(request.merchant(), "main");
  EXPECT_EQ(request.created_after().seconds(), 1'767'225'600);
  EXPECT_TRUE(request.has_created_before());
  EXPECT_TRUE(request.needs_review());
}

TEST_F(PayoutctlReadTest, CancelShowsThePayoutOrItsState) {
  server->cancel.Then([](auto&, const v1::CancelPayoutRequest& request, auto& response) {
    *response.mutable_payout() = MakePayout(request.payout_id(), v1::PAYOUT_STATE_CANCELLED, 2);
    return grpc::Status::OK;
  });
  const auto done = Run({"cancel", "p-1"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("CANCELLED"));
  server->cancel.ThenFail(MakeError({.code = StatusCode::FAILED_PRECONDITION,
                                     .reason = "NOT_CANCELLABLE",
                                     .metadata = {{"state", "PROCESSING"}}}));
  const auto refused = Run({"cancel", "p-1"});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, HasSubstr("state: PROCESSING"));
}

TEST_F(PayoutctlReadTest, HealthTellsByWordAndExitCode) {
  const auto serving = Run({"health"});
  EXPECT_EQ(serving.exit_code, 0);
  EXPECT_EQ(serving.out, "SERVING\n");
  server.SetServing(false);
  const auto not_serving = Run({"health", "-o", "json"});
  EXPECT_EQ(not_serving.exit_code, 6);
  EXPECT_STREQ(Json(not_serving.out)["status"].GetString(), "NOT_SERVING");
  EXPECT_EQ(Run({"health", "--service", "no.such.Service"}).exit_code, 3);
}

TEST_F(PayoutctlReadTest, ColourIsOffInPipesOnWhenForcedAndNeverInJson) {
  AnswerGets(v1::PAYOUT_STATE_SUCCEEDED);
  EXPECT_EQ(Run({"get", "p-1"}).out.find('\033'), std::string::npos);
  EXPECT_NE(Run({"get", "p-1", "--color", "always"}).out.find('\033'), std::string::npos);
  EXPECT_NE(Run({"get", "p-1", "--color", "always"}, "", {{"NO_COLOR", "1"}}).out.find('\033'),
            std::string::npos)
      << "a flag outranks the environment";
  EXPECT_EQ(Run({"get", "p-1", "--color", "always", "-o", "json"}).out.find('\033'),
            std::string::npos);
}

TEST_F(PayoutctlReadTest, SettingsComeFromTheEnvironmentToo) {
  AnswerGets(v1::PAYOUT_STATE_SUCCEEDED);
  const auto result = RunAsIs({"get", "p-1"}, "",
                              {{"PAYOUTCTL_SERVER", server.url()},
                               {"PAYOUTCTL_OUTPUT", "json"},
                               {"PAYOUTCTL_TOKEN_FILE", directory.Write("token", "secret-1\n")}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  Json(result.out);
  EXPECT_EQ(server->get.authorizations()[0], "Bearer secret-1");
  EXPECT_EQ((result.out + result.err).find("secret-1"), std::string::npos);
}

TEST_F(PayoutctlReadTest, AnUnreachableServerIsExplained) {
  server.Stop();
  const auto result = Run({"get", "p-1", "--timeout", "3s"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("is the gateway running"));
}

TEST_F(PayoutctlReadTest, PlaintextAndTlsMixedUpIsExplained) {
  const auto tls_to_plaintext = RunAsIs({"-s", "grpcs://127.0.0.1:" + std::to_string(server.port()),
                                         "get", "p-1", "--timeout", "3s"});
  EXPECT_EQ(tls_to_plaintext.exit_code, 6);
  EXPECT_THAT(tls_to_plaintext.err, HasSubstr("use --server grpc://"));

  const Certificate certificate;
  ScriptedServer secure(certificate.ForServer());
  const auto plaintext_to_tls = RunAsIs({"-s", secure.url(), "get", "p-1", "--timeout", "3s"});
  EXPECT_EQ(plaintext_to_tls.exit_code, 6);
  EXPECT_THAT(plaintext_to_tls.err, HasSubstr("grpcs://127.0.0.1"));
}

TEST_F(PayoutctlReadTest, TlsWorksWithACaFile) {
  const Certificate certificate;
  ScriptedServer secure(certificate.ForServer());
  const auto result = RunAsIs({"-s", "grpcs://127.0.0.1:" + std::to_string(secure.port()),
                               "--ca-file", certificate.file(), "health"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

}  // namespace
}  // namespace payout::client
