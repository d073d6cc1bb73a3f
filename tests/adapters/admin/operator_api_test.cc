// Operators' commands: who may give them, what they change, and what they answer.

#include "adapters/admin/operator_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/core_fixture.h"

namespace payout::admin {
namespace {

using payout::testing::CoreFixture;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kToken[] = "operator-token-0123456789";

class OperatorApiTest : public ::testing::Test {
 protected:
  void Make(bool loopback, bool tokens) {
    OperatorApiOptions options;
    options.loopback = loopback;
    options.explanation_json = [](const Explanation& explanation) {
      return "{\"revision\":" + std::to_string(explanation.history.payout.revision) + "}";
    };
    if (tokens) {
      options.operator_of = [](std::string_view token) -> std::optional<std::string> {
        if (token != kToken) return std::nullopt;
        return "ada";
      };
    }
    api_ = std::make_unique<OperatorApi>(fixture_.process->core, fixture_.process->directory,
                                         fixture_.process->gateway.switches(), std::move(options));
  }

  static http::Request Request(std::string method, std::string path, std::string body = "") {
    http::Request request;
    request.method = std::move(method);
    request.path = "/admin/v1/" + path.substr(0, path.find('?'));
    if (path.find('?') != std::string::npos) request.query = path.substr(path.find('?') + 1);
    request.body = std::move(body);
    request.headers = {{"Host", "127.0.0.1:7452"}, {"Content-Type", "application/json"}};
    return request;
  }
  http::Reply Send(http::Request request) {
    auto reply = fixture_.env.Await(api_->Handle(std::move(request)));
    EXPECT_TRUE(reply.has_value());
    return reply.value_or(http::Reply{});
  }
  http::Reply Post(const std::string& path, const std::string& body) {
    return Send(Request("POST", path, body));
  }
  http::Reply Get(const std::string& path) { return Send(Request("GET", path)); }

  bool Paused() {
    return fixture_.process->directory.FindMerchant(CoreFixture::kMerchant)->operator_paused();
  }
  std::size_t ActionCount() { return (*fixture_.env.Await(fixture_.store.Actions({})))->size(); }

