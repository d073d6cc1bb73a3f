#include "client/payout_client.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "tests/client/fake_timing.h"
#include "tests/client/scripted_service.h"

namespace payout::client {
namespace {

using grpc::StatusCode;

class PayoutClientTest : public testing::Test {
 protected:
  std::unique_ptr<PayoutClient> Connect(std::shared_ptr<Timing> with) {
    ChannelOptions options;
    options.target = server.url();
    return std::make_unique<PayoutClient>(Channel::Open(options).value(),
                                          ClientOptions{.backoff = {}, .timing = std::move(with)});
  }

  ScriptedServer server;
  std::shared_ptr<FakeTiming> timing = std::make_shared<FakeTiming>();
  std::unique_ptr<PayoutClient> client = Connect(timing);
};

TEST_F(PayoutClientTest, CreateIsRepeatedWithTheSameRequestUntilItIsAnswered) {
  server->create.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->create.ThenFail(MakeError({.code = StatusCode::INTERNAL, .reason = "INTERNAL"}));
  server->create.ThenFail(BareError(StatusCode::UNKNOWN));
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  const auto request = MakeCreate("p-1");
  const auto response = client->CreatePayout(request);
  ASSERT_TRUE(response.ok()) << response.error().ToString();
  EXPECT_EQ(response->payout().payout_id(), "p-1");
  ASSERT_EQ(server->create.calls(), 4u);
  for (const auto& seen : server->create.requests()) {
    EXPECT_EQ(seen.SerializeAsString(), request.SerializeAsString());
  }
}

TEST_F(PayoutClientTest, CreateWaitsAtLeastAsLongAsTheServerAsks) {
  server->create.ThenFail(MakeError({.code = StatusCode::UNAVAILABLE,
                                     .reason = "STORE_UNAVAILABLE",
                                     .retry_after = absl::Seconds(7)}));
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  ASSERT_TRUE(client->CreatePayout(MakeCreate("p-1")).ok());
  ASSERT_EQ(timing->pauses().size(), 1u);
  EXPECT_GE(timing->pauses()[0], absl::Seconds(7));
}

TEST_F(PayoutClientTest, CreateThatIsNeverAnsweredEndsUnknownAfterFiveAttempts) {
  server->create.AlwaysFail(BareError(StatusCode::UNAVAILABLE));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, StatusCode::UNAVAILABLE);
  EXPECT_TRUE(response.error().outcome_unknown);
  EXPECT_EQ(server->create.calls(), 5u);
}

TEST_F(PayoutClientTest, CreateIsNotRepeatedWhenThePauseWouldPassTheDeadline) {
  server->create.AlwaysFail(MakeError({.code = StatusCode::UNAVAILABLE,
                                       .reason = "STORE_UNAVAILABLE",
                                       .retry_after = absl::Minutes(1)}));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().outcome_unknown);
  EXPECT_EQ(response.error().retry_after, absl::Minutes(1));
  EXPECT_EQ(server->create.calls(), 1u);
  EXPECT_TRUE(timing->pauses().empty());
}

TEST_F(PayoutClientTest, AVerdictAboutTheRequestIsFinal) {
  server->create.AlwaysFail(MakeError({.code = StatusCode::INVALID_ARGUMENT,
                                       .reason = "AMOUNT_REQUIRED",
                                       .violations = {{"money.amount", "is required"}}}));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_FALSE(response.error().outcome_unknown);
  EXPECT_EQ(response.error().violations.size(), 1u);
  EXPECT_EQ(server->create.calls(), 1u);
}

TEST_F(PayoutClientTest, AnErrorWithoutReasonLeavesTheCreateUnknownAndIsNotRepeatedInVain) {
  server->create.AlwaysFail(BareError(StatusCode::PERMISSION_DENIED));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().outcome_unknown);
  EXPECT_EQ(server->create.calls(), 1u);
}

TEST_F(PayoutClientTest, AnUnknownOutcomeOutlivesALaterRefusalToTalk) {
  server->create.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->create.ThenFail(
      MakeError({.code = StatusCode::UNAUTHENTICATED, .reason = "CREDENTIALS_INVALID"}));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(response.error().outcome_unknown) << "the first attempt may have been recorded";
}

TEST_F(PayoutClientTest, AnUnknownOutcomeEndsWithAVerdictAboutTheId) {
  server->create.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->create.ThenFail(
      MakeError({.code = StatusCode::ALREADY_EXISTS, .reason = "PAYOUT_CONTENT_DIFFERS"}));
  const auto response = client->CreatePayout(MakeCreate("p-1"));
  ASSERT_FALSE(response.ok());
  EXPECT_FALSE(response.error().outcome_unknown);
}

// Fails with UNAVAILABLE and this pushback.
auto FailsWithPushback(const char* pushback) {
  return [pushback](grpc::ServerContext& context, const v1::CreatePayoutRequest&,
                    v1::CreatePayoutResponse&) {
    context.AddTrailingMetadata("grpc-retry-pushback-ms", pushback);
    return BareError(StatusCode::UNAVAILABLE);
  };
}

