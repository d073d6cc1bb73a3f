// The simulator's real answers against the schemas of openapi.yaml.
//
// The answers are collected over HTTP, written to a file, and judged by check_answers.py.
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "absl/strings/str_replace.h"
#include "adapters/echelon/sandbox/json_writer.h"
#include "adapters/echelon/sandbox/sandbox.h"
#include "tests/adapters/echelon/sandbox/model_driver.h"
#include "tests/adapters/echelon/sandbox/raw_http.h"

namespace payout::sandbox {
namespace {

struct Recorded {
  std::string operation;  // "post /payouts/{idPayout}", as in openapi.yaml; "callback"
  int status;
  std::string body;
};

// 0 = all fit, 1 = at least one does not, anything else = the checker itself failed.
int Judge(const std::vector<Recorded>& answers, const std::string& name) {
  const std::string path = ::testing::TempDir() + name + std::to_string(getpid()) + ".jsonl";
  std::ofstream file(path);
  for (const Recorded& answer : answers) {
    JsonWriter json;
    json.BeginObject().Field("operation", answer.operation).IntField("status", answer.status);
    json.Field("body", answer.body).EndObject();
    file << json.Text() << "\n";
  }
  file.close();
  const std::string command = "/usr/bin/python3 " PAYOUT_SOURCE_DIR
                              "/tests/adapters/echelon/sandbox/check_answers.py " PAYOUT_SOURCE_DIR
                              "/adapters/echelon/sandbox/openapi.yaml " +
                              path;
  const int result = std::system(command.c_str());
  return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

class OpenApi : public ::testing::Test {
 protected:
  void SetUp() override {
    Options options;
    static_cast<PlatformSettings&>(options) = TestSettings();
    options.settle_after = absl::Hours(1);
    options.callback_interval = absl::Hours(1);
    auto started = Sandbox::Start(options);
    ASSERT_TRUE(started.ok()) << started.status();
    sandbox_ = *std::move(started);
  }

  RawAnswer Token(const std::string& body) {
    const RawAnswer answer = HttpCall(sandbox_->port(), "POST", "/auth-tokens", body);
    answers_.push_back({"post /auth-tokens", answer.status, answer.body});
    return answer;
  }
  int Payout(const std::string& method, const std::string& id, const std::string& body,
             const std::string& token) {
    const RawAnswer answer = HttpCall(sandbox_->port(), method == "post" ? "POST" : "GET",
                                      "/payouts/" + id, body, token);
    answers_.push_back({method + " /payouts/{idPayout}", answer.status, answer.body});
    return answer.status;
  }
  std::string TokenFor(const std::string& id) {
    return TokenIn(Token(TokenRequestBody({"POST /payouts/" + id, "GET /payouts/" + id})).body);
  }

  std::unique_ptr<Sandbox> sandbox_;
  std::vector<Recorded> answers_;
};

TEST_F(OpenApi, EveryAnswerFitsItsSchema) {
  EXPECT_EQ(Token("{}").status, 400);
  EXPECT_EQ(Token(R"({"merchantCode":"demo","secret":"x"})").status, 403);
  EXPECT_EQ(Token(R"({"merchantCode":"x","secret":"x"})").status, 406);
  EXPECT_EQ(Token(TokenRequestBody({"EAT /x"})).status, 406);

  CallbackReceiver receiver;
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"bank", BankBody("10000", "IDR", "", R"(,"callbackUrl":")" + receiver.url() + R"(")")},
      {"wallet", WalletBody(R"({"accountName":"Asha Rao"})")},
      {"crypto", CryptoBody("TXabc")},
      {"segment",
       absl::StrReplaceAll(
           BankBody(),
           {{R"({"money")", R"({"segmentCode":"VIP","exchangedToCurrency":"EUR","money")"}})}};
  for (const auto& [id, body] : bodies) {
    const std::string token = TokenFor(id);
    EXPECT_EQ(Payout("get", id, "", token), 410);
    EXPECT_EQ(Payout("post", id, body, token), 201);
    EXPECT_EQ(Payout("post", id, body, token), 409);
    EXPECT_EQ(Payout("get", id, "", token), 200);
    for (const char* status : {"SUCCESS", "FAILED", "REFUSED"}) {
      ASSERT_TRUE(sandbox_->Settle(id, status).ok());
      EXPECT_EQ(Payout("get", id, "", token), 200);
    }
  }
  const std::string token = TokenFor("other");
  EXPECT_EQ(Payout("post", "other", "{}", token), 400);
  EXPECT_EQ(Payout("post", "other", BankBody("1.001"), token), 406);
  EXPECT_EQ(Payout("post", "other", BankBody("1", "INR"), token), 406);
  EXPECT_EQ(Payout("post", "bank", BankBody(), token), 403);
  EXPECT_EQ(Payout("get", "bank", "", token), 403);
  EXPECT_EQ(Payout("post", "bank", BankBody(), ""), 401);
  EXPECT_EQ(Payout("get", "bank", "", ""), 401);
  for (const int status : {429, 500}) {
    sandbox_->ClearFaults();
    Fault fault;
    fault.http_status = status;
    for (const Operation on : {Operation::kCreate, Operation::kRead}) {
      fault.on = on;
      ASSERT_TRUE(sandbox_->AddFault(fault).ok());
    }
    EXPECT_EQ(Payout("post", "other", BankBody(), token), status);
    EXPECT_EQ(Payout("get", "other", "", token), status);
  }
  EXPECT_TRUE(Eventually([&] { return !receiver.bodies().empty(); }));
  for (const std::string& body : receiver.bodies()) answers_.push_back({"callback", 0, body});