  CoreFixture fixture_;
  std::unique_ptr<OperatorApi> api_;
};

constexpr char kPause[] = R"({"note":"fraud alarm","operator":"ada"})";

TEST_F(OperatorApiTest, PauseAndResumeAreEffectiveWhenAnswered) {
  Make(/*loopback=*/true, /*tokens=*/false);
  const http::Reply paused = Post("pause", kPause);
  EXPECT_EQ(paused.status, 200) << paused.body;
  EXPECT_THAT(paused.body, HasSubstr(R"("operator":"ada","action":"pause","merchant":null)"));
  EXPECT_TRUE(Paused());
  EXPECT_THAT(Get("status").body,
              HasSubstr(R"("merchant":"main","submitting":false,"paused_by":["operator"])"));
  const http::Reply resumed = Post("resume", kPause);
  EXPECT_EQ(resumed.status, 200);
  EXPECT_THAT(resumed.body, HasSubstr("submission of all merchants: paused -> running"));
  EXPECT_FALSE(Paused());
  EXPECT_THAT(Get("status").body, HasSubstr(R"("submitting":true,"paused_by":[])"));
}

TEST_F(OperatorApiTest, OneMerchantIsPausedByName) {
  Make(true, false);
  EXPECT_EQ(Post("pause", R"({"merchant":"main","note":"n","operator":"o"})").status, 200);
  EXPECT_TRUE(Paused());
  EXPECT_EQ(Post("pause", R"({"merchant":"mian","note":"n","operator":"o"})").status, 404);
}

TEST_F(OperatorApiTest, ABodyThatIsNotExactlyACommandChangesNothing) {
  Make(true, false);
  for (const char* body :
       {"", "null", "[]", "{}", R"({"note":"n"})", R"({"operator":"o"})", R"({"note":"n")",
        R"({"note":"n","operator":"o","merchnat":"main"})",
        R"({"note":"n","operator":"o","merchant":""})",
        R"({"note":"n","operator":"o","merchant":"main","merchant":"other"})",
        R"({"note":"n","operator":"o","merchant":7})",
        R"({"note":"n","operator":"o","merchant":null})",
        R"({"note":"n","operator":"o","merchant":["main"]})", R"({"note":"n","operator":"o"} x)",
        R"({"note":"","operator":"o"})", R"({"note":"two\nlines","operator":"o"})",
        R"({"note":{"a":"b"},"operator":"o"})", "{\"note\":\"\xFF\",\"operator\":\"o\"}"}) {
    const http::Reply reply = Post("pause", body);
    EXPECT_EQ(reply.status, 400) << body << " " << reply.body;
    EXPECT_THAT(reply.body, HasSubstr(R"("reason":"INVALID_ARGUMENT")"));
  }
  const std::string long_note(1001, 'x');
  EXPECT_EQ(Post("pause", R"({"operator":"o","note":")" + long_note + "\"}").status, 400);
  EXPECT_FALSE(Paused());
  EXPECT_EQ(ActionCount(), 0u);
}

TEST_F(OperatorApiTest, WithTokensOnlyTheirHoldersAreAnsweredAndNamed) {
  Make(/*loopback=*/false, /*tokens=*/true);
  http::Request nobody = Request("POST", "pause", R"({"note":"n"})");
  EXPECT_EQ(Send(nobody).status, 401);
  http::Request wrong = nobody;
  wrong.headers.emplace_back("Authorization", "Bearer operator-token-012345678x");
  EXPECT_EQ(Send(wrong).status, 401);
  EXPECT_EQ(Send(Request("GET", "status")).status, 401);
  EXPECT_FALSE(Paused());

  http::Request right = nobody;
  right.headers.emplace_back("authorization", std::string("bearer ") + kToken);
  EXPECT_THAT(Send(right).body, HasSubstr(R"("operator":"ada")"));
  EXPECT_TRUE(Paused());
  right.body = R"({"note":"n","operator":"grace"})";
  EXPECT_EQ(Send(right).status, 403) << "nobody acts in another one's name";
}

TEST_F(OperatorApiTest, WithoutTokensAnAddressThatOthersReachAnswersNothing) {
  Make(/*loopback=*/false, /*tokens=*/false);
  const http::Reply reply = Post("pause", kPause);
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("admin.token_file"));
  EXPECT_EQ(Get("status").status, 403);
  EXPECT_EQ(Get("payouts/main/P1").status, 403);
  EXPECT_FALSE(Paused());
}

TEST_F(OperatorApiTest, AWebPageCannotGiveOrders) {
  Make(true, false);
  http::Request request = Request("POST", "pause", kPause);
  request.headers.emplace_back("Origin", "http://127.0.0.1:7452");
  EXPECT_EQ(Send(request).status, 403);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/jsonx"}) {
    request = Request("POST", "pause", kPause);
    request.headers[1].second = type;
    EXPECT_EQ(Send(request).status, 415) << type;
  }
  request = Request("POST", "pause", kPause);
  request.headers.pop_back();
  EXPECT_EQ(Send(request).status, 415);
  // A stranger's name that resolves to this machine.
  for (const char* host : {"evil.example", "evil.example:7452", "127.0.0.1.evil.example:7452",
                           "localhost.evil.example"}) {
    request = Request("GET", "status");
    request.headers[0].second = host;
    EXPECT_EQ(Send(request).status, 403) << host;
  }
  for (const char* host : {"localhost:7452", "127.0.0.1", "[::1]:7452", "127.1.2.3:80"}) {
    request = Request("GET", "status");
    request.headers[0].second = host;
    EXPECT_EQ(Send(request).status, 200) << host;
  }
  EXPECT_FALSE(Paused());
}

