// The simulator over real sockets.
#include "adapters/echelon/sandbox/sandbox.h"

#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/echelon/sandbox/value.h"
#include "tests/adapters/echelon/sandbox/model_driver.h"
#include "tests/adapters/echelon/sandbox/raw_http.h"

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Options TestOptions() {
  Options options;
  static_cast<PlatformSettings&>(options) = TestSettings();
  options.settle_after = absl::Milliseconds(20);
  options.callback_interval = absl::Milliseconds(10);
  return options;
}

class SandboxTest : public ::testing::Test {
 protected:
  explicit SandboxTest(Options options = TestOptions()) { Restart(std::move(options)); }

  void Restart(Options options) {
    sandbox_.reset();
    auto started = Sandbox::Start(std::move(options));
    ASSERT_TRUE(started.ok()) << started.status();
    sandbox_ = *std::move(started);
  }

  std::string TokenFor(const std::string& id) {
    const RawAnswer answer =
        HttpCall(sandbox_->port(), "POST", "/auth-tokens",
                 TokenRequestBody({"POST /payouts/" + id, "GET /payouts/" + id}));
    return TokenIn(answer.body);
  }
  RawAnswer Create(const std::string& id, const std::string& body = BankBody()) {
    return HttpCall(sandbox_->port(), "POST", "/payouts/" + id, body, TokenFor(id));
  }
  RawAnswer Read(const std::string& id) {
    return HttpCall(sandbox_->port(), "GET", "/payouts/" + id, "", TokenFor(id));
  }
  RawAnswer Admin(const std::string& method, const std::string& target,
                  const std::string& body = "") {
    return HttpCall(sandbox_->admin_port(), method, target, body);
  }
  void AddFault(const std::string& json) {
    const RawAnswer answer = Admin("POST", "/admin/faults", json);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(SandboxTest, APayoutIsCreatedReadAndSettles) {
  EXPECT_EQ(Create("A-1").status, 201);
  EXPECT_TRUE(Eventually(
      [&] { return Read("A-1").body.find(R"("status":"SUCCESS")") != std::string::npos; }));
  const LedgerSnapshot ledger = sandbox_->Ledger();
  ASSERT_THAT(ledger.payments, SizeIs(1));
  EXPECT_EQ(ledger.payments[0].amount.ToString(), "42.05");
}

TEST_F(SandboxTest, AConnectionServesManyRequestsPipelinedOnesToo) {
  RawClient client(sandbox_->port());
  const std::string token = TokenFor("A-1");
  EXPECT_EQ(client.Call("GET", "/payouts/A-1", "", token).status, 410);
  EXPECT_EQ(client.Call("POST", "/payouts/A-1", BankBody(), token).status, 201);
  const std::string read =
      "GET /payouts/A-1 HTTP/1.1\r\nHost: x\r\nX-API-Version: 2\r\nAuthorization: Bearer " + token +
      "\r\n\r\n";
  client.Send(read + read);
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

TEST_F(SandboxTest, ServesOnlyThisMachine) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "10.1.2.3:0", "example.com:80"}) {
    Options options = TestOptions();
    options.listen = address;
    EXPECT_EQ(Sandbox::Start(options).status().code(), absl::StatusCode::kInvalidArgument)
        << address;
    options = TestOptions();
    options.admin_listen = address;
    EXPECT_EQ(Sandbox::Start(options).status().code(), absl::StatusCode::kInvalidArgument)
        << address;
  }
}