  EXPECT_EQ(Judge(answers_, "answers"), 0);
}

TEST(OpenApiChecker, NoticesEveryKindOfMisfit) {
  const std::string detail =
      R"({"paymentRequested":{"money":{"amount":42.05,"currencyCode":"USD"}},)"
      R"("process":{"status":"SUCCESS","createdAt":"2023-11-14T22:13:20.000Z","isTest":true},)"
      R"("fee":{"amount":1,"currencyCode":"USD"},"paymentMethodResponse":{"idPayout":"A-1",)"
      R"("idPayment":"E","paymentMethodCode":"BANK_TRANSFER","reference":"R"}})";
  const std::string read = "get /payouts/{idPayout}";
  ASSERT_EQ(Judge({{read, 200, detail}}, "good"), 0);
  const std::vector<std::pair<std::string, std::string>> misfits = {
      {R"("isTest":true)", R"("isTest":"yes")"},
      {R"(,"isTest":true)", ""},
      {R"("SUCCESS")", R"("PAID")"},
      {R"("A-1")", R"("A 1")"},
      {R"("amount":1,)", R"("amount":0,)"},
      {R"("amount":42.05)", R"("amount":"42.05")"},
      {R"("currencyCode":"USD"}},)", R"("currencyCode":""}},)"},
      {"2023-11-14T22:13:20.000Z", "yesterday"},
      {"BANK_TRANSFER", "CASH"},
      {R"(,"reference":"R")", ""},
  };
  for (const auto& [from, to] : misfits) {
    const std::string bad = absl::StrReplaceAll(detail, {{from, to}});
    ASSERT_NE(bad, detail) << from;
    EXPECT_EQ(Judge({{read, 200, bad}}, "bad"), 1) << to;
  }
  EXPECT_EQ(Judge({{read, 201, detail}}, "bad"), 1) << "a status that is not declared";
  EXPECT_EQ(Judge({{"post /payouts/{idPayout}", 406, R"({"code":"IP_DENIED"})"}}, "bad"), 1);
  EXPECT_EQ(Judge({{"post /payouts/{idPayout}", 406, R"([{"code":"NEW"}])"}}, "bad"), 1);
  EXPECT_EQ(Judge({{read, 410, "[]"}}, "bad"), 1);
  EXPECT_EQ(Judge({{read, 200, "{"}}, "bad"), 1);
  EXPECT_EQ(Judge({{"callback", 0, R"({"idEntity":""})"}}, "bad"), 1);
}

}  // namespace
}  // namespace payout::sandbox