TEST_F(OperatorApiTest, MethodsAndPathsAreStrict) {
  Make(true, false);
  EXPECT_EQ(Get("pause").status, 405);
  EXPECT_EQ(Post("status", "{}").status, 405);
  for (const char* path : {"", "paus", "pause/", "payout/main/P1", "STATUS"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  for (const char* path : {"payouts/", "payouts/main", "payouts/main/", "payouts/main/a/b",
                           "payouts/main/%41", "payouts/main/nobody", "payouts/other/P1"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(OperatorApiTest, AReviewThatDoesNotFitIsAConflictThatSaysWhy) {
  Make(true, false);
  fixture_.Create("P1");
  const std::string head = R"({"merchant":"main","note":"n","operator":"o","payout_id":)";
  const http::Reply reply = Post("review", head + R"("P1","verdict":"acknowledge"})");
  EXPECT_EQ(reply.status, 409);
  EXPECT_THAT(reply.body, HasSubstr("nothing of this payout needs review"));
  EXPECT_THAT(reply.body, HasSubstr(R"("reason":"FAILED_PRECONDITION")"));
  EXPECT_EQ(Post("review", head + R"("P2","verdict":"adopt"})").status, 404);
  EXPECT_EQ(Post("review", head + R"("P1","verdict":"pay"})").status, 400);
  EXPECT_EQ(Post("review", head + R"("P1"})").status, 400);
  EXPECT_EQ(Post("review", head + R"("a b","verdict":"adopt"})").status, 400);
  EXPECT_EQ(Post("review", head + R"("P1","verdict":"adopt","reasons":["X"]})").status, 400);
  EXPECT_EQ(Post("review", head + R"("P1","verdict":"adopt","reasons":[]})").status, 400);
  EXPECT_EQ(Post("review", head + R"("P1","verdict":"resubmit","reasons":["CORRECTED"]})").status,
            400);
  EXPECT_EQ(ActionCount(), 0u);
}

TEST_F(OperatorApiTest, AReviewIsCarriedOutAndToldInThePayoutsExplanation) {
  Make(true, false);
  fixture_.platform.ledger["P1"] = {.money = {*Decimal::Parse("10"), "EUR"},
                                    .method = "BANK_TRANSFER",
                                    .created_at = fixture_.env.Now() - absl::Hours(24)};
  fixture_.Create("P1");
  ASSERT_TRUE(fixture_.env.RunUntil([&] { return !fixture_.Get("P1").status.needs_review.empty(); },
                                    absl::Hours(1)));
  EXPECT_THAT(Get("status").body, HasSubstr(R"("needs_review":1)"));
  const http::Reply reply =
      Post("review", R"({"merchant":"main","payout_id":"P1","verdict":"adopt","note":"ours",)"
                     R"("operator":"grace","reasons":["ID_USED_ELSEWHERE"]})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("state":"OUTCOME_UNKNOWN")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("needs_review":[])"));
  ASSERT_TRUE(fixture_.RunUntilState("P1", State::kSucceeded));
  const http::Reply told = Get("payouts/main/P1");
  EXPECT_EQ(told.status, 200);
  EXPECT_THAT(told.body, HasSubstr(R"({"tenant":"billing","explanation":{"revision":)"));
  EXPECT_THAT(told.body, HasSubstr(R"("operator":"grace","action":"review")"));
  EXPECT_THAT(told.body, Not(HasSubstr("DE00123456780000000000")));
}

TEST_F(OperatorApiTest, ActionsAreListedNewestFirstWithinBounds) {
  Make(true, false);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Post("pause", kPause).status, 200);
  const std::string two = Get("actions?limit=2").body;
  EXPECT_THAT(two, HasSubstr(R"({"actions":[{"number":3,)"));
  EXPECT_THAT(two, Not(HasSubstr(R"("number":1,)")));
  EXPECT_THAT(Get("actions?limit=2&before=2").body, HasSubstr(R"({"actions":[{"number":1,)"));
  EXPECT_EQ(Get("actions?limit=99999").status, 200);
  for (const char* query : {"limit=0", "limit=-1", "limit=x", "limit", "limit=", "payout=P1",
                            "limit=99999999999999999999"}) {
    EXPECT_EQ(Get(std::string("actions?") + query).status, 400) << query;
  }
}

TEST_F(OperatorApiTest, AStoreThatFailsIsUnavailableAndNothingIsEffective) {
  Make(true, false);
  fixture_.env.RunFor(absl::Seconds(1));  // Nothing else asks the store now.
  fixture_.store.FailNext(absl::UnavailableError("full"), /*after_applying=*/false);
  const http::Reply reply = Post("pause", kPause);
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("look at the status"));
  EXPECT_FALSE(Paused());
}

}  // namespace
}  // namespace payout::admin