TEST_F(SandboxTest, ATakenPortIsUnavailable) {
  Options options = TestOptions();
  options.listen = "127.0.0.1:" + std::to_string(sandbox_->port());
  EXPECT_EQ(Sandbox::Start(options).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(SandboxTest, BadScenariosDoNotStart) {
  Options options = TestOptions();
  options.scenario = "nonsense = 1\n";
  EXPECT_THAT(std::string(Sandbox::Start(options).status().message()), HasSubstr("1:1: nonsense"));
}

TEST_F(SandboxTest, DropsAfterApplyingWithoutAByte) {
  AddFault(R"({"on":"create","action":"drop_after_apply"})");
  const RawAnswer answer = Create("A-1");
  EXPECT_EQ(answer.status, 0);
  EXPECT_FALSE(answer.reset);
  EXPECT_THAT(sandbox_->Ledger().payments, SizeIs(1));
}

TEST_F(SandboxTest, ResetsTheConnectionBeforeOrAfterApplying) {
  AddFault(R"({"on":"create","id":"early","action":"reset_before_apply"})");
  AddFault(R"({"on":"create","id":"late","action":"reset_after_apply"})");
  EXPECT_TRUE(Create("early").reset);
  EXPECT_THAT(sandbox_->Ledger().payments, IsEmpty());
  EXPECT_TRUE(Create("late").reset);
  EXPECT_THAT(sandbox_->Ledger().payments, SizeIs(1));
}

TEST_F(SandboxTest, TruncatesTheBodyItAnnounced) {
  AddFault(R"({"on":"create","action":"truncated_body"})");
  const RawAnswer answer = Create("A-1");
  EXPECT_EQ(answer.status, 201);
  EXPECT_FALSE(answer.complete);
  EXPECT_THAT(answer.body, Not(IsEmpty()));
}

TEST_F(SandboxTest, SendsGarbageAndOversizedBodies) {
  AddFault(R"({"on":"create","id":"g","action":"garbage_body"})");
  AddFault(R"({"on":"create","id":"o","action":"oversized_body","size":3000000})");
  EXPECT_FALSE(ParseJson(Create("g").body).ok());
  const RawAnswer oversized = Create("o");
  EXPECT_TRUE(oversized.complete);
  EXPECT_EQ(oversized.body.size(), 3000000U);
}

TEST_F(SandboxTest, HoldsAnAnswerBackAfterApplying) {
  AddFault(R"({"on":"create","action":"delay_answer","delay":"10m"})");
  RawClient client(sandbox_->port());
  const std::string token = TokenFor("A-1");
  client.Send(
      "POST /payouts/A-1 HTTP/1.1\r\nHost: x\r\nX-API-Version: 2\r\nContent-Type: "
      "application/json\r\nAuthorization: Bearer " +
      token + "\r\nContent-Length: " + std::to_string(BankBody().size()) + "\r\n\r\n" + BankBody());
  EXPECT_TRUE(Eventually([&] { return sandbox_->Ledger().payments.size() == 1; }));
  sandbox_.reset();  // a held answer does not hold up the stop
  EXPECT_EQ(client.ReadAnswer().status, 0);
}

TEST_F(SandboxTest, CallbacksArriveAndTheLedgerKnows) {
  CallbackReceiver receiver;
  Create("A-1", WithCallback(receiver.url()));
  EXPECT_TRUE(Eventually([&] { return sandbox_->Ledger().Count("callbacks.delivered") == 1; }));
  EXPECT_THAT(receiver.bodies(), ::testing::ElementsAre(R"({"idEntity":"A-1"})"));
  EXPECT_EQ(sandbox_->Ledger().payments[0].callbacks.at(0).http_status, 200);
}

TEST_F(SandboxTest, CallbacksAreRepeatedUntilA200) {
  CallbackReceiver receiver(503);
  Create("A-1", WithCallback(receiver.url()));
  EXPECT_TRUE(Eventually([&] { return receiver.bodies().size() == 2; }));
  receiver.set_status(200);
  EXPECT_TRUE(Eventually([&] { return sandbox_->Ledger().Count("callbacks.delivered") == 1; }));
}

TEST_F(SandboxTest, ADeadReceiverCostsFiveTries) {
  std::string url;
  { url = CallbackReceiver().url(); }
  Create("A-1", WithCallback(url));
  EXPECT_TRUE(Eventually([&] { return sandbox_->Ledger().Count("callbacks.failed") == 5; }));
  EXPECT_THAT(sandbox_->Ledger().payments[0].callbacks, SizeIs(5));
}

TEST_F(SandboxTest, ForgedCallbacksAreSentOnDemandAndToLoopbackOnly) {
  CallbackReceiver receiver(404);
  const std::string forged = R"({"url":")" + receiver.url() + R"(","idEntity":"made up"})";
  EXPECT_EQ(Admin("POST", "/admin/callbacks", forged).status, 200);
  EXPECT_TRUE(sandbox_->SendCallback(receiver.url(), "another").ok());
  EXPECT_TRUE(Eventually([&] {
    const LedgerSnapshot ledger = sandbox_->Ledger();
    return ledger.sent_by_hand.size() == 2 && ledger.sent_by_hand[0].http_status == 404 &&
           ledger.sent_by_hand[1].http_status == 404;
  }));
  EXPECT_EQ(
      Admin("POST", "/admin/callbacks", R"({"url":"http://example.com/","idEntity":"a"})").status,
      400);
}

TEST_F(SandboxTest, AdminShowsLedgerRequestsAndSummaryWithoutSecrets) {
  AddFault(R"({"on":"read","nth":1,"action":"status","http_status":503})");
  Create("A-1");
  Create("A-1");
  Read("A-1");
  Create("bad", BankBody("1.001"));
  const auto ledger = ParseJson(Admin("GET", "/admin/ledger").body);
  ASSERT_TRUE(ledger.ok());
  const Value& payment = ledger->Find("payments")->items.at(0);
  EXPECT_EQ(payment.Find("amount")->text, "42.05");
  EXPECT_TRUE(payment.Find("amount")->Is(Value::Kind::kString));
  EXPECT_EQ(payment.Find("create_requests")->text, "2");
  EXPECT_THAT(payment.Find("create_body_sha256")->items, SizeIs(2));
  EXPECT_EQ(ledger->Find("not_accepted")->items.at(0).Find("id")->text, "bad");
  const std::string requests = Admin("GET", "/admin/requests").body;
  EXPECT_THAT(requests, HasSubstr(R"("path":"/payouts/A-1","merchant":"demo","answer":409)"));
  EXPECT_THAT(requests, HasSubstr(R"("answer":503,"fault":"status")"));
  const std::string all = requests + Admin("GET", "/admin/ledger").body +
                          Admin("GET", "/admin/summary").body + Admin("GET", "/admin/faults").body;
  for (const char* secret : {"demo-secret", "11223344", "Test account", "eyJ"}) {
    EXPECT_THAT(all, Not(HasSubstr(secret))) << secret;
  }
  const auto summary = ParseJson(Admin("GET", "/admin/summary").body);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->Find("payments")->text, "1");
  EXPECT_EQ(summary->Find("counts")->Find("answers.406")->text, "1");
}

TEST_F(SandboxTest, AdminSettlesResetsAndListsFaults) {
  EXPECT_EQ(Admin("GET", "/admin/healthz").status, 200);
  AddFault(R"({"faults":[{"on":"create","action":"settle_as","status":"PROCESSING"},)"
           R"({"on":"read","id":"x","action":"read_lag","delay":"1s"}]})");
  EXPECT_THAT(sandbox_->Faults(), SizeIs(2));
  Create("A-1");
  EXPECT_EQ(Admin("POST", "/admin/settle", R"({"id":"nobody","status":"FAILED"})").status, 404);
  EXPECT_EQ(Admin("POST", "/admin/settle", R"({"id":"A-1","status":"FAILED"})").status, 200);
  EXPECT_THAT(Read("A-1").body, HasSubstr(R"("status":"FAILED")"));
  EXPECT_EQ(Admin("DELETE", "/admin/faults").status, 200);
  EXPECT_THAT(sandbox_->Faults(), IsEmpty());
  EXPECT_EQ(Admin("POST", "/admin/reset").status, 200);
  EXPECT_THAT(sandbox_->Ledger().payments, IsEmpty());
  EXPECT_THAT(sandbox_->Requests(), IsEmpty());
  EXPECT_EQ(Create("A-1").status, 201);
}

TEST_F(SandboxTest, AdminRefusesBadFaultsAsAWhole) {
  const RawAnswer answer =
      Admin("POST", "/admin/faults",
            R"({"faults":[{"on":"read","action":"drop_after_apply"},{"on":"read"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("faults[1].action is missing"));
  EXPECT_THAT(sandbox_->Faults(), IsEmpty());
  EXPECT_EQ(Admin("GET", "/admin/nothing").status, 404);
  EXPECT_EQ(Admin("PUT", "/admin/faults", "{}").status, 405);
  EXPECT_EQ(Admin("POST", "/admin/settle", "{").status, 400);
}

TEST_F(SandboxTest, RefusesWhatIsNoHttpAndWhatIsTooLarge) {
  RawClient garbage(sandbox_->port());
  garbage.Send("this is no request\r\n\r\n");
  EXPECT_EQ(garbage.ReadAnswer().status, 400);
  EXPECT_TRUE(garbage.WaitForEnd());
  RawClient large(sandbox_->port());
  large.Send("POST /auth-tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(large.ReadAnswer().status, 413);
}

TEST_F(SandboxTest, ASlowRequestMeetsItsDeadline) {
  Options options = TestOptions();
  options.request_timeout = absl::Milliseconds(50);
  Restart(std::move(options));
  RawClient client(sandbox_->port());
  client.Send("POST /auth-tokens HTTP/1.1\r\n");
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(SandboxTest, AnIdleConnectionIsClosed) {
  Options options = TestOptions();
  options.idle_timeout = absl::Milliseconds(50);
  Restart(std::move(options));
  RawClient client(sandbox_->port());
  EXPECT_TRUE(client.WaitForEnd());
}

TEST_F(SandboxTest, ConnectionsAreCounted) {
  Options options = TestOptions();
  options.connections_max = 2;
  Restart(std::move(options));
  RawClient first(sandbox_->port());
  RawClient second(sandbox_->port());
  EXPECT_EQ(first.Call("GET", "/payouts/A").status, 401);
  EXPECT_EQ(second.Call("GET", "/payouts/A").status, 401);
  RawClient third(sandbox_->port());
  EXPECT_TRUE(third.WaitForEnd());
  EXPECT_EQ(first.Call("GET", "/payouts/A").status, 401);
}

TEST_F(SandboxTest, ThreadsMayAskWhileItWorks) {
  std::vector<std::future<void>> threads;
  for (int t = 0; t < 4; ++t) {
    threads.push_back(std::async(std::launch::async, [this, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string id = "T-" + std::to_string(t) + "-" + std::to_string(i);
        EXPECT_EQ(Create(id).status, 201);
        sandbox_->Ledger();
        EXPECT_TRUE(
            sandbox_
                ->AddFault(
                    {.on = Operation::kRead, .id = "none", .action = FaultAction::kDropAfterApply})
                .ok());
      }
    }));
  }
  for (auto& thread : threads) thread.get();
  EXPECT_THAT(sandbox_->Ledger().payments, SizeIs(100));
}

}  // namespace
}  // namespace payout::sandbox
