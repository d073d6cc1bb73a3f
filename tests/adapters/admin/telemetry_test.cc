#include "adapters/admin/telemetry.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace payout {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const MerchantName kMerchant("main");
const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

TEST(TelemetryTest, OpenPayoutsAreZeroAgainWhenNoneIsLeft) {
  Telemetry telemetry("1.2.3");
  telemetry.SetOpen({{kMerchant, State::kOutcomeUnknown, 3, kNow - absl::Seconds(90)}}, kNow);
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_open{merchant=\"main\",state=\"OUTCOME_UNKNOWN\"} 3"));
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_oldest_seconds{merchant=\"main\",state=\"OUTCOME_UNKNOWN\"} 90"));
  telemetry.SetOpen({}, kNow);
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_open{merchant=\"main\",state=\"OUTCOME_UNKNOWN\"} 0"));
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_oldest_seconds{merchant=\"main\",state=\"OUTCOME_UNKNOWN\"} 0"));
}

TEST(TelemetryTest, CallsAreCountedFromAnyThread) {
  Telemetry telemetry("1.2.3");
  const auto call = [&telemetry] {
    for (int i = 0; i < 1000; ++i) {
      telemetry.OnRpcStarted("GetPayout");
      telemetry.OnRpcHandled("GetPayout", i % 2 == 0 ? "OK" : "NOT_FOUND", absl::Milliseconds(1));
    }
  };
  std::thread other(call);
  call();
  other.join();
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("grpc_server_started_total{grpc_method=\"GetPayout\",grpc_service="
                        "\"payout.v1.PayoutService\",grpc_type=\"unary\"} 2000"));
  EXPECT_THAT(telemetry.Text(), HasSubstr("grpc_code=\"NOT_FOUND\",grpc_method=\"GetPayout\","
                                          "grpc_service=\"payout.v1.PayoutService\","
                                          "grpc_type=\"unary\"} 1000"));
}

TEST(TelemetryTest, BothKindsOfPauseAreToldApart) {
  Telemetry telemetry("1.2.3");
  telemetry.OnPaused(kMerchant, true);
  telemetry.OnOperatorPaused(kMerchant, true);
  telemetry.OnPaused(kMerchant, false);
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_submission_paused{merchant=\"main\",reason=\"credentials\"} 0"));
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_submission_paused{merchant=\"main\",reason=\"operator\"} 1"));
}

TEST(TelemetryTest, OperatorsActionsAreCountedByKindAndTheirNotesStayInTheStore) {
  Telemetry telemetry("1.2.3");
  telemetry.OnOperatorAction({.operator_name = "ada",
                              .verb = OperatorVerb::kReview,
                              .merchant = kMerchant,
                              .payout_id = PayoutId("unlikely-id-4711"),
                              .note = "secret"});
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_operator_actions_total{action=\"review\"} 1"));
  EXPECT_THAT(telemetry.Text(), Not(HasSubstr("4711")));
}

TEST(TelemetryTest, WhatNeedsReviewIsZeroAgainWhenNoneIsLeft) {
  Telemetry telemetry("1.2.3");
  telemetry.SetReview({{kMerchant, 2}});
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_needs_review{merchant=\"main\"} 2"));
  telemetry.SetReview({});
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_needs_review{merchant=\"main\"} 0"));
}

TEST(TelemetryTest, PayoutIdsAreNoLabels) {
  Telemetry telemetry("1.2.3");
  Payout payout;
  payout.intent.key = {kMerchant, PayoutId("unlikely-id-4711")};
  telemetry.OnCreated(payout, false);
  telemetry.OnDecided(payout, State::kQueued, "claim");
  telemetry.OnAlarm(Alarm::kMismatch, kMerchant, &payout.intent.key);
  EXPECT_THAT(telemetry.Text(), Not(HasSubstr("unlikely-id-4711")));
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_alarms_total{alarm=\"mismatch\",merchant=\"main\"} 1"));
}

TEST(TelemetryTest, OpenBreakersAreOneAndClosedOnesZero) {
  Telemetry telemetry("1.2.3");
  telemetry.OnBreaker(kMerchant, Call::kCreate, true);
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_breaker_open{merchant=\"main\",operation=\"create\"} 1"));
  telemetry.OnBreaker(kMerchant, Call::kCreate, false);
  EXPECT_THAT(telemetry.Text(),
              HasSubstr("payout_breaker_open{merchant=\"main\",operation=\"create\"} 0"));
}

TEST(TelemetryTest, WritesAreToldAsTheStoreCountsThem) {
  Telemetry telemetry("1.2.3");
  telemetry.SetWrites({.commits = 2, .calls = 40, .rows = 90});
  telemetry.SetWrites({.commits = 3, .calls = 41, .rows = 92});
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_store_commits_total 3"));
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_store_calls_total 41"));
  EXPECT_THAT(telemetry.Text(), HasSubstr("payout_store_rows_total 92"));
}

TEST(TelemetryTest, RpcsAreCountedUnderTheUsualNames) {
  Telemetry telemetry("1.2.3");
  telemetry.OnRpcStarted("GetPayout");
  telemetry.OnRpcHandled("GetPayout", "NOT_FOUND", absl::Milliseconds(3));
  EXPECT_THAT(telemetry.Text(), HasSubstr("grpc_server_started_total{"));
  EXPECT_THAT(telemetry.Text(), HasSubstr("grpc_code=\"NOT_FOUND\""));
  EXPECT_THAT(telemetry.Text(), HasSubstr("grpc_server_handling_seconds_bucket{"));
}

TEST(TelemetryTest, EachSetOfLabelsIsCountedByItselfHoweverOftenItComesBack) {
  Telemetry telemetry("1.2.3");
  const MerchantName other("other");
  for (int i = 0; i < 3; ++i) {
    telemetry.OnPlatformCall(kMerchant, Call::kCreate, "accepted", absl::Milliseconds(3));
    telemetry.OnPlatformCall(other, Call::kCreate, "accepted", absl::Milliseconds(3));
    if (i == 0) continue;
    telemetry.OnPlatformCall(kMerchant, Call::kRead, "accepted", absl::Milliseconds(3));
    telemetry.OnPlatformCall(kMerchant, Call::kCreate, "unknown", absl::Milliseconds(3));
  }
  const std::string text = telemetry.Text();
  for (const char* line :
       {"requests_total{answer=\"accepted\",merchant=\"main\",operation=\"create\"} 3\n",
        "requests_total{answer=\"accepted\",merchant=\"other\",operation=\"create\"} 3\n",
        "requests_total{answer=\"accepted\",merchant=\"main\",operation=\"read\"} 2\n",
        "requests_total{answer=\"unknown\",merchant=\"main\",operation=\"create\"} 2\n",
        "request_seconds_count{merchant=\"main\",operation=\"create\"} 5\n",
        "request_seconds_bucket{merchant=\"main\",operation=\"create\",le=\"0.0025\"} 0\n",
        "request_seconds_bucket{merchant=\"main\",operation=\"create\",le=\"0.005\"} 5\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("payout_platform_") + line));
  }
}

}  // namespace
}  // namespace payout
