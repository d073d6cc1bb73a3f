// pause, resume, review and admin against a server that answers what a script says: what is sent,
// what is told, and the exit codes.

#include <fstream>

#include "tests/adapters/http/raw_server.h"
#include "tests/client/payoutctl/payoutctl_fixture.h"

namespace payout::client {
namespace {

using payout::testing::OkAnswer;
using payout::testing::RawConnection;
using payout::testing::RawServer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

RawServer::Script Answers(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(answer);
  };
}

std::string ErrorAnswer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class PayoutctlAdminTest : public PayoutctlTest {
 protected:
  static ProgramResult RunOn(const RawServer& admin, Arguments arguments,
                             const std::map<std::string, std::string>& environment = {}) {
    arguments.insert(arguments.end(), {"--admin", admin.Url("")});
    return RunAsIs(std::move(arguments), "", environment);
  }
};

constexpr char kPaused[] =
    R"({"action":{"number":3,"time":"2026-03-01T09:30:05.000001Z","operator":"ada",)"
    R"("action":"pause","merchant":null,"note":"n","details":"submission of all merchants: running -> paused"}})";

TEST_F(PayoutctlAdminTest, PauseSendsWhatWasSaidAndTellsWhatHappened) {
  RawServer admin(Answers(OkAnswer(kPaused)));
  const auto result = RunOn(admin, {"pause", "--note", "fraud \"alarm\"", "--operator", "ada"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "submission of all merchants: running -> paused  (by ada, action 3)\n");
  const std::string request = admin.requests().at(0);
  EXPECT_THAT(request, StartsWith("POST /admin/v1/pause HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Authorization")));
  const auto body = Json(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_STREQ(body["note"].GetString(), "fraud \"alarm\"");
  EXPECT_STREQ(body["operator"].GetString(), "ada");
  EXPECT_FALSE(body.HasMember("merchant"));
}

TEST_F(PayoutctlAdminTest, ReviewSendsVerdictAndReasons) {
  RawServer admin(Answers(OkAnswer(
      R"({"payout":{"payout_id":"p-1","state":"OUTCOME_UNKNOWN","revision":5,"needs_review":[]}})")));
  const auto result =
      RunOn(admin, {"review", "p-1", "--merchant", "main", "--verdict", "resubmit", "--reason",
                    "RESUBMIT_NOT_ALLOWED", "--note", "asked them", "--operator", "ada"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("p-1 is OUTCOME_UNKNOWN, revision 5; still needs review: no"));
  const std::string request = admin.requests().at(0);
  const auto body = Json(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_STREQ(body["verdict"].GetString(), "resubmit");
  EXPECT_STREQ(body["payout_id"].GetString(), "p-1");
  EXPECT_STREQ(body["reasons"][0].GetString(), "RESUBMIT_NOT_ALLOWED");
}

TEST_F(PayoutctlAdminTest, TheTokenIsReadFromItsFile) {
  std::ofstream(directory.File("token")) << "operator-token-0123456789\n";
  RawServer admin(Answers(OkAnswer(kPaused)));
  const auto result = RunOn(admin, {"resume", "--note", "n"},
                            {{"PAYOUTCTL_ADMIN_TOKEN_FILE", directory.File("token")}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(admin.requests().at(0),
              HasSubstr("Authorization: Bearer operator-token-0123456789\r\n"));
}

TEST_F(PayoutctlAdminTest, FlagsWinOverTheEnvironment) {
  RawServer admin(Answers(OkAnswer(kPaused)));
  const auto result =
      RunOn(admin, {"pause", "--note", "n", "--operator", "grace"},
            {{"PAYOUTCTL_OPERATOR", "ada"}, {"PAYOUTCTL_ADMIN", "http://127.0.0.1:1"}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(admin.requests().at(0), HasSubstr("\"operator\":\"grace\""));
}

TEST_F(PayoutctlAdminTest, ATokenIsNotSentInTheClearToAnotherMachine) {
  std::ofstream(directory.File("token")) << "operator-token-0123456789\n";
  const auto result = RunAsIs({"resume", "--note", "n", "--admin", "http://192.0.2.1:7452",
                               "--admin-token-file", directory.File("token")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("in the clear"));
}

TEST_F(PayoutctlAdminTest, ErrorsHaveTheirExitCodesAndTheServersWords) {
  const std::pair<const char*, int> cases[] = {
      {"400 Bad Request", 2}, {"401 Unauthorized", 4}, {"403 Forbidden", 4},
      {"404 Not Found", 3},   {"409 Conflict", 5},     {"503 Service Unavailable", 6},
      {"500 Internal", 1}};
  for (const auto& [status, code] : cases) {
    RawServer admin(Answers(ErrorAnswer(status, R"({"error":"because of it","reason":"X"})")));
    const auto result = RunOn(admin, {"pause", "--note", "n", "--operator", "ada"});
    EXPECT_EQ(result.exit_code, code) << status;
    EXPECT_THAT(result.err, HasSubstr("because of it"));
    EXPECT_EQ(result.out, "");
  }
  RawServer other(Answers(ErrorAnswer("404 Not Found", "<html>")));
  EXPECT_THAT(RunOn(other, {"admin", "status"}).err, HasSubstr("is this the gateway's admin port"));
}

TEST_F(PayoutctlAdminTest, AnAnswerThatIsLostMayHaveBeenCarriedOut) {
  RawServer admin([](RawConnection& connection) {
    connection.ReadRequest();
    connection.Reset();
  });
  const auto result = RunOn(admin, {"pause", "--note", "n", "--operator", "ada"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("may have been carried out"));
  EXPECT_EQ(admin.requests().size(), 1u) << "an order is never repeated by itself";
}

TEST_F(PayoutctlAdminTest, StatusAndActionsAreTables) {
  RawServer status(Answers(OkAnswer(
      R"({"switches":[{"merchant":null,"paused":true,"time":"2026-03-01T09:30:05.000001Z",)"
      R"("operator":"ada","note":"fraud"}],"merchants":[{"merchant":"main","submitting":false,)"
      R"("paused_by":["operator","credentials"],"queued":12,"open":{"OUTCOME_UNKNOWN":2},)"
      R"("needs_review":1,"requests_per_second":5,"requests_waiting":0}]})")));
  const auto text = RunOn(status, {"admin", "status"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("paused: operator, credentials"), HasSubstr("switch all"),
                              HasSubstr("2026-03-01 09:30:05Z")));

  RawServer actions(Answers(OkAnswer(
      R"({"actions":[{"number":7,"time":"2026-03-01T09:30:05.000001Z","operator":"ada",)"
      R"("action":"review","merchant":"main","payout_id":"p-1","note":"n","details":"d"}]})")));
  const auto list = RunOn(actions, {"admin", "actions", "--limit", "5"});
  EXPECT_THAT(list.out, AllOf(HasSubstr("main/p-1"), HasSubstr("review"), HasSubstr("ada")));
  EXPECT_THAT(actions.requests().at(0), StartsWith("GET /admin/v1/actions?limit=5 HTTP/1.1\r\n"));
  EXPECT_STREQ(Json(RunOn(actions, {"admin", "actions", "-o", "json"}).out)["actions"][0]["note"]
                   .GetString(),
               "n");
}

TEST_F(PayoutctlAdminTest, WhatMustBeSaidIsAskedFor) {
  for (const Arguments& arguments :
       {Arguments{"pause"}, Arguments{"resume"},
        Arguments{"resume", "--merchant", "", "--note", "n"},
        Arguments{"review", "p-1", "--note", "n"},
        Arguments{"review", "p-1", "--merchant", "m", "--note", "n", "--verdict", "pay"},
        Arguments{"admin"}, Arguments{"admin", "actions", "--limit", "0"},
        Arguments{"admin", "status", "--admin", "ftp://127.0.0.1"},
        Arguments{"admin", "status", "--admin", "http://user:secret@127.0.0.1"}}) {
    const auto result = RunAsIs(arguments);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace payout::client
