#include "adapters/echelon/read_codec.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

TEST(ParseReadAnswer, EveryStatusHasItsKind) {
  std::map<int, ReadAnswerKind> expected;
  for (int status = -1; status < 1100; ++status) expected[status] = ReadAnswerKind::kUnlisted;
  for (int status = 200; status < 300; ++status)
    expected[status] = ReadAnswerKind::kFoundUnreadable;
  for (int status = 500; status < 600; ++status) expected[status] = ReadAnswerKind::kServerError;
  expected[401] = ReadAnswerKind::kUnauthenticated;
  expected[403] = ReadAnswerKind::kForbidden;
  expected[404] = expected[405] = ReadAnswerKind::kRouteMissing;
  expected[406] = ReadAnswerKind::kNotAcceptable;
  expected[410] = ReadAnswerKind::kGone;
  expected[429] = ReadAnswerKind::kRateLimited;

  for (const auto& [status, kind] : expected) {
    for (const std::string& body :
         {std::string(), std::string("{}"), std::string("[]"), std::string("<html>"),
          DetailBody("SUCCESS"), std::string(R"([{"code":"MERCHANT_INACTIVE"}])")}) {
      const bool found = status == 200 && body == DetailBody("SUCCESS");
      // Not the platform's words, so nothing that is known of the payout.
      const bool strange = kind == ReadAnswerKind::kFoundUnreadable && !body.starts_with('{');
      const ReadAnswer answer = ParseReadAnswer(status, body);
      ASSERT_EQ(answer.kind, found     ? ReadAnswerKind::kFound
                             : strange ? ReadAnswerKind::kUnlisted
                                       : kind)
          << status << ' ' << body;
      ASSERT_EQ(answer.http_status, status);
      ASSERT_EQ(answer.observation.has_value(), found);
    }
  }
}

TEST(ParseReadAnswer, DetailIsReadWhole) {
  const ReadAnswer answer = ParseReadAnswer(200, DetailBody("FAILED"));
  ASSERT_EQ(answer.kind, ReadAnswerKind::kFound);
  const Observation& seen = *answer.observation;
  EXPECT_EQ(seen.view.payout_id, "TST-1");
  EXPECT_EQ(seen.view.platform_reference, "ECL-0001");
  EXPECT_EQ(seen.view.transaction_reference, "REF0001");
  EXPECT_EQ(seen.view.method_code, "BANK_TRANSFER");
  EXPECT_EQ(seen.view.money, (Money{Amount("42.05"), "USD"}));
  EXPECT_EQ(seen.status, PlatformStatus::kFailed);
  EXPECT_EQ(seen.status_text, "FAILED");
  EXPECT_EQ(seen.processor_status, "ACCEPTED");
  EXPECT_EQ(seen.fee, (Money{Amount("1.5"), "USD"}));
  EXPECT_EQ(seen.is_test, true);
  EXPECT_EQ(seen.created_at, absl::FromUnixMillis(1621421848313));
  EXPECT_EQ(seen.processed_at, absl::FromUnixMillis(1621421908000));
  ASSERT_TRUE(seen.failure);
  EXPECT_EQ(seen.failure->code, "INVALID_ACCOUNT_NUMBER");
  EXPECT_EQ(seen.failure->category, ReasonCategory::kRequest);
  EXPECT_EQ(seen.failure->message, "No such account");
  EXPECT_EQ(seen.failure->failed_at, absl::FromUnixMillis(1621421908313));
}

TEST(ParseReadAnswer, StatusTextDecidesExactly) {
  const struct {
    std::string_view text;
    PlatformStatus status;
  } rows[] = {
      {"PROCESSING", PlatformStatus::kProcessing}, {"SUCCESS", PlatformStatus::kSuccess},
      {"FAILED", PlatformStatus::kFailed},         {"REFUSED", PlatformStatus::kRefused},
      {"ON_HOLD", PlatformStatus::kUnrecognised},  {"success", PlatformStatus::kUnrecognised},
      {"SUCCESS ", PlatformStatus::kUnrecognised}, {"SUCCESSFUL", PlatformStatus::kUnrecognised},
      {"", PlatformStatus::kUnrecognised},
  };
  for (const auto& row : rows) {
    const ReadAnswer answer = ParseReadAnswer(200, DetailBody(row.text));
    ASSERT_EQ(answer.kind, ReadAnswerKind::kFound) << row.text;
    EXPECT_EQ(answer.observation->status, row.status) << row.text;
    EXPECT_EQ(answer.observation->status_text, row.text);
  }
}

TEST(ParseReadAnswer, UnknownStatusIsKeptWithoutControlCharactersAndCut) {
  const ReadAnswer hidden = ParseReadAnswer(200, DetailBody("SUCC\\u0000ESS\\u001b[0m"));
  ASSERT_EQ(hidden.kind, ReadAnswerKind::kFound);
  EXPECT_EQ(hidden.observation->status, PlatformStatus::kUnrecognised);
  EXPECT_EQ(hidden.observation->status_text, "SUCC ESS [0m");
  const ReadAnswer lengthy = ParseReadAnswer(200, DetailBody(std::string(5000, 'X')));
  ASSERT_EQ(lengthy.kind, ReadAnswerKind::kFound);
  EXPECT_EQ(lengthy.observation->status_text, std::string(100, 'X'));
}