TEST_F(PayoutClientTest, PushbackInTheMetadataIsALeastPauseEvenWithoutRetryInfo) {
  server->create.Then(FailsWithPushback("3500"));
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  ASSERT_TRUE(client->CreatePayout(MakeCreate("p-1")).ok());
  ASSERT_EQ(timing->pauses().size(), 1u);
  EXPECT_GE(timing->pauses()[0], absl::Milliseconds(3500));
}

TEST_F(PayoutClientTest, NegativePushbackEndsTheRepetition) {
  for (const char* pushback : {"-1", "soon"}) {
    server->create.Then(FailsWithPushback(pushback));
    const auto response = client->CreatePayout(MakeCreate("p-1"));
    ASSERT_FALSE(response.ok());
    EXPECT_TRUE(response.error().do_not_retry);
    EXPECT_TRUE(response.error().outcome_unknown);
  }
  EXPECT_EQ(server->create.calls(), 2u);
  EXPECT_TRUE(timing->pauses().empty());
}

TEST_F(PayoutClientTest, AFullBacklogIsRepeatedWhenTheServerSaysWhen) {
  server->create.ThenFail(MakeError({.code = StatusCode::RESOURCE_EXHAUSTED,
                                     .reason = "BACKLOG_FULL",
                                     .retry_after = absl::Seconds(2)}));
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  EXPECT_TRUE(client->CreatePayout(MakeCreate("p-1")).ok());
  server->create.Then([](auto&, const auto&, auto&) {
    return MakeError({.code = StatusCode::RESOURCE_EXHAUSTED, .reason = "BACKLOG_FULL"});
  });
  const auto second = client->CreatePayout(MakeCreate("p-2"));
  ASSERT_FALSE(second.ok());
  EXPECT_FALSE(second.error().outcome_unknown) << "nothing was stored";
  EXPECT_EQ(server->create.calls(), 3u);
}

TEST_F(PayoutClientTest, CreateWithoutAnIdIsRefusedWithoutACall) {
  const auto response = client->CreatePayout(MakeCreate(""));
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(response.error().reason, "PAYOUT_ID_INVALID");
  EXPECT_EQ(server->create.calls(), 0u);
}

TEST_F(PayoutClientTest, ACheckIsNeverUnknown) {
  server->create.AlwaysFail(BareError(StatusCode::UNAVAILABLE));
  auto request = MakeCreate("p-1");
  request.set_validate_only(true);
  const auto response = client->CreatePayout(request);
  ASSERT_FALSE(response.ok());
  EXPECT_FALSE(response.error().outcome_unknown);
}

TEST_F(PayoutClientTest, EveryCallCarriesItsDeadline) {
  using std::chrono::system_clock;
  const auto seconds_left = [](grpc::ServerContext& context) {
    return std::chrono::duration_cast<std::chrono::seconds>(context.deadline() -
                                                            system_clock::now())
        .count();
  };
  std::mutex mutex;
  std::vector<long> left;
  const auto note = [&](grpc::ServerContext& context, const auto&, auto&) {
    std::lock_guard lock(mutex);
    left.push_back(seconds_left(context));
    return grpc::Status::OK;
  };
  server->create.Always(note);
  server->get.Always(note);
  server->list.Always(note);
  server->cancel.Always(note);
  CallOptions options;
  options.timeout = absl::Seconds(20);
  options.attempt_timeout = absl::Seconds(8);
  auto waiting = MakeCreate("p-2");
  waiting.set_wait_mode(v1::WAIT_MODE_SETTLED);
  ASSERT_TRUE(client->CreatePayout(MakeCreate("p-1"), options).ok());
  ASSERT_TRUE(client->GetPayout({}, options).ok());
  ASSERT_TRUE(client->ListPayouts({}, options).ok());
  ASSERT_TRUE(client->CancelPayout({}, options).ok());
  ASSERT_TRUE(client->CreatePayout(waiting, options).ok());
  ASSERT_EQ(left.size(), 5u);
  for (size_t i = 0; i < 4; ++i) EXPECT_LE(left[i], 8) << i;
  EXPECT_GT(left[4], 8) << "a create that waits has all the time there is";
  EXPECT_LE(left[4], 20);
}

TEST_F(PayoutClientTest, AnAttemptThatHangsLeavesTimeForAnother) {
  server->create.Then([](grpc::ServerContext& context, const auto&, auto&) {
    WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  });
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  CallOptions options;
  options.attempt_timeout = absl::Milliseconds(100);
  EXPECT_TRUE(client->CreatePayout(MakeCreate("p-1"), options).ok());
  EXPECT_EQ(server->create.calls(), 2u);
}

