#include "adapters/echelon/create_codec.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "adapters/echelon/json_reader.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

CreateAnswerKind KindOf(int status, std::string_view body) {
  return ParseCreateAnswer(status, body).kind;
}

TEST(RenderCreate, SameIntentGivesSameBytes) {
  for (const Intent& intent :
       {FullBankIntent(), CryptoIntent(), FullWalletIntent(), EmptyWalletIntent()}) {
    const RenderedRequest once = RenderCreate(intent, "https://cb.example.com/1");
    EXPECT_EQ(once, RenderCreate(intent, "https://cb.example.com/1"));
    EXPECT_TRUE(ReadJson(once.body)) << once.body;
  }
}

TEST(RenderCreate, CustomerIdTravelsInAHeaderAndNotInTheBody) {
  const RenderedRequest rendered = RenderCreate(FullBankIntent(), "");
  EXPECT_EQ(rendered.customer_id, "customer-7");
  EXPECT_EQ(rendered.body.find("customer-7"), std::string::npos);
}

TEST(RenderCreate, AmountIsANumberWithTheCallersDigits) {
  Intent intent = CryptoIntent();
  intent.money.amount = Amount("1250.50");
  EXPECT_NE(RenderCreate(intent, "").body.find(R"("amount":1250.50,)"), std::string::npos);
  intent.money.amount = Amount("123456789012345678901234567890");
  EXPECT_NE(RenderCreate(intent, "").body.find(R"("amount":123456789012345678901234567890,)"),
            std::string::npos);
}

TEST(RenderCreate, EmptyOptionalFieldsAreLeftOut) {
  const std::string body = RenderCreate(EmptyWalletIntent(), "").body;
  EXPECT_EQ(body.find("\"\""), std::string::npos) << body;
  for (const char* name : {"segmentCode", "exchangedToCurrency", "callbackUrl", "customerIp",
                           "remark", "paymentOperatorCode", "phoneNumber"}) {
    EXPECT_EQ(body.find(name), std::string::npos) << name;
  }
}

TEST(RenderCreate, TextCannotBreakOutOfItsField) {
  Intent intent = CryptoIntent();
  std::get<CryptoTransfer>(intent.method).remark = R"(x","amount":1,"y":")";
  const auto json = ReadJson(RenderCreate(intent, "").body);
  ASSERT_TRUE(json);
  const JsonValue* method = json->Find("paymentMethod");
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(*method->Find("remark")->AsString(), R"(x","amount":1,"y":")");
  EXPECT_EQ(method->Find("amount"), nullptr);
}

TEST(ParseCreateAnswer, EveryStatusHasItsKind) {
  std::map<int, CreateAnswerKind> expected;
  for (int status = -1; status < 1100; ++status) expected[status] = CreateAnswerKind::kUnlisted;
  for (int status = 200; status < 300; ++status) {
    expected[status] = CreateAnswerKind::kAcceptedUnreadable;
  }
  for (int status = 500; status < 600; ++status) expected[status] = CreateAnswerKind::kServerError;
  for (const int status : {400, 413, 415, 422}) {
    expected[status] = CreateAnswerKind::kRejectedUnreadable;
  }
  expected[401] = CreateAnswerKind::kUnauthenticated;
  expected[403] = CreateAnswerKind::kForbidden;
  expected[404] = expected[405] = CreateAnswerKind::kRouteMissing;
  expected[406] = CreateAnswerKind::kRefusedUnreadable;
  expected[409] = CreateAnswerKind::kConflict;
  expected[410] = CreateAnswerKind::kGone;
  expected[429] = CreateAnswerKind::kRateLimited;

  const std::string refusal = R"([{"code":"IP_DENIED"}])";
  for (const auto& [status, kind] : expected) {
    for (const std::string& body :
         {std::string(), std::string("{}"), AcceptedBody(), refusal,
          std::string("<html>busy</html>"), std::string(R"({"description":"no"})")}) {
      CreateAnswerKind wanted = kind;
      if (status == 201 && body == AcceptedBody()) wanted = CreateAnswerKind::kAccepted;
      const bool unreadable = wanted == CreateAnswerKind::kAcceptedUnreadable;
      // Not the platform's words, so nothing that is known of the payout.
      if (unreadable && status != 201 && !body.starts_with('{')) {
        wanted = CreateAnswerKind::kUnlisted;
      }
      if (status == 406 && body == refusal) wanted = CreateAnswerKind::kRefused;
      if (kind == CreateAnswerKind::kRejectedUnreadable && body.starts_with("{\"description\"")) {
        wanted = CreateAnswerKind::kRejected;
      }
      const CreateAnswer answer = ParseCreateAnswer(status, body);
      ASSERT_EQ(answer.kind, wanted) << status << ' ' << body;
      ASSERT_EQ(answer.http_status, status);
      ASSERT_EQ(answer.echo.has_value(), wanted == CreateAnswerKind::kAccepted);
      const bool explained =
          wanted == CreateAnswerKind::kRefused || wanted == CreateAnswerKind::kRejected;
      ASSERT_EQ(answer.refusals.empty(), !explained) << status << ' ' << body;
    }
  }
}