TEST(ParseReadAnswer, WhatDoesNotDecideMayBeMissingOrOdd) {
  const struct {
    const char* from;
    const char* to;
  } rows[] = {
      {R"("fee":{"amount":1.5,"currencyCode":"USD"},)", ""},
      {R"({"amount":1.5,"currencyCode":"USD"})", "null"},
      {R"("amount":1.5)", R"("amount":-1)"},
      {R"("amount":1.5)", R"("amount":"1.5")"},
      {R"("amount":1.5)", R"("amount":1e50)"},
      {R"("idPayment":"ECL-0001",)", ""},
      {R"(,"reference":"REF0001")", ""},
      {R"("paymentMethodCode":"BANK_TRANSFER",)", ""},
      {R"("isTest":true,)", ""},
      {R"("isTest":true)", R"("isTest":"yes")"},
      {R"("processorStatus":"ACCEPTED")", R"("processorStatus":"QUANTUM")"},
      {R"("processorStatus":"ACCEPTED")", R"("processorStatus":1)"},
      {R"("createdAt":"2021-05-19T10:57:28.313Z",)", ""},
      {R"("2021-05-19T10:57:28.313Z")", R"("2021-02-30T10:57:28Z")"},
      {R"("2021-05-19T10:57:28.313Z")", "1621421848"},
      {R"("process")", R"("extra":{"deep":[[1]]},"process")"},
  };
  for (const auto& row : rows) {
    const ReadAnswer answer =
        ParseReadAnswer(200, Replaced(DetailBody("SUCCESS"), row.from, row.to));
    ASSERT_EQ(answer.kind, ReadAnswerKind::kFound) << row.from << " -> " << row.to;
    EXPECT_EQ(answer.observation->status, PlatformStatus::kSuccess);
    EXPECT_EQ(answer.observation->view.money, (Money{Amount("42.05"), "USD"}));
  }
}

TEST(ParseReadAnswer, OddOptionalValuesAreLeftOut) {
  const auto seen = [](const char* from, const char* to) {
    return *ParseReadAnswer(200, Replaced(DetailBody("SUCCESS"), from, to)).observation;
  };
  EXPECT_FALSE(seen(R"("amount":1.5)", R"("amount":"1.5")").fee);
  EXPECT_FALSE(seen(R"("amount":1.5)", R"("amount":-1)").fee);
  EXPECT_EQ(seen(R"("amount":1.5)", R"("amount":0)").fee, (Money{Amount("0"), "USD"}));
  EXPECT_FALSE(seen(R"("isTest":true)", R"("isTest":"yes")").is_test);
  EXPECT_EQ(seen(R"("isTest":true)", R"("isTest":false)").is_test, false);
  EXPECT_FALSE(seen("2021-05-19T10:57:28.313Z", "2021-02-30T10:57:28Z").created_at);
  EXPECT_EQ(seen("2021-05-19T10:57:28.313Z", "2021-05-19T12:57:28.313000+02:00").created_at,
            absl::FromUnixMillis(1621421848313));
}

TEST(ParseReadAnswer, FailureMayBeAnObjectOrAnArrayOfThem) {
  const std::string object =
      R"({"failedAt":"2021-05-19T10:58:28.313Z","failureReasonCode":"INVALID_ACCOUNT_NUMBER",)"
      R"("message":"No such account"})";
  const auto failure = [&object](const std::string& to) {
    return ParseReadAnswer(200, Replaced(DetailBody("FAILED"), object, to)).observation->failure;
  };
  ASSERT_TRUE(failure("[" + object + "]"));
  EXPECT_EQ(failure("[" + object + "]"), failure(object));
  EXPECT_EQ(failure("[" + object + R"(,{"failureReasonCode":"SYSTEM"}])"), failure(object));
  for (const char* none : {"null", "[]", "{}", "\"SYSTEM\"", "7", "[7]", "[[]]"}) {
    EXPECT_FALSE(failure(none)) << none;
  }
  ASSERT_TRUE(failure(R"({"failureReasonCode":"NEW_ONE"})"));
  EXPECT_EQ(failure(R"({"failureReasonCode":"NEW_ONE"})")->category, ReasonCategory::kOther);
  ASSERT_TRUE(failure(R"({"message":"only words","failedAt":"soon"})"));
  EXPECT_FALSE(failure(R"({"message":"only words","failedAt":"soon"})")->failed_at);
}

TEST(ParseReadAnswer, WrongKindOfADecisiveFieldIsUnreadable) {
  const struct {
    const char* from;
    const char* to;
  } rows[] = {
      {"42.05", "\"42.05\""},
      {"42.05", "0"},
      {"42.05", "-1"},
      {"42.05", "1e400"},
      {"42.05", "null"},
      {"\"USD\"", "1"},
      {"\"USD\"", "\"\""},
      {"\"SUCCESS\"", "true"},
      {"\"SUCCESS\"", "null"},
      {"\"SUCCESS\"", "1"},
      {"\"SUCCESS\"", "[\"SUCCESS\"]"},
      {"\"status\"", "\"state\""},
      {"\"TST-1\"", "1"},
      {"\"TST-1\"", "\"\""},
      {"\"idPayout\"", "\"id\""},
      {"\"BANK_TRANSFER\"", "false"},
      {"\"process\"", "\"p\""},
      {"\"paymentRequested\"", "\"p\""},
      {"\"createdAt\"", "\"status\""},
  };
  for (const auto& row : rows) {
    const ReadAnswer answer =
        ParseReadAnswer(200, Replaced(DetailBody("SUCCESS"), row.from, row.to));
    EXPECT_EQ(answer.kind, ReadAnswerKind::kFoundUnreadable) << row.from << " -> " << row.to;
    EXPECT_FALSE(answer.observation);
  }
}

}  // namespace
}  // namespace payout::echelon
