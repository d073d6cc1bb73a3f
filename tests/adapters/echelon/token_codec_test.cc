#include "adapters/echelon/token_codec.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "adapters/echelon/json_reader.h"
#include "tests/adapters/echelon/samples.h"

namespace payout::echelon {
namespace {

std::string Render(const std::vector<TokenSubject>& subjects) {
  return RenderTokenRequest("M-1", SecretString("s"), absl::Seconds(600), subjects);
}

TEST(RenderTokenRequest, AmountIsBoundOnlyWhenAllAreEqualByValue) {
  const TokenSubject a{PayoutId("A"), {Amount("42.5"), "USD"}};
  const TokenSubject same{PayoutId("B"), {Amount("42.50"), "USD"}};
  const TokenSubject other_amount{PayoutId("C"), {Amount("42.51"), "USD"}};
  const TokenSubject other_currency{PayoutId("D"), {Amount("42.5"), "EUR"}};
  EXPECT_NE(Render({a, same}).find(R"("money":{"amount":42.5,"currencyCode":"USD"})"),
            std::string::npos);
  EXPECT_EQ(Render({a, same, other_amount}).find("money"), std::string::npos);
  EXPECT_EQ(Render({a, other_currency}).find("money"), std::string::npos);
}

TEST(RenderTokenRequest, NamesPostAndGetOfEachPayoutAndNothingElse) {
  const auto json = ReadJson(
      Render({{PayoutId("A-1"), {Amount("1"), "USD"}}, {PayoutId("b_2"), {Amount("2"), "USD"}}}));
  ASSERT_TRUE(json);
  std::vector<std::string> operations;
  for (const JsonValue& item : json->Find("operations")->items) operations.push_back(item.text);
  EXPECT_EQ(operations, (std::vector<std::string>{"POST /payouts/A-1", "GET /payouts/A-1",
                                                  "POST /payouts/b_2", "GET /payouts/b_2"}));
  EXPECT_EQ(*json->Find("validitySecs")->AsNumber(), "600");
}

// What server/app/token_desk.h leaves for the rest of the request is enough for the longest secret.
TEST(RenderTokenRequest, LongestSharedRequestFitsIntoFourKibibytes) {
  std::vector<TokenSubject> subjects;
  const Money money{*Decimal::Parse("123456789012345.678901234567"), "USDT-TRC20"};
  for (int i = 0; i < 16; ++i) {
    subjects.push_back({PayoutId(std::string(61, 'x') + std::to_string(10 + i)), money});
  }
  const std::string body = RenderTokenRequest(
      std::string(100, 'm'), SecretString(std::string(1000, 's')), absl::Hours(1), subjects);
  EXPECT_LE(body.size(), 4096u);
}

TEST(ParseTokenAnswer, EveryStatusHasItsKindWhateverTheBody) {
  std::map<int, TokenAnswerKind> expected;
  for (int status = -1; status < 1100; ++status) expected[status] = TokenAnswerKind::kUnlisted;
  for (int status = 200; status < 300; ++status) expected[status] = TokenAnswerKind::kUnreadable;
  for (int status = 500; status < 600; ++status) expected[status] = TokenAnswerKind::kServerError;
  for (const int status : {400, 406, 413, 415, 422}) expected[status] = TokenAnswerKind::kRefused;
  expected[401] = expected[403] = TokenAnswerKind::kForbidden;
  expected[404] = expected[405] = TokenAnswerKind::kRouteMissing;
  expected[429] = TokenAnswerKind::kRateLimited;

  const std::string granted = R"({"token":"abc.def"})";
  for (const auto& [status, kind] : expected) {
    for (const std::string& body : {std::string(), std::string("{}"), std::string("<html>"),
                                    granted, std::string(R"([{"code":"MERCHANT_INACTIVE"}])")}) {
      const bool is_granted = kind == TokenAnswerKind::kUnreadable && body == granted;
      const TokenAnswer answer = ParseTokenAnswer(status, body);
      ASSERT_EQ(answer.kind, is_granted ? TokenAnswerKind::kGranted : kind) << status << body;
      ASSERT_EQ(answer.http_status, status);
      ASSERT_EQ(answer.token.Reveal(), is_granted ? "abc.def" : "");
    }
  }
}

TEST(ParseTokenAnswer, TokenThatCannotBeAHeaderValueIsUnreadable) {
  for (const std::string& text :
       {std::string(R"("")"), std::string(R"("a b")"), std::string(R"("a\r\nX: y")"),
        std::string(R"("a\u0000")"), std::string(R"("é")"), std::string(R"("a\u007f")"),
        std::string("7"), std::string("null"), std::string(R"(["abc"])"),
        "\"" + std::string(kTokenBytesMax + 1, 'a') + "\""}) {
    EXPECT_EQ(ParseTokenAnswer(200, R"({"token":)" + text + "}").kind, TokenAnswerKind::kUnreadable)
        << text.substr(0, 20);
  }
  EXPECT_EQ(ParseTokenAnswer(200, R"({"token":")" + std::string(kTokenBytesMax, 'a') + "\"}").kind,
            TokenAnswerKind::kGranted);
  EXPECT_EQ(ParseTokenAnswer(200, R"({"token":"a","token":"b"})").kind,
            TokenAnswerKind::kUnreadable);
}

}  // namespace
}  // namespace payout::echelon