TEST(ParseCreateAnswer, EchoIsReadWhole) {
  const CreateAnswer answer = ParseCreateAnswer(201, AcceptedBody());
  ASSERT_EQ(answer.kind, CreateAnswerKind::kAccepted);
  EXPECT_EQ(answer.echo->payout_id, "TST-1");
  EXPECT_EQ(answer.echo->platform_reference, "ECL-0001");
  EXPECT_EQ(answer.echo->transaction_reference, "REF0001");
  EXPECT_EQ(answer.echo->method_code, "BANK_TRANSFER");
  EXPECT_EQ(answer.echo->segment_code, "VIP");
  EXPECT_EQ(answer.echo->money, (Money{Amount("42.05"), "USD"}));
}

TEST(ParseCreateAnswer, OldAnswerWithoutReferencesIsAccepted) {
  const CreateAnswer answer =
      ParseCreateAnswer(201, R"({"paymentRequested":{"money":{"amount":1,"currencyCode":"EUR"}},)"
                             R"("paymentMethodResponse":{"idPayout":"TST-1"}})");
  ASSERT_EQ(answer.kind, CreateAnswerKind::kAccepted);
  EXPECT_EQ(answer.echo->platform_reference, "");
  EXPECT_EQ(answer.echo->transaction_reference, "");
  EXPECT_EQ(answer.echo->method_code, "");
}

TEST(ParseCreateAnswer, EchoedAmountIsComparedByValue) {
  const Money asked{Amount("10000"), "USD"};
  for (const char* digits : {"10000", "10000.00", "1e4", "1E+4", "1.0e4", "100000e-1"}) {
    const CreateAnswer answer = ParseCreateAnswer(201, Replaced(AcceptedBody(), "42.05", digits));
    ASSERT_EQ(answer.kind, CreateAnswerKind::kAccepted) << digits;
    EXPECT_EQ(answer.echo->money, asked) << digits;
  }
  const CreateAnswer other = ParseCreateAnswer(201, Replaced(AcceptedBody(), "42.05", "10000.01"));
  ASSERT_EQ(other.kind, CreateAnswerKind::kAccepted);
  EXPECT_NE(other.echo->money, asked);
}

TEST(ParseCreateAnswer, UnknownAndNullFieldsAreTolerated) {
  EXPECT_EQ(KindOf(201, Replaced(AcceptedBody(), "{", R"({"new":[{"a":1e3,"b":null}],)")),
            CreateAnswerKind::kAccepted);
  EXPECT_EQ(KindOf(201, Replaced(AcceptedBody(), R"("ECL-0001")", "null")),
            CreateAnswerKind::kAccepted);
  EXPECT_EQ(KindOf(201, Replaced(AcceptedBody(), R"("REF0001")", "17")),
            CreateAnswerKind::kAccepted);
}

TEST(ParseCreateAnswer, EchoOfTheWrongShapeIsUnreadable) {
  const struct {
    const char* from;
    const char* to;
  } rows[] = {
      {"42.05", "\"42.05\""},
      {"42.05", "0"},
      {"42.05", "0.00"},
      {"42.05", "-42.05"},
      {"42.05", "-0"},
      {"42.05", "null"},
      {"42.05", "true"},
      {"42.05", "[42.05]"},
      {"42.05", "1e400"},
      {"42.05", "1e99"},
      {"42.05", "1e-19"},
      {"42.05", "1e999999999999"},
      {"42.05", "042.05"},
      {"\"USD\"", "\"\""},
      {"\"USD\"", "840"},
      {"\"USD\"", "null"},
      {"\"TST-1\"", "\"\""},
      {"\"TST-1\"", "1"},
      {"\"TST-1\"", "null"},
      {"idPayout", "idPayou"},
      {"\"BANK_TRANSFER\"", "7"},
      {"\"VIP\"", "{}"},
      {"\"money\"", "\"mony\""},
      {"paymentRequested", "requested"},
      {"paymentMethodResponse", "response"},
      {"amount", "currencyCode"},
  };
  for (const auto& row : rows) {
    const CreateAnswer answer = ParseCreateAnswer(201, Replaced(AcceptedBody(), row.from, row.to));
    EXPECT_EQ(answer.kind, CreateAnswerKind::kAcceptedUnreadable) << row.from << " -> " << row.to;
    EXPECT_FALSE(answer.echo);
  }
}