TEST_F(PayoutClientTest, AnInterruptEndsABlockedCreateAsUnknown) {
  Interrupt interrupt;
  server->create.Always([&interrupt](grpc::ServerContext& context, const auto&, auto&) {
    interrupt.Fire();
    WaitUntilCancelled(context);
    return grpc::Status::CANCELLED;
  });
  CallOptions options;
  options.interrupt = &interrupt;
  const auto response = client->CreatePayout(MakeCreate("p-1"), options);
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, StatusCode::CANCELLED);
  EXPECT_TRUE(response.error().outcome_unknown);
  EXPECT_EQ(server->create.calls(), 1u);
}

TEST_F(PayoutClientTest, AnInterruptEndsThePauseBetweenAttempts) {
  client = Connect(SystemTiming());
  Interrupt interrupt;
  server->create.Always([&interrupt](auto&, const auto&, auto&) {
    std::thread([&interrupt] { interrupt.Fire(); }).detach();
    return MakeError({.code = StatusCode::UNAVAILABLE,
                      .reason = "STORE_UNAVAILABLE",
                      .retry_after = absl::Hours(1)});
  });
  CallOptions options;
  options.timeout = absl::Hours(2);
  options.interrupt = &interrupt;
  const auto response = client->CreatePayout(MakeCreate("p-1"), options);
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().outcome_unknown);
}

TEST_F(PayoutClientTest, ReadsAreRepeatedAfterUnavailableOnly) {
  server->get.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->get.ThenFail(MakeError({.code = StatusCode::NOT_FOUND, .reason = "PAYOUT_NOT_FOUND"}));
  const auto response = client->GetPayout({});
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().reason, "PAYOUT_NOT_FOUND");
  EXPECT_FALSE(response.error().outcome_unknown);
  EXPECT_EQ(server->get.calls(), 2u);
  server->list.ThenFail(BareError(StatusCode::INTERNAL));
  EXPECT_FALSE(client->ListPayouts({}).ok());
  EXPECT_EQ(server->list.calls(), 1u);
}

TEST_F(PayoutClientTest, ExplanationsAreReads) {
  server->explain.ThenFail(BareError(StatusCode::UNAVAILABLE));
  server->explain.Always([](auto&, const v1::ExplainPayoutRequest& request, auto& response) {
    response.mutable_payout()->set_payout_id(request.payout_id());
    return grpc::Status::OK;
  });
  v1::ExplainPayoutRequest request;
  request.set_payout_id("p-1");
  const auto response = client->ExplainPayout(request);
  ASSERT_TRUE(response.ok()) << response.error().ToString();
  EXPECT_EQ(response->payout().payout_id(), "p-1");
  EXPECT_EQ(server->explain.calls(), 2u);
}

TEST_F(PayoutClientTest, PagesFollowEachOtherUntilTheLast) {
  const std::vector<std::string> tokens = {"one", "two", ""};
  for (const std::string& token : tokens) {
    server->list.Then([token](auto&, const v1::ListPayoutsRequest&, v1::ListPayoutsResponse& page) {
      *page.add_payouts() = MakePayout("before-" + token);
      page.set_next_page_token(token);
      return grpc::Status::OK;
    });
  }
  v1::ListPayoutsRequest request;
  request.set_merchant("main");
  std::vector<std::string> ids;
  const auto error = client->ForEachPage(request, [&ids](const v1::ListPayoutsResponse& page) {
    for (const auto& payout : page.payouts()) ids.push_back(payout.payout_id());
    return true;
  });
  EXPECT_FALSE(error.has_value());
  EXPECT_EQ(ids, (std::vector<std::string>{"before-one", "before-two", "before-"}));
  const auto requests = server->list.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].page_token(), "one");
  EXPECT_EQ(requests[2].page_token(), "two");
  EXPECT_EQ(requests[2].merchant(), "main");
}

TEST_F(PayoutClientTest, PagesEndWhenTheVisitorHasEnoughOrTheServerGoesInCircles) {
  server->list.Always([](auto&, const auto&, v1::ListPayoutsResponse& page) {
    page.set_next_page_token("again");
    return grpc::Status::OK;
  });
  EXPECT_FALSE(client->ForEachPage({}, [](const auto&) { return false; }).has_value());
  EXPECT_EQ(server->list.calls(), 1u);
  const auto error = client->ForEachPage({}, [](const auto&) { return true; });
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, StatusCode::INTERNAL);
}

TEST_F(PayoutClientTest, HealthIsTold) {
  EXPECT_EQ(client->CheckHealth("").value(), Health::kServing);
  EXPECT_EQ(client->CheckHealth("no.such.Service").value(), Health::kServiceUnknown);
  server.SetServing(false);
  EXPECT_EQ(client->CheckHealth("").value(), Health::kNotServing);
}

TEST_F(PayoutClientTest, OneClientServesManyThreads) {
  server->AnswerCreates(v1::PAYOUT_STATE_QUEUED);
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string id = "p-" + std::to_string(i);
      const auto response = client->CreatePayout(MakeCreate(id));
      if (response.ok() && response->payout().payout_id() == id) ++answered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 8);
}

}  // namespace
}  // namespace payout::client