TEST(ParseCreateAnswer, RefusalsAreReadWithTheirCategory) {
  const CreateAnswer answer = ParseCreateAnswer(
      406, R"([{"code":"BALANCE_INSUFFICIENT","description":"Not\nenough","attrCode":"money"},)"
           R"({"code":"BRAND_NEW_CODE","description":7,"attrCode":null,"more":{}}])");
  ASSERT_EQ(answer.kind, CreateAnswerKind::kRefused);
  ASSERT_EQ(answer.refusals.size(), 2U);
  EXPECT_EQ(answer.refusals[0].code, "BALANCE_INSUFFICIENT");
  EXPECT_EQ(answer.refusals[0].category, ReasonCategory::kBalance);
  EXPECT_EQ(answer.refusals[0].attribute, "money");
  EXPECT_EQ(answer.refusals[0].message, "Not enough");
  EXPECT_EQ(answer.refusals[1].code, "BRAND_NEW_CODE");
  EXPECT_EQ(answer.refusals[1].category, ReasonCategory::kOther);
  EXPECT_EQ(answer.refusals[1].attribute, "");
  EXPECT_EQ(answer.refusals[1].message, "");
}

TEST(ParseCreateAnswer, RefusalOfAnotherShapeIsNotARefusal) {
  for (const char* body :
       {"[]", "{}", "null", "\"IP_DENIED\"", R"({"code":"IP_DENIED"})", R"(["IP_DENIED"])",
        R"([{"code":""}])", R"([{"code":7}])", R"([{"code":null}])", R"([{}])", R"([[]])",
        R"([{"code":"IP_DENIED"},{}])", R"([{"code":"IP_DENIED"},null])",
        R"([{"code":"IP_DENIED","code":"IP_DENIED"}])", R"([{"code":"IP_DENIED"}]])",
        R"([{"description":"x"}])", R"([{"Code":"IP_DENIED"}])", ""}) {
    EXPECT_EQ(KindOf(406, body), CreateAnswerKind::kRefusedUnreadable) << body;
  }
}

TEST(ParseCreateAnswer, RejectionKeepsThePlatformsWords) {
  const CreateAnswer answer =
      ParseCreateAnswer(400, R"({"description":"paymentMethod.account:\tmissing"})");
  ASSERT_EQ(answer.kind, CreateAnswerKind::kRejected);
  ASSERT_EQ(answer.refusals.size(), 1U);
  EXPECT_EQ(answer.refusals[0].code, "REJECTED_BY_PLATFORM");
  EXPECT_EQ(answer.refusals[0].category, ReasonCategory::kPlatform);
  EXPECT_EQ(answer.refusals[0].message, "paymentMethod.account: missing");
}

TEST(ParseCreateAnswer, RejectionInOtherWordsThanThePlatformsIsUnreadable) {
  for (const std::string& body : std::vector<std::string>{
           "", "oops", "<html>400 Bad Request</html>", "[]", "null", "{}", R"({"description":7})",
           R"({"description":null})", R"({"description":""})", R"({"description":"a","code":"b"})",
           R"({"description":"a","description":"b"})", R"([{"code":"IP_DENIED"}])",
           R"({"message":"Endpoint request timed out"})", AcceptedBody()}) {
    const CreateAnswer answer = ParseCreateAnswer(400, body);
    EXPECT_EQ(answer.kind, CreateAnswerKind::kRejectedUnreadable) << body;
    EXPECT_TRUE(answer.refusals.empty()) << body;
  }
}

TEST(ParseCreateAnswer, ManyRefusalsAreCutButAllAreChecked) {
  std::string body = "[";
  for (int i = 0; i < 40; ++i) body += R"({"code":"C)" + std::to_string(i) + R"("},)";
  const CreateAnswer answer = ParseCreateAnswer(406, body + R"({"code":"LAST"}])");
  ASSERT_EQ(answer.kind, CreateAnswerKind::kRefused);
  ASSERT_EQ(answer.refusals.size(), kRefusalsMax);
  EXPECT_EQ(answer.refusals.back().code, "C15");
  EXPECT_EQ(KindOf(406, body + R"({"code":1}])"), CreateAnswerKind::kRefusedUnreadable);
}

TEST(ParseCreateAnswer, LongMessagesAreCutToFiveHundredCodePoints) {
  std::string long_text;
  for (int i = 0; i < 600; ++i) long_text += "é";
  const CreateAnswer answer =
      ParseCreateAnswer(406, R"([{"code":"SYSTEM","description":")" + long_text + "\"}]");
  ASSERT_EQ(answer.kind, CreateAnswerKind::kRefused);
  EXPECT_EQ(answer.refusals[0].message, long_text.substr(0, 1000));
}

}  // namespace
}  // namespace payout::echelon
